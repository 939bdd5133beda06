using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>Runs that are killed while they hold the turn or wait for it, as the kubelet does at 60 seconds.</summary>
public sealed class KillTests
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
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal); // it had the lock, and had it before the bound
        Assert.NotNull(crio.TryTake(PullScene.Image));
    }

    [Fact]
    public async Task Kills_at_any_moment_leave_whole_files_and_no_lock_behind()
    {
        await using var scene = await PullScene.StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await KilledAfterAsync(scene, $"0.0{i:00}");
        }

        (await scene.PullAsync()).Answers().ClaimsPrivate(PullScene.Image);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task Pods_go_on_when_some_of_their_runs_are_killed()
    {
        await using var scene = await PullScene.StartAsync();
        using var kubelet = new Kubelet(scene, scene.Node, isSerial: true);
        var kills = Task.WhenAll(Enumerable.Range(1, 4).Select(i => KilledAfterAsync(scene, $"0.{i}")));

        var outcome = await kubelet.StartAsync(Schedule.Together(8, isSerial: true, 1000, 50).Pods);
        await kills;

        // A killed run is a pod without a pull here: what it may have written is one file more, never one less.
        Assert.Equal(0, outcome.FailedPulls);
        Assert.Equal(0, outcome.PodsWithoutImage);
    }

    /// <summary>One run that gets SIGKILL after some seconds; returns its status as a shell has it, 137 for a kill.</summary>
    private static async Task<int> KilledAfterAsync(PullScene scene, string seconds)
    {
        string[] arguments = ["-s", "KILL", seconds, Plugin.Binary, .. scene.Arguments()];
        return (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), arguments, binary: "/usr/bin/timeout")).ExitCode;
    }
}
