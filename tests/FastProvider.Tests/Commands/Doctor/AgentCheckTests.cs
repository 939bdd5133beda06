using System.Globalization;
using System.Net.Sockets;
using FastProvider.Tests.Agent;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>What doctor says of the agent: without one nothing is wrong, and of one that runs what a run would miss.</summary>
public sealed class AgentCheckTests
{
    private const string Locks = "/run/fast-provider";
    private const string SocketPath = Locks + "/agent.sock";
    private const string EnabledUnit = "/etc/systemd/system/sockets.target.wants/fast-provider-agent.socket";
    private const string Program = "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider";

    /// <summary>An agent that has served pulls, and is well.</summary>
    private const string Well = """
        version: VERSION
        process: 4711
        uptime: 86400 s
        runs: 12
        runs now: 0
        API connections: 1
        API handshakes: 1
        last API answer: 7 s ago
        grants: 3
        oldest grant: 1100 s
        grants given: 9
        files taken: 6
        grants expired: 0

        """;

    [Fact]
    public async Task Without_an_agent_nothing_is_wrong()
    {
        using var node = DoctorNode.Kubeadm();

        var asking = await node.CheckAsync();

        asking.Has("agent", "ok", "no agent is set up");
        Assert.DoesNotContain(asking.Ids, id => id.StartsWith("agent-", StringComparison.Ordinal));
        (await Asking(node, "none").CheckAsync()).Has("agent", "ok", "runs ask no agent");
    }

    [Fact]
    public async Task A_socket_that_no_run_asks_is_a_note()
    {
        using var node = DoctorNode.Kubeadm();
        using var socket = Bind(node.Root);

        (await Asking(node, "none").CheckAsync()).Has("agent", "note", "--agent none");
    }

    /// <summary>In an image there is no /run; on a node systemd would have opened it.</summary>
    [Fact]
    public async Task An_enabled_unit_without_its_socket_is_a_warning_on_a_node_that_runs()
    {
        using var node = Asking(DoctorNode.Kubeadm()).With(EnabledUnit, "[Socket]\n");
        (await node.CheckAsync()).Has("agent", "ok", "no agent is set up");

        node.Run(321, TimeSpan.FromMinutes(30), "kubelet",
            ["/usr/bin/kubelet", $"--image-credential-provider-config={DoctorNode.KubeadmConfig}",
                $"--image-credential-provider-bin-dir={Path.GetDirectoryName(DoctorNode.Provider)}"]);

        (await node.CheckAsync()).Has("agent", "warning", "systemctl status fast-provider-agent.socket");
    }

    [Fact]
    public async Task The_socket_is_to_be_a_socket_of_root_alone_in_such_a_directory()
    {
        using var node = Asking(DoctorNode.Kubeadm()).With(SocketPath, "");
        (await node.CheckAsync()).Has("agent", "warning", "is no socket");
        node.Remove(SocketPath);
        using var socket = Bind(node.Root);

        var well = await node.CheckAsync();
        well.Has("agent", "note", "not asked from here");
        well.Has("agent-socket", "ok", "nobody else may write");

        File.SetUnixFileMode(node.Root + SocketPath, (UnixFileMode)0b110_110_110);
        (await node.CheckAsync()).Has("agent-socket", "warning", "chmod 0600");
        Chown(node.Root + SocketPath, 65534);
        (await node.CheckAsync()).Has("agent-socket", "warning", "belongs to user 65534");
        Chown(node.Root + SocketPath, 0);
        File.SetUnixFileMode(node.Root + SocketPath, (UnixFileMode)0b110_000_000);
        File.SetUnixFileMode(node.Root + Locks, (UnixFileMode)0b111_111_111);
        (await node.CheckAsync()).Has("agent-socket", "warning", "/run/fast-provider, where the agent's socket lies");
    }

    [Fact]
    public async Task A_socket_that_cannot_be_looked_at_is_unknown()
    {
        using var node = Asking(DoctorNode.Kubeadm(), $"{DoctorNode.KubeadmConfig}/agent.sock");

        (await node.CheckAsync()).Has("agent", "unknown", "ENOTDIR");
    }

