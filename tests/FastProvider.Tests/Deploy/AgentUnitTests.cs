using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Tests.Agent;
using FastProvider.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Deploy;

/// <summary>The units of the agent: systemd takes them, and with no more than they leave it an agent does its work.</summary>
public sealed partial class AgentUnitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fast-provider-units-").FullName;

    private static string Service => File.ReadAllText(DeployedFiles.PathOf("systemd/fast-provider-agent.service"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Systemd_takes_them()
    {
        foreach (var unit in (string[])["fast-provider-agent.socket", "fast-provider-agent.service"])
        {
            var text = File.ReadAllText(DeployedFiles.PathOf("systemd/" + unit));
            await File.WriteAllTextAsync(
                Path.Combine(_folder, unit), text.Replace(Packages.Artefacts.Program, "/bin/true", StringComparison.Ordinal));
        }

        Assert.Equal((0, ""), await VerifyAsync());

        await File.AppendAllTextAsync(Path.Combine(_folder, "fast-provider-agent.service"), "NoSuchSetting=1\n");
        Assert.Contains("NoSuchSetting", (await VerifyAsync()).Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_calls_the_service_locked_down()
    {
        // In tenths: 2.0.
        var run = await Plugin.RunAsync(
            [
                "security", "--offline=true", "--threshold=20", "--no-pager",
                DeployedFiles.PathOf("systemd/fast-provider-agent.service"),
            ], [], binary: "/usr/bin/systemd-analyze");

        Assert.True(run.ExitCode == 0, Encoding.UTF8.GetString(run.Stdout).Split('\n')[^2]);
    }

    /// <summary>With the capabilities of the unit and no others, and without new ones.</summary>
    [Fact]
    public async Task A_pull_needs_no_more_capabilities()
    {
        var capabilities = Of("CapabilityBoundingSet").Select(name => "," + name.Replace("CAP_", "+", StringComparison.Ordinal));
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.StartAs(
            ["/usr/bin/setpriv", $"--bounding-set=-all{string.Concat(capabilities).ToLowerInvariant()}", "--inh-caps=-all",
                "--no-new-privs"],
            scene.Node.LockDir);

        await scene.WritesAsync();

        Assert.Equal("1", (await scene.Agent.StatusAsync())["runs"]);
    }

    /// <summary>All calls of an agent from its start to its end are among those that the unit allows.</summary>
    [Fact]
    public async Task A_pull_needs_no_other_system_calls()
    {
        var allowed = new HashSet<string>();
        foreach (var set in Of("SystemCallFilter"))
        {
            var calls = set.TrimStart('~')[0] == '@' ? await CallsOfAsync(set.TrimStart('~')) : [set];
            Assert.NotEmpty(calls);
            if (set[0] == '~')
            {
                allowed.ExceptWith(calls);
            }
            else
            {
                allowed.UnionWith(calls);
            }
        }

        var trace = Path.Combine(_folder, "trace");
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.StartAs(
            ["/usr/bin/strace", "--follow-forks", "-qq", "-o", trace], scene.Node.LockDir,
            "--metrics-file", Path.Combine(scene.Node.Root, "m.prom"));
        await scene.WritesAsync();
        Assert.Equal("1", (await scene.Agent.StatusAsync())["runs"]);
        await scene.Agent.StopAsync();

        var made = Call().Matches(await File.ReadAllTextAsync(trace)).Select(call => call.Groups[1].Value).Distinct().ToList();
        Assert.Contains("accept4", made);
        // It would go first if it may, and goes on if not: the unit has CPUWeight instead.
        Assert.Equal(["setpriority"], made.Where(call => !allowed.Contains(call)));
        Assert.Single(Of("CPUWeight"));
        // MemoryDenyWriteExecute: nothing is mapped to be written and run.
        Assert.DoesNotContain("PROT_WRITE|PROT_EXEC", await File.ReadAllTextAsync(trace), StringComparison.Ordinal);
    }

    /// <summary>What an agent may not write, the run writes by itself.</summary>
    [Fact]
    public async Task Where_the_agent_may_not_write_the_run_goes_alone()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.StartAs(
            [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                "d=$1; shift; mount --bind $d $d && mount -o remount,bind,ro $d && exec \"$@\"", "sh", scene.Node.AuthDir,
            ],
            scene.Node.LockDir);

        await scene.WritesAsync();

        Assert.Equal(("1", "0"), ((await scene.Agent.StatusAsync())["runs"], (await scene.Agent.StatusAsync())["grants"]));
    }

    [Fact]
    public void The_pods_agent_can_write_locks_and_auth_files_and_nothing_else()
    {
        var pod = KubernetesYaml.LoadAllFromString(File.ReadAllText(DeployedFiles.PathOf("daemonset-agent.yaml")), strict: true)
            .OfType<V1DaemonSet>().Single().Spec.Template.Spec;
        var agent = pod.Containers.Single(c => c.Name == "agent");

        Assert.Equal((true, "Default", 60L), (pod.HostNetwork, pod.DnsPolicy, pod.TerminationGracePeriodSeconds));
        Assert.Equal(
            [("/host/run/fast-provider", "/run/fast-provider"), ("/host/etc/crio/auth", "/etc/crio/auth")],
            agent.VolumeMounts.Where(mount => mount.ReadOnlyProperty != true)
                .Select(mount => (mount.MountPath, pod.Volumes.Single(v => v.Name == mount.Name).HostPath.Path)));
        Assert.Equal(["ALL"], agent.SecurityContext.Capabilities.Drop);
        Assert.Equal(["SYS_CHROOT", "SYS_PTRACE"], agent.SecurityContext.Capabilities.Add);
        Assert.Equal([.. agent.Args.Prepend("/usr/bin/fast-provider"), "--status"], agent.LivenessProbe.Exec.Command);
    }

    /// <summary>The arguments of the pod's container, with its capabilities, over a root that stands for the node's.</summary>
    [Fact]
    public async Task The_pods_agent_is_the_program_of_the_node()
    {
        using var node = await ChrootNode.CreateAsync();
        await File.WriteAllTextAsync(node.PathOf("/dev/null"), "");
        var program = node.PathOf("/usr/libexec/kubelet-image-credential-provider-plugins/fast-provider");
        File.CreateSymbolicLink(program, "crio-credential-provider");
        var probe = KubernetesYaml.LoadAllFromString(File.ReadAllText(DeployedFiles.PathOf("daemonset-agent.yaml")), strict: true)
            .OfType<V1DaemonSet>().Single().Spec.Template.Spec.Containers.Single(c => c.Name == "agent")
            .LivenessProbe.Exec.Command.Skip(1).Select(a => a == "/host" ? node.Root : a).ToArray();
        string[] confined =
            ["/usr/bin/setpriv", "--bounding-set=-all,+sys_chroot,+sys_ptrace", "--inh-caps=-all", "--no-new-privs"];
        Task<PluginRun> ProbeAsync() => Plugin.RunAsync([.. confined[1..], Plugin.Binary, .. probe], [], binary: confined[0]);

        var none = await ProbeAsync();
        Assert.Equal(1, none.ExitCode);
        Assert.Equal("no agent answers on /run/fast-provider/agent.sock: nobody listens there\n", none.Stderr);

        using var agent = NodeAgent.StartIn(confined, node.Root, probe[1..^1]);
        var status = await ProbeAsync();

        Assert.Equal((0, ""), (status.ExitCode, status.Stderr));
        Assert.Equal(node.Root, new FileInfo($"/proc/{agent.Id}/root").LinkTarget);
    }

    /// <summary>The command's switch and the setting of pulls have one name.</summary>
    [Theory]
    [InlineData("daemonset --agent --image example.com/a", true)]
    [InlineData("--agent daemonset --image example.com/a", true)]
    [InlineData("daemonset --agent none --image example.com/a", false)]
    [InlineData("daemonset --agent=/run/a.sock --image example.com/a", false)]
    [InlineData("daemonset --image example.com/a", false)]
    public async Task The_switch_is_told_from_the_setting_by_what_follows(string arguments, bool hasAgent) => Assert.Equal(
        hasAgent, (await DeployedFiles.GenerateAsync(arguments)).Contains("name: agent", StringComparison.Ordinal));

    [Fact]
    public async Task The_setting_goes_into_the_providers_args() => Assert.Contains(
        "--agent=none", await DeployedFiles.GenerateAsync("kubelet-config --platform kubernetes --agent none"),
        StringComparison.Ordinal);

    private static string[] Of(string key) =>
    [
        .. Service.Split('\n').Where(line => line.StartsWith(key + "=", StringComparison.Ordinal))
            .SelectMany(line => Inverted(line[(key.Length + 1)..]))
    ];

    /// <summary>A tilde before the first name is that of all names of the line.</summary>
    private static IEnumerable<string> Inverted(string value) =>
        value.TrimStart('~').Split(' ').Select(word => (value[0] == '~' ? "~" : "") + word);

    private static async Task<List<string>> CallsOfAsync(string set)
    {
        var run = await Plugin.RunAsync(["syscall-filter", "--no-pager", set], [], binary: "/usr/bin/systemd-analyze");
        List<string> calls = [];
        foreach (var word in Encoding.UTF8.GetString(run.Stdout).Split('\n').Skip(1).Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#'))
        {
            calls.AddRange(word[0] == '@' ? await CallsOfAsync(word) : [word]);
        }

        return calls;
    }

    private async Task<(int ExitCode, string Said)> VerifyAsync()
    {
        var run = await Plugin.RunAsync(
            ["verify", "--man=no", "--recursive-errors=no", .. Directory.GetFiles(_folder)], [],
            new Dictionary<string, string> { ["SYSTEMD_UNIT_PATH"] = _folder + ":" }, "/usr/bin/systemd-analyze");
        return (run.ExitCode, run.Stderr);
    }

    [GeneratedRegex(@"^\d+ +([a-z0-9_]+)\(", RegexOptions.Multiline)]
    private static partial Regex Call();
}
