using System.Globalization;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Faults;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Clock;

/// <summary>
/// How long a run waits for its turn, to five milliseconds of a clock that stands: the numbers are those of
/// docs/pods-that-start-together.md.
/// </summary>
public sealed class SlotWaitTests
{
    [Theory]
    [InlineData(0, 500)]
    [InlineData(10, 490)]
    [InlineData(490, 10)]
    [InlineData(500, 0)]
    public async Task A_file_that_no_pull_took_is_waited_for_until_the_slot_was_quiet_for_half_a_second(int sinceMs, int waitedMs)
    {
        await using var scene = await StartAsync();
        await PullAsync(scene);

        Step(scene, sinceMs);

        Assert.Equal(waitedMs, await WaitedMsAsync(scene));
    }

    [Theory]
    [InlineData(9_899, 100)]
    [InlineData(10_000, 500)]
    public async Task After_a_wait_in_vain_nobody_waits_like_that_for_ten_seconds(int sinceMs, int waitedMs)
    {
        await using var scene = await StartAsync();
        await WaitInVainAsync(scene);

        Step(scene, sinceMs);
        Assert.Equal(0, await WaitedMsAsync(scene)); // the file is that old, too

        Assert.Equal(waitedMs, await WaitedMsAsync(scene));
    }

    [Theory]
    [InlineData(150, 25)]
    [InlineData(200, 0)]
    [InlineData(999, 0)]
    [InlineData(1000, 100)]
    public async Task Within_a_second_of_it_less_and_less_is_waited(int sinceMs, int waitedMs)
    {
        await using var scene = await StartAsync();
        await WaitInVainAsync(scene);

        Step(scene, sinceMs);
        Assert.Equal(0, await WaitedMsAsync(scene));

        Assert.Equal(waitedMs, await WaitedMsAsync(scene));
    }

    [Fact]
    public async Task Twelve_starts_from_the_cache_wait_less_than_a_second_in_all()
    {
        await using var scene = await StartAsync();
        var waits = new List<int>();
        for (var run = 0; run < 12; run++)
        {
            waits.Add(await WaitedMsAsync(scene));
        }

        Assert.Equal([0, 500, 100, 50, 25], waits[..5]);
        Assert.InRange(waits.Sum(), 675, 750);
        Assert.Equal(0, waits[^1]);
    }

    [Theory]
    [InlineData(0, 1000, true)]
    [InlineData(598, 1000, true)]
    [InlineData(600, 0, false)]
    public async Task What_lies_in_use_is_a_pull_under_way_for_ten_minutes(int sinceSeconds, int waitedMs, bool isOutOfTime)
    {
        await using var scene = await StartAsync();
        await PullAsync(scene);
        Assert.NotNull(new Crio(scene.Node.AuthDir).TryTake(PullScene.Image));
        await PullAsync(scene);

        Step(scene, 1000 * sinceSeconds);
        var said = "";
        var waited = await scene.Clock!.WaitedAsync(async () => said = await PullAsync(scene, "--slot-wait", "1s"));

        Assert.Equal(waitedMs, waited.TotalMilliseconds);
        Assert.Equal(isOutOfTime, said.Contains("warning: after 1 s (--slot-wait) no pull had taken", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("20s", 30)]
    [InlineData("45s", 9)] // both together leave the kubelet's 60 s time
    public async Task A_lock_that_another_run_holds_is_waited_for_within_the_bound(string timeout, int seconds)
    {
        await using var scene = await StartAsync();
        scene.Timeout = timeout;
        await PullAsync(scene);
        using var held = Lock(scene);

        var said = "";
        var waited = await scene.Clock!.WaitedAsync(async () => said = await PullAsync(scene));

        Assert.Equal(TimeSpan.FromSeconds(seconds), waited);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"warning: after {seconds} s (--slot-wait)"), said,
            StringComparison.Ordinal);
    }

    /// <summary>The kubelet kills after 60 s: a run has 55.</summary>
    [Fact]
    public async Task A_request_that_came_late_takes_its_time_from_the_turn()
    {
        await using var scene = await StartAsync();
        await PullAsync(scene);
        using var held = Lock(scene);
        using var late = StartLate(scene, seconds: 33);

        Assert.Equal(TimeSpan.FromSeconds(22), await scene.Clock!.WaitedAsync(async () =>
        {
            await late.SendAsync(new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
            var end = await late.EndAsync();
            Assert.Equal(0, end.ExitCode);
            Assert.Contains("warning: after 22 s (--slot-wait)", end.Stderr, StringComparison.Ordinal);
        }));
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Clock = NodeClock.Standing();
        return scene;
    }

    /// <summary>A run that waits for the kubelet, which has nothing to say for so long.</summary>
    private static StartedPlugin StartLate(PullScene scene, int seconds)
    {
        var waits = scene.Clock!.PeerWaits;
        var late = StartedPlugin.Start(Plugin.Binary, scene.Arguments(), environment: scene.Clock.Environment);
        Assert.True(SpinWait.SpinUntil(() => scene.Clock.PeerWaits > waits, TimeSpan.FromSeconds(60)));
        Step(scene, 1000 * seconds);
        return late;
    }

    private static async Task WaitInVainAsync(PullScene scene)
    {
        await PullAsync(scene);
        Assert.Equal(500, await WaitedMsAsync(scene));
    }

    private static void Step(PullScene scene, int ms) => scene.Clock!.Step(TimeSpan.FromMilliseconds(ms));

    private static async Task<int> WaitedMsAsync(PullScene scene) =>
        (int)(await scene.Clock!.WaitedAsync(() => PullAsync(scene))).TotalMilliseconds;

    private static async Task<string> PullAsync(PullScene scene, params string[] flags)
    {
        var run = await scene.PullAsync(flags);
        run.Answers().ClaimsPrivate(PullScene.Image);
        return run.Stderr;
    }

    /// <summary>The lock of the one slot of this node.</summary>
    private static HeldLock Lock(PullScene scene) =>
        HeldLock.Take(Assert.Single(Directory.EnumerateFiles(scene.Node.LockDir)));
}
