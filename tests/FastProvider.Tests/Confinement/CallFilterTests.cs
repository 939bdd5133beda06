using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.Agent;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Confinement;

/// <summary>What the program can no longer ask the kernel for, once it has to do with the network: tried in the binary.</summary>
public sealed partial class CallFilterTests
{
    /// <summary>128 and SIGSYS, by which the kernel ends a process.</summary>
    private const int Ended = 128 + 31;

    private const long NewUserNamespace = 0x1000_0000; // CLONE_NEWUSER

    private static readonly Dictionary<string, (int X64, int Arm64)> Refused = List()
        .ToDictionary(match => match.Groups["name"].Value, match => (Number(match, "x64"), Number(match, "arm64")));

    [Fact]
    public async Task Each_call_of_the_list_ends_the_run()
    {
        await using var scene = await PullScene.StartAsync();
        ConcurrentBag<string> goOn = [];
        await Parallel.ForEachAsync(Refused.Where(call => OfThisMachine(call.Value) >= 0), async (call, _) =>
        {
            var run = await PullAsync(scene, PlantedFault.Call(OfThisMachine(call.Value)));
            if (run.ExitCode != Ended || run.Stdout.Length > 0)
            {
                goOn.Add($"{call.Key}: {run.ExitCode}");
            }
        });

        Assert.Empty(goOn);
        Assert.True(Refused.Count > 50);
    }

    [Fact]
    public async Task Any_other_call_goes_on()
    {
        await using var scene = await PullScene.StartAsync();

        (await PullAsync(scene, PlantedFault.Call(Machine(x64: 110, arm64: 173)))).Answers(); // getppid
    }

    [Fact]
    public async Task A_new_namespace_ends_it_and_a_new_process_does_not()
    {
        const long threadOfNothing = 0x0001_0000; // CLONE_THREAD without CLONE_SIGHAND is refused: EINVAL
        await using var scene = await PullScene.StartAsync();
        var clone = Machine(x64: 56, arm64: 220);

        Assert.Equal(Ended, (await PullAsync(scene, PlantedFault.Call(clone, NewUserNamespace))).ExitCode);
        (await PullAsync(scene, PlantedFault.Call(clone, threadOfNothing))).Answers();
        (await PullAsync(scene, PlantedFault.Call(435))).Answers(); // clone3 is not there, so nobody needs it
    }

    /// <summary>An agent that comes by itself is this program once more; a run without one starts nothing.</summary>
    [Theory]
    [InlineData("none", Ended)]
    [InlineData("auto", 0)]
    public async Task Nothing_is_executed_where_no_agent_may_be_started(string agent, int exitCode)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await PullAsync(scene, PlantedFault.Call(Machine(x64: 59, arm64: 221)), "--agent", agent);

        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task It_holds_for_all_threads()
    {
        await using var scene = await PullScene.StartAsync();
        var threads = Path.Combine(scene.Node.Root, "threads");

        (await PullAsync(scene, PlantedFault.WriteThreads(threads))).Answers();

        var lines = await File.ReadAllLinesAsync(threads);
        Assert.True(lines.Length >= 4, "The runtime has a thread of its own.");
        Assert.All(lines, line => Assert.Matches(@"^(NoNewPrivs:\s1|Seccomp:\s2)$", line));
    }

    [Fact]
    public async Task It_can_be_turned_off()
    {
        await using var scene = await PullScene.StartAsync();

        (await PullAsync(scene, PlantedFault.Call(Ptrace), "--confine", "none")).Answers();
    }

    /// <summary>Other providers are programs of others, and need what they need.</summary>
    [Theory]
    [InlineData("", 0)]
    [InlineData("--chain-namespaces=team-a", 0)]
    [InlineData("--chain-namespaces=team-b", Ended)]
    public async Task Where_other_providers_may_be_run_nothing_is_given_up(string more, int exitCode)
    {
        await using var scene = await PullScene.StartAsync();
        string[] flags = ["--chain", "--chain-config", "/nonexistent", "--chain-bin-dir", "/nonexistent"];

        var run = await PullAsync(scene, PlantedFault.Call(Ptrace), [.. flags, more.Length > 0 ? more : "--chain"]);

        Assert.Equal(exitCode, run.ExitCode);
    }

