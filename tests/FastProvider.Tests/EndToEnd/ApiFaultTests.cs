using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What an API server can answer instead of a list: exit code, the one line, and nothing on disk.</summary>
public sealed class ApiFaultTests
{
    [Theory]
    [InlineData("list-401-bad-signature")]
    [InlineData("list-401-expired-token")]
    [InlineData("list-401-wrong-audience")]
    public async Task A_401_says_which_audience_and_issuer_the_token_had(string recording)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = new TokenIssuer { Issuer = "https://issuer.example" }.Issue(
            "team-a", "puller", audience: "https://audience.example");
        scene.Server.Script.Always(Respond.Recorded(recording));

        var line = await scene.FailsAsync();

        Assert.Contains("401", line, StringComparison.Ordinal);
        Assert.Contains("https://audience.example", line, StringComparison.Ordinal);
        Assert.Contains("https://issuer.example", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_401_is_not_asked_for_again()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-a", "puller", TimeSpan.FromMinutes(-1));

        var line = await scene.FailsAsync();

        Assert.Contains("(401 Unauthorized)", line, StringComparison.Ordinal);
        Assert.NotEmpty(scene.Server.Requests.All);
        Assert.All(scene.Server.Requests.All, r => Assert.Equal(1, r.Attempt));
    }

    [Fact]
    public async Task A_403_names_who_may_not_do_what_and_the_rule_that_allows_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-a", "powerless");

        var line = await scene.FailsAsync();

        Assert.Contains("403", line, StringComparison.Ordinal);
        Assert.Contains("powerless", line, StringComparison.Ordinal);
        Assert.Contains("team-a", line, StringComparison.Ordinal);
        Assert.Contains("list", line, StringComparison.Ordinal);
        Assert.Contains("secrets", line, StringComparison.Ordinal);
        Assert.Contains("Role", line, StringComparison.Ordinal);
        Assert.Equal(2, scene.Server.Requests.All.Max(r => r.Attempt)); // an API server that just started says 403 for a moment
    }

    [Fact]
    public async Task The_recorded_403_is_explained_alike()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.Recorded("list-403-no-rbac"));

        Assert.Contains("403", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list-403-no-rbac")]
    [InlineData("list-403-at-startup")]
    public async Task A_403_that_passes_is_no_error(string recording)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.When(r => r.Connection == 1 && r.Attempt == 1, async exchange =>
        {
            await Respond.Recorded(recording)(exchange);
            if (recording == "list-403-at-startup")
            {
                // Its head says Connection: close.
                exchange.CloseAfterwards();
            }
        });

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_404_is_an_error()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.Synthesised(404));

        Assert.Contains("404", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_429_is_tried_again_after_the_time_it_names()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.FirstAttempts(1, Respond.TooManyRequests(retryAfterSeconds: 1));

        await scene.WritesAsync();

        foreach (var attempts in scene.Server.Requests.All.GroupBy(r => r.QueryValue("fieldSelector")))
        {
            var times = attempts.Select(r => r.Received).ToArray();
            Assert.Equal(2, times.Length);
            Assert.True(
                times[1] - times[0] >= TimeSpan.FromSeconds(0.95), "The second attempt came before Retry-After had passed.");
        }
    }

    [Fact]
    public async Task A_429_whose_time_is_beyond_the_budget_is_an_error_within_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Respond.TooManyRequests(retryAfterSeconds: 3600));

        Assert.Contains("429", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_5xx_that_passes_is_no_error(int status)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.FirstAttempts(1, status == 504 ? Respond.FrozenEtcd() : Respond.Synthesised(status));

        await scene.WritesAsync();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_5xx_that_stays_is_an_error_that_names_it(int status)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "4s";
        scene.Server.Script.Always(status == 504 ? Respond.FrozenEtcd() : Respond.Synthesised(status));

        var line = await scene.FailsAsync();

        Assert.True(line.Contains($"{status}", StringComparison.Ordinal), line);
        Assert.True(scene.Server.Requests.All.Max(r => r.Attempt) > 1, "A 5xx was not tried again.");
    }

    [Theory]
    [InlineData(302)]
    [InlineData(307)]
    public async Task A_redirect_is_never_followed(int status)
    {
        await using var scene = await PullScene.StartAsync();
        await using var elsewhere = await KubeApiServer.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Respond.Redirect(status, elsewhere.Url + "/api/v1/namespaces/team-a/secrets"));

        var line = await scene.FailsAsync();

        Assert.Contains($"{status}", line, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_refused_connection_is_an_error_that_names_the_address()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        await scene.Server.DisposeAsync();

        Assert.Contains($"127.0.0.1:{scene.Server.Port}", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Status_object_with_200_is_no_list()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Respond.Document("""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}"""));

        await scene.FailsAsync();
    }
}
