using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>What an agent keeps from one pull for the next, and what it never does.</summary>
public sealed class WarmAgentTests
{
    [Fact]
    public async Task A_hundred_pulls_need_one_connection_and_each_asks_with_its_own_token()
    {
        await using var scene = await SceneAsync();
        scene.Server.Cluster.Allow(PullScene.Namespace, "other");
        for (var pull = 0; pull < 100; pull++)
        {
            var account = pull % 2 == 0 ? PullScene.ServiceAccount : "other";
            var token = scene.Server.Cluster.Tokens.Issue(PullScene.Namespace, account);
            var run = HandedRun.Of(
                scene.Agent!.Socket, scene.Arguments(), new KubeletRequest(PullScene.Image, token).ToBytes());
            Assert.True(run.ExitStatus == 0, run.Line);
            Assert.Equal($"system:serviceaccount:{PullScene.Namespace}:{account}", scene.Server.Requests.All[^1].User);
        }

        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        Assert.Equal("100", (await scene.Agent!.StatusAsync())["runs"]);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_made_anew_before_the_next_pull_needs_it()
    {
        await using var scene = await SceneAsync();
        scene.Server.Script.Request(2, async exchange =>
        {
            await exchange.AnswerNormallyAsync();
            await exchange.FlushAsync();
            exchange.CloseAfterwards();
        });
        await scene.WritesAsync();
        var asked = scene.Server.Requests.All.Count;

        Assert.True(
            SpinWait.SpinUntil(() => scene.Server.Requests.TcpConnections == 2, TimeSpan.FromSeconds(30)),
            $"{scene.Server.Requests.TcpConnections} connections.");
        // The server has the connection, the agent may still be at its handshake: a pull would make one of its own.
        await scene.Agent!.ShowsAsync("API connections", "1");

        Assert.Equal(asked, scene.Server.Requests.All.Count);
        await scene.WritesAsync();
        await scene.WritesAsync();
        Assert.Equal(2, scene.Server.Requests.TcpConnections);
    }

    /// <summary>
    /// As where the server's machine lost its power, or a load balancer forgot the connection. A run alone connects anew, so a
    /// run by way of the agent may not fail for it.
    /// </summary>
    [Fact]
    public async Task A_kept_connection_that_has_died_without_a_word_costs_no_pull()
    {
        await using var scene = await SceneAsync();
        scene.Timeout = "4s";
        await scene.WritesAsync();
        File.Delete(scene.AuthFilePath);
        var connection = scene.Server.Requests.All[^1].Connection;
        var requests = scene.Server.Requests.All.Count;
        scene.Server.Script.When(request => request.Connection == connection, Respond.Never());

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        var asked = scene.Server.Requests.All.Skip(requests).Select(request => request.Connection).ToList();
        Assert.Contains(connection, asked);
        Assert.Contains(asked, other => other != connection);
        Assert.Equal("1", (await scene.Agent!.StatusAsync())["API connections"]);
    }

    [Fact]
    public async Task A_permission_that_is_taken_away_counts_at_the_next_pull()
    {
        await using var scene = await SceneAsync();
        await scene.WritesAsync();

        scene.Server.Cluster.ForbidAll();

        Assert.Contains("may not list Secrets", await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_is_rotated_counts_at_the_next_pull()
    {
        await using var scene = await SceneAsync();
        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");

        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "rotated-password"))));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "rotated-password");
    }

    [Theory]
    [InlineData("in place")]
    [InlineData("by another file")]
    [InlineData("by a drop-in")]
    public async Task A_registries_conf_that_changed_counts_at_the_next_pull(string how)
    {
        await using var scene = await SceneAsync();
        await Settled();
        Assert.Contains("localhost:5000/mirror/app", (await scene.PullAsync()).Stderr, StringComparison.Ordinal);
        Assert.Contains("localhost:5000/mirror/app", (await scene.PullAsync()).Stderr, StringComparison.Ordinal);

        // Of the same size, and made old at once: neither size nor the time of modification tells.
        var changed = (await File.ReadAllTextAsync(scene.Node.RegistriesConf))
            .Replace("5000/mirror", "5000/rorrim", StringComparison.Ordinal);
        var path = scene.Node.RegistriesConf;
        var modified = File.GetLastWriteTimeUtc(path);
        switch (how)
        {
            case "in place":
                await File.WriteAllTextAsync(path, changed);
                break;
            case "by another file":
                await File.WriteAllTextAsync(path + ".new", changed);
                File.Move(path + ".new", path, overwrite: true);
                break;
            default:
                path = Path.Combine(scene.Node.RegistriesConfDir, "a.conf");
                await File.WriteAllTextAsync(path, changed);
                break;
        }

        File.SetLastWriteTimeUtc(path, modified);

        Assert.Contains("localhost:5000/rorrim/app", (await scene.PullAsync()).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_that_changed_counts_at_the_next_pull()
    {
        await using var scene = await SceneAsync();
        await Settled();
        await scene.WritesAsync();
        await scene.WritesAsync();
        await using var other = await KubeApiServer.StartAsync();
        other.Cluster.Allow(PullScene.Namespace, PullScene.ServiceAccount);
        var kubeconfig = other.WriteKubeconfig(Directory.CreateDirectory(Path.Combine(scene.Node.Root, "other")).FullName);

        File.Copy(kubeconfig, scene.Kubeconfig, overwrite: true);

        var asked = scene.Server.Requests.All.Count;
        (await scene.PullAsync()).Answers().IsEmpty();
        Assert.Equal(asked, scene.Server.Requests.All.Count);
        Assert.NotEmpty(other.Requests.All);
    }

    [Fact]
    public async Task Files_that_are_the_same_are_not_opened_again()
    {
        await using var scene = await SceneAsync();
        await Settled();
        await scene.WritesAsync();
        await scene.WritesAsync();

        var opened = await scene.Agent!.TraceAsync("openat", () => scene.WritesAsync());

        Assert.Contains(opened, line => line.Contains(scene.Node.LockDir, StringComparison.Ordinal)
            || line.Contains(scene.Node.AuthDir, StringComparison.Ordinal));
        Assert.DoesNotContain(opened, line => line.Contains(scene.Node.RegistriesConf, StringComparison.Ordinal)
            || line.Contains(scene.Node.Pki, StringComparison.Ordinal) || line.Contains("crio.conf", StringComparison.Ordinal));
    }

    private static async Task<PullScene> SceneAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        return scene;
    }

    /// <summary>
    /// What changed less than a tenth of a second ago is read again each time, as it may change within one tick.
    /// </summary>
    private static Task Settled() => Task.Delay(200);
}