    /// <summary>A kernel that knows no filter, or whose administrator allows none.</summary>
    [Theory]
    [InlineData("ENOSYS")]
    [InlineData("EINVAL")]
    [InlineData("EACCES")]
    public async Task Where_the_kernel_takes_no_filter_pulls_go_on(string errno)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await Plugin.RunAsync(
            [
                "-f", "-o", "/dev/null", "-e", "trace=seccomp", "-e", $"inject=seccomp:error={errno}", Plugin.Binary,
                .. scene.Arguments("--agent", "none"),
            ],
            new KubeletRequest(PullScene.Image, scene.Token).ToBytes(), binary: "/usr/bin/strace");

        run.Answers().ClaimsPrivate(PullScene.Image);
    }

    [Theory]
    [InlineData("registry.unmirrored/app", 0)]
    [InlineData(PullScene.Image, 1)]
    public async Task An_image_without_a_mirror_pays_nothing(string image, int filters)
    {
        await using var scene = await PullScene.StartAsync();
        var trace = Path.Combine(scene.Node.Root, "trace");

        (await Plugin.RunAsync(
            ["-f", "-o", trace, "-e", "trace=seccomp", Plugin.Binary, .. scene.Arguments("--agent", "none")],
            new KubeletRequest(image, scene.Token).ToBytes(), binary: "/usr/bin/strace")).Answers();

        Assert.Equal(filters, await FiltersAsync(trace));
    }

    /// <summary>It starts no process, so it may start none.</summary>
    [Fact]
    public async Task The_process_of_an_Event_gives_them_up_as_well()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        var trace = Path.Combine(scene.Node.Root, "trace");

        (await Plugin.RunAsync(
            ["-f", "-o", trace, "-e", "trace=seccomp,execve", Plugin.Binary, .. scene.Arguments("--agent", "none", "--events")],
            new KubeletRequest(PullScene.Image, scene.Token).ToBytes(), binary: "/usr/bin/strace")).Fails();

        Assert.Equal(2, await FiltersAsync(trace));
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("none", false)]
    public async Task An_agent_gives_them_up_and_a_run_goes_on_alone_when_it_is_ended(string confine, bool isEnded)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        var agent = scene.Agent = NodeAgent.StartWith(
            scene.Node.LockDir,
            new Dictionary<string, string>(PlantedFault.Call(Ptrace)) { ["FAST_PROVIDER_CONFINE"] = confine }, Plugin.Binary);

        await scene.WritesAsync();

        if (isEnded)
        {
            Assert.Equal(Ended, (await agent.EndAsync()).ExitCode);
        }
        else
        {
            Assert.Equal("1", (await agent.StatusAsync())["runs"]);
        }
    }

    /// <summary>The numbers are those of the kernel's headers.</summary>
    [Theory]
    [InlineData("x86_64-linux-gnu/asm/unistd_64.h", true)]
    [InlineData("asm-generic/unistd.h", false)]
    public void Each_number_is_the_kernels(string header, bool isX64)
    {
        var path = "/usr/include/" + header;
        if (isX64 && RuntimeInformation.ProcessArchitecture is not Architecture.X64)
        {
            return; // another machine has other headers
        }

        var numbers = Defined().Matches(File.ReadAllText(path)).ToDictionary(
            match => match.Groups[1].Value, match => int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));

        Assert.Equal(
            Refused.Select(call => $"{call.Key} {numbers.GetValueOrDefault(call.Key, -1)}"),
            Refused.Select(call => $"{call.Key} {(isX64 ? call.Value.X64 : call.Value.Arm64)}"));
    }

    private static async Task<int> FiltersAsync(string trace) =>
        (await File.ReadAllLinesAsync(trace)).Count(line => line.Contains("seccomp(", StringComparison.Ordinal));

    private static int Ptrace => OfThisMachine(Refused["ptrace"]);

    private static int Machine(int x64, int arm64) => OfThisMachine((x64, arm64));

    private static int OfThisMachine((int X64, int Arm64) numbers) =>
        RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? numbers.Arm64 : numbers.X64;

    private static Task<PluginRun> PullAsync(PullScene scene, Dictionary<string, string> environment, params string[] more) =>
        scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(["--agent", "none", .. more]), environment);

    private static MatchCollection List() => Line().Matches(File.ReadAllText(
        Path.Join(Repository.Root, "src", "FastProvider", "Confinement", "refused-calls.txt")));

    private static int Number(Match line, string machine) =>
        line.Groups[machine].Value is "-" ? -1 : int.Parse(line.Groups[machine].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<name>\w+) +(?<x64>\d+|-) +(?<arm64>\d+|-)( |$)", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^#define __NR(?:3264)?_(\w+)\s+(\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Defined();
}
