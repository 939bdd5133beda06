using FastProvider.Base;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Secrets;

/// <summary>The fetch in process: which answers of a server become credentials of the endpoints.</summary>
public sealed class NamespaceSecretsTests
{
    private static readonly string List =
        $$$$"""{"kind":"SecretList","items":[{"metadata":{"name":"s"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"{{{{Convert.ToBase64String("""{"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}}"""u8)}}}}"}}]}""";

    [Fact]
    public async Task A_body_that_ends_right_after_its_last_brace_is_whole()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Verbatim(Head(List.Length), List));

        var (failure, found, count) = Fetch(server);

        Assert.Null(failure);
        Assert.Equal(("s reg.example.com user:pass", 2), (found, count));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\r\n \t\n")]
    public async Task White_space_that_comes_late_is_part_of_the_body(string late)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Verbatim(Head(List.Length + late.Length), List, late));

        var (failure, found, _) = Fetch(server);

        Assert.Null(failure);
        Assert.Equal("s reg.example.com user:pass", found);
    }

    [Fact]
    public async Task An_empty_body_is_no_list()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Verbatim(Head(0)));

        Assert.Contains("SecretList", Fetch(server).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_was_cut_offers_nothing_to_the_try_that_follows()
    {
        await using var server = await KubeApiServer.StartAsync();
        var empty = """{"kind":"SecretList","items":[]}""";
        server.Script.Request(1, exchange =>
        {
            exchange.CloseAfterwards();
            return Verbatim(Head(List.Length), List[..^2])(exchange);
        });
        server.Script.Always(Verbatim(Head(empty.Length), empty));

        var (failure, found, count) = Fetch(server, earlierWarning: "an earlier warning");

        Assert.Null(failure);
        Assert.Equal(("- an earlier warning", 0), (found, count));
    }

    [Fact]
    public async Task A_value_without_end_is_refused_before_it_fills_the_memory()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(async exchange =>
        {
            await exchange.SendAsync(Head(long.MaxValue) + """{"kind":"SecretList","items":[{"metadata":{"name":" """);
            var more = new byte[64 * 1024];
            Array.Fill(more, (byte)'x');
            while (!exchange.Gone.IsCancellationRequested)
            {
                await exchange.SendAsync(more);
            }
        });

        Assert.Contains("longer than", Fetch(server).Failure!.Message, StringComparison.Ordinal);
    }

    private static string Head(long length) =>
        $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n";

    /// <summary>Each part is flushed by itself.</summary>
    private static Answer Verbatim(params string[] parts) => async exchange =>
    {
        foreach (var part in parts)
        {
            await exchange.SendAsync(part);
            await exchange.FlushAsync();
            await Task.Delay(20);
        }
    };

    private static (Failure? Failure, string Found, int Count) Fetch(KubeApiServer server, string? earlierWarning = null)
    {
        using var pull = new WorkloadSearch(server);
        if (earlierWarning is not null)
        {
            pull.Notices.Add(earlierWarning);
        }

        using var resources = new PullResources();
        var fetched = resources.FetchNamespace(pull.Search, Deadline.After(TimeSpan.FromSeconds(20)));
        return (fetched.Failure, $"{pull.Found} {pull.Notices}".TrimEnd(), fetched.Count);
    }
}
