using System.Text.RegularExpressions;
using FastProvider.Tests.Faults;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// What a run reads before and beside its own work. A node has a line in /proc/self/mountinfo for each volume and container, so a
/// run that reads that file is slower the busier the node is.
/// </summary>
public sealed partial class StartTests
{
    // Each has a constant size; perf-baselines/start.md says who wants it.
    private static readonly string[] OfTheRuntime =
    [
        "/proc/meminfo", "/proc/self/maps", "/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible",
    ];

    [Fact]
    public async Task An_unmirrored_run_reads_nothing_that_grows_with_the_node()
    {
        await using var scene = await PullScene.StartAsync();

        Assert.Equal(OfTheRuntime, await OpenedAsync(scene, "registry.invalid.example/app"));
        Assert.False(File.Exists(scene.AuthFilePath));
    }

    [Fact]
    public async Task A_mirrored_run_reads_nothing_of_the_kind_either()
    {
        await using var scene = await PullScene.StartAsync();

        Assert.Equal(OfTheRuntime, await OpenedAsync(scene, PullScene.Image));
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task Every_kind_of_system_call_of_an_unmirrored_run_has_its_reason()
    {
        await using var scene = await PullScene.StartAsync();
        await StracedAsync(scene, "registry.invalid.example/app");
        var calls = Call().Matches(scene.Left("trace")).Select(match => match.Groups[1].Value).ToHashSet();
        var reasons = Reason().Matches(File.ReadAllText(Path.Join(Mutants.Repository.Root, "perf-baselines/start.md")))
            .Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Empty(calls.Except(reasons));
        Assert.Subset(calls, new HashSet<string> { "execve", "mmap", "openat", "exit_group" });
    }

    /// <summary>The files below /proc and /sys that a run opens.</summary>
    private static async Task<IEnumerable<string>> OpenedAsync(PullScene scene, string image)
    {
        await StracedAsync(scene, image);
        return OpenedBelow().Matches(scene.Left("trace")).Select(match => match.Groups[1].Value)
            .Distinct().Order(StringComparer.Ordinal);
    }

    private static async Task StracedAsync(PullScene scene, string image)
    {
        var run = await scene.PullAsync(
            new KubeletRequest(image, scene.Token),
            ["-f", "-o", Path.Combine(scene.Node.Root, "trace"), Plugin.Binary, .. scene.Arguments()],
            binary: "/usr/bin/strace");
        run.Answers();
    }

    [GeneratedRegex(@"\bopen(?:at)?\([^""]*""((?:/proc|/sys)/[^""]*)""")]
    private static partial Regex OpenedBelow();

    [GeneratedRegex(@"^\d+\s+(\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Reason();
}
