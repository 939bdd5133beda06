using FastProvider.Tests.EndToEnd;
using Xunit.Abstractions;

namespace FastProvider.Tests.Slot;

/// <summary>Runs that are killed while they hold the turn or wait for it, as the kubelet does at 60 seconds.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_killed_holder_gives_its_turn_to_the_next()
    {
        await using var scene = await PullScene.StartAsync();
        var crio = new Crio(scene.Node.AuthDir);
        await scene.WritesAsync();
        crio.TryTake(PullScene.Image);
        await scene.WritesAsync(); // untaken, while a pull goes on: the next runs wait, one of them with the lock

        var killed = KilledAfterAsync(scene, "0.7");
        await Task.Delay(300);
        var next = scene.PullAsync();
        Assert.Equal(137, await killed);
        Assert.False(next.IsCompleted);
        Assert.NotNull(crio.TryTake(PullScene.Image));

        var run = await next;
        run.Answers().ClaimsPrivate(PullScene.Image);
        // it had the lock, and had it before the bound
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        Assert.NotNull(crio.TryTake(PullScene.Image));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pods_whose_runs_are_killed_cost_about_a_pull_each_and_all_get_their_image(bool isSerial)
    {
        const int kills = 3;
        await using var scene = await Kubelet.StartClusterAsync();
        var schedule = Schedule.Together(9, isSerial, 1000, 50);
        var pods = schedule.Pods.Select((pod, i) => i is > 0 and <= kills ? pod with { KillFirstRunAfterMs = 100 * i } : pod);

        var outcome = (await Kubelet.PlayAsync(scene, schedule with { Pods = [.. pods] }, maxPlays: 10)).Last;

        // The kubelet pulls for them nevertheless: without a file, or with a neighbour's.
        output.WriteLine(outcome.ToString());
        Assert.InRange(outcome.FailedPulls, 0, 2 * kills);
        Assert.Equal(0, outcome.PodsWithoutImage);
    }

    /// <summary>One run that gets SIGKILL after some seconds; returns its status as a shell has it, 137 for a kill.</summary>
    private static async Task<int> KilledAfterAsync(PullScene scene, string seconds)
    {
        string[] arguments = ["-s", "KILL", seconds, Plugin.Binary, .. scene.Arguments()];
        return (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments, binary: "/usr/bin/timeout"))
            .ExitCode;
    }
}