    /// <summary>The process that listens would hang up, and that is no fault.</summary>
    [Fact]
    public async Task Who_is_not_root_does_not_ask_it()
    {
        var directory = Directory.CreateTempSubdirectory("fast-provider-anybody-");
        try
        {
            directory.UnixFileMode = (UnixFileMode)0b111_101_101;
            var (program, socket) = (directory.FullName + "/fast-provider", directory.FullName + "/agent.sock");
            File.Copy(Plugin.Binary, program);
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
            using (var node = Asking(DoctorNode.Kubeadm(), socket))
            {
                File.Copy(node.Root + DoctorNode.KubeadmConfig, directory.FullName + "/config.yaml");
            }

            await using var agent = FakeAgent.Saying(directory.FullName, "");
            var run = await Plugin.RunAsync(
                ["--reuid=65534", "--regid=65534", "--clear-groups", program, "doctor", "--output", "json",
                    "--provider-config", directory.FullName + "/config.yaml", "--bin-dir", directory.FullName],
                [], binary: "/usr/bin/setpriv");

            new Findings(run).Has("agent", "unknown", "run doctor as root");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task An_agent_that_runs_is_asked_and_one_that_hangs_or_was_killed_is_found()
    {
        using var node = await NodeAsync();
        using var agent = NodeAgent.StartIn([], node.Root, "--root", node.Root, "--program", Program);
        agent.Signal("STOP");
        var hangs = await CheckAsync(node);
        hangs.Has("agent", "warning", "it does not answer in time");
        agent.Signal("CONT");

        var well = await CheckAsync(node);
        well.Has("agent", "ok", $"process {agent.Id} answers on {SocketPath}, 0 runs so far");
        well.Has("agent-socket", "ok", SocketPath);
        well.Has("agent-version", "ok", BuildVersion.Value);
        well.Has("agent-grants", "ok", "no auth file waits");
        well.Has("agent-api", "ok", "not asked the API server yet");

        agent.Signal("KILL");
        await agent.EndAsync();
        (await CheckAsync(node)).Has("agent", "note", "nobody listens");
        File.WriteAllText(node.PathOf(EnabledUnit), "[Socket]\n");
        (await CheckAsync(node)).Has("agent", "warning", "nobody listens there");
    }

    /// <summary>A run does not give its token to another user's process.</summary>
    [Fact]
    public async Task An_agent_of_another_user_is_a_warning()
    {
        using var node = await NodeAsync();
        // It comes to its directory, and to the program, by names that anybody may go through.
        File.SetUnixFileMode(node.Root, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(node.Root + Locks);
        Chown(node.Root + Locks, 65534);
        using var agent = NodeAgent.StartAs(
            ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"], node.Root + Locks);

        var findings = await CheckAsync(node);

        findings.Has("agent", "warning", "the socket is another user's");
        findings.Has("agent-socket", "warning", "belongs to user 65534");
    }

    [Theory]
    [InlineData("version: VERSION", "version: 0.0.9", "agent-version", "warning", "the agent is fast-provider 0.0.9")]
    [InlineData("version: VERSION", "vision: 0.0.9", "agent", "warning", "what is no answer")]
    [InlineData("oldest grant: 1100 s", "oldest grant: 1200 s", "agent-grants", "ok", "3 auth files wait")]
    [InlineData("oldest grant: 1100 s", "oldest grant: 1201 s", "agent-grants", "warning", "the oldest for 20 minutes")]
    [InlineData("grants expired: 0", "failed: NOW-9s api-late, namespace a", "agent-api", "ok", "to the agent: 7 s ago")]
    [InlineData("grants expired: 0", "failed: NOW-3s forbidden, namespace a", "agent-api", "ok", "7 s ago")]
    [InlineData("grants expired: 0", "failed: NOW-3s api-late, namespace a", "agent-api", "warning", "any more")]
    [InlineData("7 s ago", "none yet\nfailed: NOW-99s api-unreachable", "agent-api", "warning", "has answered this agent")]
    [InlineData("7 s ago", "none yet\nfailed: NOW-99s token", "agent-api", "ok", "has not asked")]
    public async Task What_it_says_of_itself_is_judged(string line, string instead, string id, string level, string text)
    {
        using var node = await NodeAsync();
        Directory.CreateDirectory(node.Root + Locks, (UnixFileMode)0b111_000_000);
        Assert.Contains(line, Well, StringComparison.Ordinal);
        var status = Well.Replace(line, instead, StringComparison.Ordinal)
            .Replace("VERSION", BuildVersion.Value, StringComparison.Ordinal);
        if (status.IndexOf("NOW-", StringComparison.Ordinal) is var now and >= 0)
        {
            var seconds = status[(now + 4)..status.IndexOf('s', now)];
            var at = DateTime.UtcNow.AddSeconds(-int.Parse(seconds, CultureInfo.InvariantCulture));
            status = status.Replace($"NOW-{seconds}s", $"{at:yyyy-MM-ddTHH:mm:ssZ}", StringComparison.Ordinal);
        }

        await using var agent = FakeAgent.Saying(Path.GetDirectoryName(node.Root + SocketPath)!, status);

        (await CheckAsync(node)).Has(id, level, text);
    }

    private static DoctorNode Asking(DoctorNode node, string agent = "auto") => node.Change(
        DoctorNode.KubeadmConfig, "defaultCacheDuration: \"0s\"",
        $"defaultCacheDuration: \"0s\"\n    args: [\"--agent={agent}\"]");

    /// <summary>A node that its root is entered of, whose provider asks the agent.</summary>
    private static async Task<ChrootNode> NodeAsync()
    {
        using var files = Asking(DoctorNode.Kubeadm())
            .Change(DoctorNode.KubeadmConfig, "name: fast-provider", "name: crio-credential-provider");
        var node = await ChrootNode.CreateAsync();
        node.Copy(files.Root);
        return node;
    }

    private static async Task<Findings> CheckAsync(ChrootNode node) => new(await node.RunAsync("doctor", "--output", "json"));

    private static Socket Bind(string root)
    {
        Directory.CreateDirectory(root + Locks, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(root + SocketPath));
        File.SetUnixFileMode(root + SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    private static void Chown(string path, int user)
    {
        using var chown = System.Diagnostics.Process.Start("/bin/chown", [$"{user}:{user}", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }
}
