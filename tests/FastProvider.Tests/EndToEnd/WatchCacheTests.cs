using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// LISTs are answered from the API server's watch cache, and consistently only where that has nothing for a mirror.
/// </summary>
public sealed class WatchCacheTests
{
    private const int AnHour = 3600;

    private static readonly Secret Mirrors = Login("mirror-creds", "localhost:5000", "mirror", "mirror-password");
    private static readonly Secret Renewed = Login("mirror-creds", "localhost:5000", "mirror", "renewed-password");

    [Fact]
    public async Task Nothing_is_asked_twice_where_the_cache_serves_the_mirror()
    {
        await using var scene = await PullScene.StartAsync();

        await scene.WritesAsync();

        Assert.Equal(["cache", "cache"], Reads(scene));
        Assert.All(
            scene.Server.Requests.All, r => Assert.Matches("^fieldSelector=[^&]+&resourceVersion=0&timeout=[0-9]+s$", r.Query));
    }

    [Fact]
    public async Task A_Secret_that_the_cache_has_not_seen_yet_is_found()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Mirrors);

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        Assert.Equal(["cache", "cache", "store", "store"], Reads(scene));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        Assert.All(scene.Server.Requests.All.Skip(2), r => Assert.Matches("^fieldSelector=[^&]+&timeout=[0-9]+s$", r.Query));
    }

    [Fact]
    public async Task An_old_value_serves_only_as_long_as_the_cache_lags()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Renewed);

        var lagging = await scene.WritesAsync();
        File.Delete(scene.AuthFilePath);
        scene.Server.Cluster.WatchCache.CatchUp();
        var later = await scene.WritesAsync();

        lagging.Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        later.Serves(PullScene.MirrorRepository, "mirror", "renewed-password");
        Assert.Equal(["cache", "cache", "cache", "cache"], Reads(scene));
    }

    [Fact]
    public async Task A_login_of_the_source_alone_does_not_stand_for_that_of_the_mirror()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Login("source", "registry.invalid", "source", "source-password"));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Login("source", "registry.invalid", "source", "renewed-password"), Mirrors);

        var file = await scene.WritesAsync();

        file.Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        file.Serves(PullScene.Image, "source", "renewed-password");
        Assert.Equal(["cache", "cache", "store", "store"], Reads(scene));
    }

    [Fact]
    public async Task One_mirror_that_is_served_does()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", "other.invalid/mirror", "localhost:5000/mirror");

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        Assert.Equal(["cache", "cache"], Reads(scene));
    }

    [Theory]
    [InlineData(true, new[] { "cache", "cache" })]
    [InlineData(false, new[] { "cache", "cache", "store", "store" })]
    public async Task Of_a_remap_without_mirrors_the_registry_itself_counts(bool isInCache, string[] reads)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("[[registry]]\nprefix = \"registry.invalid\"\nlocation = \"localhost:5000/remapped\"\n");
        scene.Secrets(isInCache ? [Mirrors] : []);
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Mirrors);

        (await scene.WritesAsync()).Serves("localhost:5000/remapped/app", "mirror", "mirror-password");

        Assert.Equal(reads, Reads(scene));
    }

    [Fact]
    public async Task What_the_cache_had_and_the_store_has_not_is_gone()
    {
        await using var scene = await PullScene.StartAsync();
        var broken = Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{");
        scene.Secrets(Login("source", "registry.invalid", "source", "source-password"), broken);
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets();

        var said = await scene.FindsNothingAsync();

        Assert.DoesNotContain("broken", said, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_a_Secret_is_said_once()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Secret.OfDocument("broken", Secret.DockerConfigJsonType, ".dockerconfigjson", "{"));

        var said = await scene.FindsNothingAsync();

        Assert.Equal(2, said.Split("Secret broken").Length);
        Assert.Equal(["cache", "cache", "store", "store"], Reads(scene));
    }

    [Fact]
    public async Task The_third_type_is_asked_for_alike()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Secret.OfDocument("podman", "kubernetes.io/podmanconfigjson", ".podmanconfigjson",
            Encoding.UTF8.GetString(Mirrors.Data[".dockerconfigjson"])));

        (await scene.PullAsync("--podman-secrets")).Answers().ClaimsPrivate(PullScene.Image);

        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        Assert.Equal(["cache", "cache", "cache", "store", "store", "store"], Reads(scene));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    /// <summary>With etcd frozen, a consistent LIST gets no answer.</summary>
    [Fact]
    public async Task The_recorded_lists_of_a_cache_serve_while_the_store_does_not_answer()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script
            .When(r => !r.IsFromCache, Respond.FrozenEtcd())
            .When(r => r.QueryValue("fieldSelector") == "type=" + Secret.DockerCfgType,
                Respond.Recorded("list-rv0-dockercfg-empty"))
            .Always(Respond.Recorded("list-etcd-frozen-rv0"));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirrorpass");

        Assert.Equal(["cache", "cache"], Reads(scene));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_an_error_within_the_budget_and_nothing_of_the_cache_is_used()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Secrets(Login("source", "registry.invalid", "source", "source-password"));
        scene.Server.Script.When(r => !r.IsFromCache, Respond.Never());

        Assert.Contains("in time", await scene.FailsAsync(), StringComparison.Ordinal);

        // The second LIST of the store waits behind the first.
        Assert.Equal(["cache", "cache", "store"], Reads(scene));
    }

    [Fact]
    public async Task A_store_that_answers_later_is_asked_again()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Mirrors);
        var refusals = 2;
        scene.Server.Script.When(
            r => !r.IsFromCache && Interlocked.Decrement(ref refusals) >= 0, Respond.Synthesised(503));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        // The cache had its say.
        Assert.Equal(["cache", "cache", "store"], Reads(scene).Take(3));
        Assert.DoesNotContain("cache", Reads(scene).Skip(2));
    }

    [Fact]
    public async Task A_right_that_was_taken_away_meanwhile_is_an_error()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Login("source", "registry.invalid", "source", "source-password"));
        scene.Server.Script.When(r => !r.IsFromCache, Respond.Recorded("list-403-no-rbac"));

        Assert.Contains("may not list Secrets", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_closes_after_the_first_answers_is_asked_on_another_connection()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Mirrors);
        scene.Server.Script.Request(2, async exchange =>
        {
            await exchange.AnswerNormallyAsync();
            exchange.CloseAfterwards();
        });

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        Assert.Equal(2, scene.Server.Requests.TcpConnections);
    }

    [Theory]
    [InlineData("both", "")]
    [InlineData(Secret.DockerConfigJsonType, "")]
    [InlineData(Secret.DockerCfgType, "")]
    [InlineData("both", ": etcdserver: leader changed")]
    public async Task A_cache_that_is_not_filled_yet_is_passed_by_at_once(string refused, string cause)
    {
        await using var scene = await PullScene.StartAsync();
        // Longer than there is time: who waits for it fails.
        scene.Server.Script.When(
            r => r.IsFromCache && (refused == "both" || r.QueryValue("fieldSelector") == "type=" + refused),
            Respond.CacheUnready(AnHour, cause));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        Assert.Equal(["cache", "cache", "store", "store"], Reads(scene));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task What_a_cache_that_is_half_filled_had_does_not_count()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets(Secret.DockerCfg("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Secrets(Secret.DockerCfg("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "renewed-password"))));
        scene.Server.Script.When(
            r => r.IsFromCache && r.QueryValue("fieldSelector") == "type=" + Secret.DockerConfigJsonType,
            Respond.CacheUnready(AnHour));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "renewed-password");
    }

    [Fact]
    public async Task A_cache_that_closes_the_connection_with_its_refusal_is_passed_by_as_well()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.When(r => r.IsFromCache, async exchange =>
        {
            await Respond.CacheUnready(AnHour)(exchange);
            exchange.CloseAfterwards();
        });

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_server_whose_consistent_lists_wait_for_the_cache_too_is_asked_again_after_its_time()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.WatchCache.State = CacheState.FillingForEveryList;
        scene.Server.Script.When(r => r.Attempt == 3, exchange =>
        {
            scene.Server.Cluster.WatchCache.State = CacheState.Filled;
            return exchange.AnswerNormallyAsync();
        });

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        var all = scene.Server.Requests.All;
        Assert.Equal(["cache", "cache", "store"], Reads(scene).Take(3));
        Assert.DoesNotContain("cache", Reads(scene).Skip(2));
        Assert.True(all[^1].Received - all[2].Received >= TimeSpan.FromSeconds(0.95), "It came before Retry-After had passed.");
    }

    [Theory]
    [InlineData("priority and fairness")]
    [InlineData("the words without a Status")]
    [InlineData("the words further behind")]
    [InlineData("the words in a reason")]
    public async Task Any_other_429_is_waited_for(string what)
    {
        await using var scene = await PullScene.StartAsync();
        const string words = "storage is (re)initializing";
        scene.Server.Script.When(r => r.IsFromCache, what switch
        {
            "the words without a Status" => Refusal("text/plain", words),
            "the words further behind" => Refusal("application/json", StatusOf("the " + words, "TooManyRequests")),
            "the words in a reason" => Refusal("application/json", StatusOf("slow down", words)),
            _ => Respond.TooManyRequests(AnHour),
        });

        Assert.Contains("429", await scene.FailsAsync(), StringComparison.Ordinal);

        Assert.DoesNotContain("store", Reads(scene));
    }

    [Theory]
    [InlineData("annotation")]
    [InlineData("pod")]
    public async Task Secrets_that_are_named_are_read_from_the_store(string way)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "mirror-creds"));
        scene.Server.Cluster.WatchCache.Lag();
        scene.Server.Cluster.WatchCache.State = CacheState.FillingForEveryList;
        scene.Secrets(Renewed);
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "mirror-creds" },
        };

        (await scene.PullAsync(request, scene.Arguments("--secrets", way))).Answers().ClaimsPrivate(PullScene.Image);

        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "renewed-password");
        Assert.All(scene.Server.Requests.All, r => Assert.Null(r.QueryValue("resourceVersion")));
        Assert.Equal(way == "pod" ? 2 : 1, scene.Server.Requests.All.Count);
    }

    [Theory]
    [InlineData("annotation")]
    [InlineData("pod")]
    public async Task What_is_named_and_serves_no_mirror_is_not_read_again(string way)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", "source"));
        scene.Secrets(Login("source", "elsewhere.invalid", "source", "source-password"));
        var request = new KubeletRequest(PullScene.Image, scene.Token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = "source" },
        };

        (await scene.PullAsync(request, scene.Arguments("--secrets", way))).Answers().IsEmpty();

        Assert.Equal(way == "pod" ? 2 : 1, scene.Server.Requests.All.Count);
    }

    /// <summary>Who answered each LIST, in the order in which they were asked.</summary>
    private static IEnumerable<string> Reads(PullScene scene) =>
        scene.Server.Requests.All.Select(r => r.IsFromCache ? "cache" : "store");

    private static Secret Login(string name, string key, string user, string password) =>
        Secret.DockerConfigJson(name, (key, RegistryEntry.Basic(user, password)));

    private static string StatusOf(string message, string reason) =>
        $$"""{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{{message}}","reason":"{{reason}}","code":429}""";

    private static Answer Refusal(string contentType, string body) => Respond.Verbatim(Encoding.ASCII.GetBytes(
        $"HTTP/1.1 429 Too Many Requests\r\nContent-Type: {contentType}\r\nRetry-After: {AnHour}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n{body}"));
}
