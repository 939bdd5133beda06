using System.Text;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Secrets;

/// <summary>Many pulls in one process, one after the other and at once.</summary>
public sealed class PullResourcesTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(40);

    /// <summary>More than any pool keeps.</summary>
    private static readonly int Many = 8 * Environment.ProcessorCount + 32;

    [Fact]
    public void Endpoints_of_many_pulls_at_once_end_all()
    {
        using var resources = new PullResources();
        for (var round = 0; round < 2; round++)
        {
            var pulls = Enumerable.Range(0, Many)
                .Select(i => resources.Endpoints(Sources($"a{i}.example.com/x", $"b{i}.example.com/x"), new SecretNotices()))
                .ToList();
            Assert.Equal(2 * Many, pulls.SelectMany(pull => pull.All).Distinct().Count());
            pulls.ForEach(pull => pull.Dispose());
        }
    }

    [Fact]
    public void An_endpoint_has_nothing_of_the_pull_before()
    {
        using var resources = new PullResources();
        using (var first = resources.Endpoints(Sources("reg.example.com/x"), new SecretNotices()))
        {
            using var document = new AuthDocument(first.All, new SecretNotices());
            var source = new CredentialSource("s"u8.ToArray(), 0);
            Assert.Null(document.Read("""{"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}}"""u8, isFlatMap: false, source));
            Assert.True(first.HasSecret);
        }

        using var second = resources.Endpoints(Sources("reg.example.com/x"), new SecretNotices());

        Assert.False(second.HasSecret);
        Assert.Equal("-", AuthDocuments.Describe(Assert.Single(second.All)));
    }

    [Fact]
    public void Endpoints_that_end_twice_are_not_two_pulls_endpoints()
    {
        using var resources = new PullResources();
        var ended = resources.Endpoints(Sources("reg.example.com/x"), new SecretNotices());
        ended.Dispose();
        ended.Dispose();

        using var one = resources.Endpoints(Sources("reg.example.com/x"), new SecretNotices());
        using var other = resources.Endpoints(Sources("reg.example.com/x"), new SecretNotices());

        Assert.NotSame(one.All[0], other.All[0]);
        Assert.Empty(ended.All);
    }

    [Fact]
    public async Task Readers_of_many_pulls_at_once_end_all()
    {
        await using var server = await Server();
        var atOnce = 2 * Environment.ProcessorCount + 3;
        var arrived = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Script.Always(async exchange =>
        {
            // No list ends before every pull has asked for one.
            if (Interlocked.Increment(ref arrived) == atOnce)
            {
                all.SetResult();
            }

            await all.Task;
            await exchange.AnswerNormallyAsync();
        });
        using var resources = new PullResources(keptLinks: 2);

        var found = await Task.WhenAll(Enumerable.Range(0, atOnce).Select(
            _ => Task.Factory.StartNew(() => Fetch(resources, server), TaskCreationOptions.LongRunning)));

        Assert.All(found, text => Assert.Equal("s reg.example.com user:password", text));
        Assert.Equal("s reg.example.com user:password", Fetch(resources, server));
    }

    [Fact]
    public async Task A_pull_after_one_that_failed_has_nothing_of_it()
    {
        await using var server = await Server();
        var cut = """{"kind":"SecretList","items":[{"metadata":{"name":"x"},"type":"kubernetes.io/dock""";
        server.Script.Request(1, Respond.Body(Encoding.UTF8.GetBytes(cut)));
        using var resources = new PullResources(keptLinks: 1);

        Assert.Contains("whole SecretList", Fetch(resources, server), StringComparison.Ordinal);
        Assert.Equal("s reg.example.com user:password", Fetch(resources, server));
    }

    private static async Task<KubeApiServer> Server()
    {
        var server = await KubeApiServer.StartAsync();
        server.Cluster.Allow("team-a", "puller");
        server.Cluster.SetSecrets(
            "team-a", [Secret.DockerConfigJson("s", ("reg.example.com", RegistryEntry.Basic("user", "password")))]);
        return server;
    }

    private static string Fetch(PullResources resources, KubeApiServer server)
    {
        using var pull = new WorkloadSearch(server);
        return resources.FetchNamespace(pull.Search, Deadline.After(Budget)).Failure?.Message ?? pull.Found;
    }

    private static PullEndpoint[] Sources(params string[] repositories) =>
        [.. repositories.Select(repository => new PullEndpoint(
            default, Insecure: false, default, IsPrimary: false, Encoding.UTF8.GetBytes(repository)))];
}
