using System.Net.Sockets;
using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>What systemd and a service of it say to each other: a socket that is handed over, and sd_notify(3).</summary>
public sealed class ServiceTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_first_run_starts_the_service_by_its_socket_which_outlives_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        var agent = scene.Agent = NodeAgent.StartActivated(scene.Node.LockDir, new Dictionary<string, string>(), Plugin.Binary);

        await scene.WritesAsync();

        Assert.Equal(("1", $"{agent.Id}"), await RunsOfAsync(agent));
        agent.Signal("TERM");
        Assert.Equal(0, (await agent.EndAsync()).ExitCode);
        Assert.True(File.Exists(agent.Socket), "The socket is systemd's, and the next run is to start the service by it.");
    }

    /// <summary>A name that begins with @ is of the abstract namespace.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_says_that_it_is_ready_that_it_lives_and_that_it_stops(bool isAbstract)
    {
        using var node = new NodeSandbox();
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var name = isAbstract ? $"@fast-provider-{Guid.NewGuid()}" : Path.Combine(node.Root, "notify");
        systemd.Bind(new UnixDomainSocketEndPoint(isAbstract ? '\0' + name[1..] : name));
        using var agent = NodeAgent.StartActivated(
            node.LockDir, new Dictionary<string, string> { ["NOTIFY_SOCKET"] = name, ["WATCHDOG_USEC"] = "400000" },
            Plugin.Binary);

        Assert.Equal("READY=1", await HearAsync(systemd));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("WATCHDOG=1", await HearAsync(systemd));
        }

        agent.Signal("TERM");
        string last;
        while ((last = await HearAsync(systemd)) == "WATCHDOG=1")
        {
        }

        Assert.Equal("STOPPING=1", last);
        Assert.Equal(0, (await agent.EndAsync()).ExitCode);
    }

    /// <summary>Variables that a program inherits from a service are that service's.</summary>
    [Fact]
    public async Task A_socket_that_was_handed_to_another_process_is_not_its_own()
    {
        using var node = new NodeSandbox();
        using var agent = NodeAgent.StartWith(
            node.LockDir, new Dictionary<string, string> { ["LISTEN_PID"] = "1", ["LISTEN_FDS"] = "1" }, Plugin.Binary);

        Assert.Equal(("0", $"{agent.Id}"), await RunsOfAsync(agent));
        agent.Signal("TERM");
        Assert.Equal((0, ""), await agent.EndAsync());
        Assert.False(File.Exists(agent.Socket));
    }

    private static async Task<(string Runs, string Process)> RunsOfAsync(NodeAgent agent)
    {
        var status = await agent.StatusAsync();
        return (status["runs"], status["process"]);
    }

    private static async Task<string> HearAsync(Socket systemd)
    {
        using var late = new CancellationTokenSource(Patience);
        var bytes = new byte[256];
        return Encoding.ASCII.GetString(bytes, 0, await systemd.ReceiveAsync(bytes, late.Token));
    }
}
