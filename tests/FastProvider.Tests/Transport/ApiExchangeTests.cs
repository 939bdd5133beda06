using System.Text;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Secrets;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>What the one loop asks again, and when, and what it says in the end.</summary>
public sealed class ApiExchangeTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(32)]
    public async Task A_connection_closed_silently_after_each_answer_costs_no_try(int count)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(ClosingSilently);
        server.Cluster.AllowGet("team-a", "puller", [.. Named(count).Select(s => s.Name)]);
        server.Cluster.SetSecrets("team-a", Named(count));

        var (failure, read, use) = FetchNamed(server, count);

        Assert.Null(failure);
        Assert.Equal((count, 1, TimeSpan.Zero), (read, use.Tries, use.Waited));
        Assert.Equal(count, server.Requests.TcpConnections);
    }

    [Fact]
    public async Task The_lists_of_a_namespace_are_asked_for_alike()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(ClosingSilently);
        server.Cluster.Allow("team-a", "puller");
        server.Cluster.SetSecrets("team-a", Named(3));

        var (failure, read, use) = FetchAll(server, Budget);

        Assert.Null(failure);
        Assert.Equal((3, 1, TimeSpan.Zero), (read, use.Tries, use.Waited));
        Assert.Equal(2, server.Requests.TcpConnections);
    }

    /// <summary>An API server that gives up answers 504, and there is to be time for another try then.</summary>
    [Fact]
    public async Task The_server_is_given_half_of_what_is_left()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.AllowGet("team-a", "puller", "s0");
        server.Cluster.SetSecrets("team-a", Named(1));

        var (failure, _, _) = FetchNamed(server, 1);

        Assert.Null(failure);
        Assert.Matches("^(1[0-9]|20)s$", server.Requests.All[0].QueryValue("timeout"));
    }

    [Fact]
    public async Task A_connection_closed_before_its_first_answer_is_a_fault_that_counts()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Request(1, Respond.ClosedBeforeHead());
        server.Cluster.AllowGet("team-a", "puller", "s0", "s1", "s2", "s3");
        server.Cluster.SetSecrets("team-a", Named(4));

        var (failure, read, use) = FetchNamed(server, 4);

        Assert.Null(failure);
        Assert.Equal((4, 2), (read, use.Tries));
    }

    [Fact]
    public async Task What_was_answered_is_not_asked_again_when_another_is_refused()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.When(r => r.Attempt == 1 && r.Path.EndsWith("/s1", StringComparison.Ordinal), Respond.Synthesised(503));
        server.Cluster.AllowGet("team-a", "puller", "s0", "s1", "s2", "s3");
        server.Cluster.SetSecrets("team-a", Named(4));

        var (failure, read, use) = FetchNamed(server, 4);

        Assert.Null(failure);
        Assert.Equal((4, 2), (read, use.Tries));
        Assert.Equal(["s0", "s1", "s1", "s2", "s3"], server.Requests.All.Select(r => r.Path.Split('/')[^1]).Order());
        Assert.Equal(1, server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_path_that_the_server_does_not_serve_is_no_missing_Secret()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Respond.Synthesised(404));

        var (failure, _, _) = FetchNamed(server, 1);

        Assert.Equal(FailureCause.ApiError, failure!.Cause);
        Assert.Contains(
            "status 404: the server could not find the requested resource", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fetch_leaves_no_connection_open()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.Allow("team-a", "puller");

        Assert.Null(FetchAll(server, Budget).Failure);

        // The server sees the end of the connection when it comes to read again.
        for (var end = Environment.TickCount64 + 20_000; server.Requests.OpenConnections > 0 && Environment.TickCount64 < end;)
        {
            await Task.Delay(10);
        }

        Assert.Equal((1, 0), (server.Requests.TcpConnections, server.Requests.OpenConnections));
    }

    [Fact]
    public async Task Time_that_went_by_on_this_node_is_not_put_down_to_the_API_server()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var links = new ApiServerLinks();
        using var lease = links.Take(new ApiServerRoute(WorkloadSearch.TargetOf(server), proxy: null)).Value!;
        using var exchange = new ApiExchange();
        exchange.Start(lease.Link, Deadline.After(TimeSpan.FromSeconds(2)));
        server.Script.Always(Respond.Endless());

        var end = exchange.Run(new SlowQuestion());

        Assert.Equal(FailureCause.SlowNode, end.Failure?.Cause);
        Assert.StartsWith("this node is too slow", end.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("cannot reach", end.Failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_refusal_has_the_servers_own_words(int status)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Refusal(status, "etcdserver: leader changed"));

        var (failure, _, _) = FetchAll(server, TimeSpan.FromSeconds(2));

        Assert.Equal(FailureCause.ApiError, failure!.Cause);
        Assert.Contains($"status {status}", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(": etcdserver: leader changed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_403_has_them_behind_its_advice_and_not_in_the_tenants_note()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Refusal(403, "secrets is forbidden: denied by policy 7"));

        var (failure, _, _) = FetchAll(server, Budget);

        Assert.Equal(FailureCause.Forbidden, failure!.Cause);
        Assert.EndsWith(
            "; the API server says: secrets is forbidden: denied by policy 7", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("policy", failure.ForTenant!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"Success","message":"no failure"}""", "")]
    [InlineData("""{"message":"no Status"}""", "")]
    [InlineData("""["status","Failure"]""", "")]
    [InlineData("""{"status":"Failure","message":"half""", "")]
    [InlineData("""{"status":"Failure"}""", "")]
    [InlineData("""{"status":"Failure","message":{"a":1}}""", "")]
    [InlineData("""{"status":"Failure","message":"token eyJhbGciOi was refused"}""", "")]
    [InlineData("""{"kind":"Status","status":"Failure","message":"  why\n","code":500}""", ": why")]
    public async Task Only_a_Status_has_words(string body, string words)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Respond.Verbatim(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}")));

        Assert.EndsWith($"answered with status 400{words}", FetchAll(server, Budget).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_are_cut_between_characters()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Refusal(400, new string('x', 299) + string.Concat(Enumerable.Repeat("\U0001F40B", 100))));

        Assert.EndsWith(": " + new string('x', 299) + "...", FetchAll(server, Budget).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_that_do_not_come_are_not_waited_for()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Respond.ThenSilence("HTTP/1.1 400 Bad Request\r\nContent-Length: 100\r\n\r\n{"u8.ToArray()));

        Assert.EndsWith("answered with status 400", FetchAll(server, Budget).Failure!.Message, StringComparison.Ordinal);
    }

    private static async Task ClosingSilently(Exchange exchange)
    {
        await exchange.AnswerNormallyAsync();
        await exchange.FlushAsync();
        exchange.CloseAfterwards();
    }

    private static Answer Refusal(int status, string message)
    {
        var body = Encoding.UTF8.GetBytes(
            $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","code":{{status}}}""");
        return Respond.Verbatim(
            [.. Encoding.ASCII.GetBytes($"HTTP/1.1 {status} No\r\nContent-Length: {body.Length}\r\n\r\n"), .. body]);
    }

    private static Secret[] Named(int count) =>
        [.. Enumerable.Range(0, count).Select(
            i => Secret.DockerConfigJson($"s{i}", ("reg.example.com", RegistryEntry.Basic("u", "password"))))];

    private static (Failure? Failure, int Read, ApiStatistics Use) FetchNamed(KubeApiServer server, int count)
    {
        using var pull = new WorkloadSearch(server);
        using var links = new ApiServerLinks();
        var names = new SecretNames();
        for (var i = 0; i < count; i++)
        {
            names.Add(Encoding.ASCII.GetBytes($"s{i}"));
        }

        var fetched = NamedSecrets.Fetch(links, pull.Search, names, Deadline.After(Budget));
        return (fetched.Failure, fetched.Count, fetched.Use);
    }

    private static (Failure? Failure, int Read, ApiStatistics Use) FetchAll(KubeApiServer server, TimeSpan budget)
    {
        using var pull = new WorkloadSearch(server);
        using var resources = new PullResources();
        var fetched = resources.FetchNamespace(pull.Search, Deadline.After(budget));
        return (fetched.Failure, fetched.Count, fetched.Use);
    }

    /// <summary>Takes its time for each piece of an answer.</summary>
    private sealed class SlowQuestion : IApiQuestions
    {
        public int Count => 1;

        public bool StartOver => false;

        public void Append(SecretBuffer requests, int index, TimeSpan serverBudget) =>
            requests.Write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8);

        public bool Takes(int index, int status) => true;

        public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body)
        {
            var piece = new byte[1024];
            while (true)
            {
                if (body.Read(piece, out var count) is { } fault)
                {
                    return ApiEnd.Broken(fault);
                }

                Assert.NotEqual(0, count);
                Thread.Sleep(400);
            }
        }

        public void Forget()
        {
        }
    }
}
