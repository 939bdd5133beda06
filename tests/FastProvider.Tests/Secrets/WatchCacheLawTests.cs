using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Base;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Secrets;

/// <summary>
/// For any content of the API server's store and of its watch cache: all that counts is of one of the two, and of the cache only
/// what serves a mirror.
/// </summary>
public sealed class WatchCacheLawTests
{
    private const string Primary = "reg.example.com/team/app";

    private static readonly string[] Mirrors = ["one.example.com/cache/app", "two.example.com/app"];

    // The password tells one version of a Secret from another.
    private static readonly Gen<OfferedSecret> AnySecret = Gen.Select(
        Gen.OneOf("a", "b", "c"), Gen.Long[0, 2], Gen.Bool, Gen.Int[0, 9],
        Gen.OneOf("reg.example.com", "one.example.com", "two.example.com/app", "*.example.com", "else.invalid"),
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))))
        .Select((name, createdAt, isFlatMap, password, key, isBroken) =>
        {
            var map = new JsonObject { [key] = new JsonObject { ["username"] = "user", ["password"] = $"{password}" } };
            var json = isFlatMap ? map : new JsonObject { ["auths"] = map };
            return new OfferedSecret(name, createdAt, isFlatMap, isBroken ? "{" : json.ToJsonString());
        });

    private static readonly Gen<OfferedSecret[]> Secrets =
        AnySecret.Array[0, 3].Select(all => all.DistinctBy(secret => secret.Name).ToArray());

    private static readonly Gen<Scene> Scenes = Gen.Select(
        Secrets, Secrets, Gen.Int[0, 2], Gen.Frequency((4, Gen.Const(CacheState.Filled)), (1, Gen.Const(CacheState.Filling))))
        .Select((cache, store, mirrors, state) => new Scene(cache, store, Mirrors[..mirrors], state));

    [Fact]
    public async Task What_is_found_is_that_of_the_cache_if_it_serves_a_mirror_and_that_of_the_store_otherwise()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.Allow("team-a", "puller");
        using var resources = new PullResources(keptLinks: 1);
        int ofCache = 0, ofStore = 0;

        Scenes.Sample(
            scene =>
            {
                var cluster = server.Cluster;
                cluster.SetSecrets("team-a", [.. scene.Cache.Select(Kept)]).WatchCache.Lag();
                cluster.SetSecrets("team-a", [.. scene.Store.Select(Kept)]).WatchCache.State = scene.State;
                var before = server.Requests.All.Count;

                using var pull = new WorkloadSearch(server, proxy: null, scene.Endpoints());
                var fetched = resources.FetchNamespace(pull.Search, Deadline.After(TimeSpan.FromSeconds(40)));

                var counted = scene.IsServedByCache ? scene.Cache : scene.Store;
                Assert.Null(fetched.Failure?.Message);
                Assert.Equal(scene.Repositories.Select(repository => NaiveChoice.For(repository, counted)), pull.AllFound);
                Assert.Equal(counted.Length, fetched.Count);
                Assert.Equal(counted.Count(secret => secret.Json == "{"), pull.Notices.Count);
                Assert.Equal(scene.IsServedByCache ? 0 : 1, fetched.ConsistentReads);
                Assert.Equal((1, TimeSpan.Zero), (fetched.Use.Tries, fetched.Use.Waited));
                Assert.Equal(
                    scene.IsServedByCache ? [true, true] : [true, true, false, false],
                    server.Requests.All.Skip(before).Select(request => request.IsFromCache));
                _ = scene.IsServedByCache ? ofCache++ : ofStore++;
            },
            iter: 400, threads: 1);

        Assert.Equal(1, server.Requests.TcpConnections);
        Assert.True(ofCache > 50 && ofStore > 50, $"{ofCache} were of the cache and {ofStore} of the store.");
    }

    private static Secret Kept(OfferedSecret secret) => Secret.OfDocument(
        secret.Name, secret.IsFlatMap ? Secret.DockerCfgType : Secret.DockerConfigJsonType,
        secret.IsFlatMap ? ".dockercfg" : ".dockerconfigjson", secret.Json) with
    {
        Created = DateTimeOffset.FromUnixTimeSeconds(secret.CreatedAt),
    };

    /// <summary>What the API server has, and for which endpoints it is asked.</summary>
    private sealed record Scene(OfferedSecret[] Cache, OfferedSecret[] Store, string[] Mirrors, CacheState State)
    {
        public IEnumerable<string> Repositories => Mirrors.Append(Primary);

        /// <summary>Without a mirror the registry itself is what the pull goes to.</summary>
        public bool IsServedByCache => State is CacheState.Filled
            && (Mirrors is [] ? [Primary] : Mirrors).Any(repository => NaiveChoice.For(repository, Cache) != "-");

        public EndpointCredential[] Endpoints() =>
        [
            .. Mirrors.Select(mirror => new EndpointCredential(Encoding.UTF8.GetBytes(mirror))),
            new EndpointCredential(Encoding.UTF8.GetBytes(Primary), isPrimary: true),
        ];

        public override string ToString() =>
            $"cache: {string.Join(' ', Cache)} store: {string.Join(' ', Store)} mirrors: {Mirrors.Length} {State}";
    }
}
