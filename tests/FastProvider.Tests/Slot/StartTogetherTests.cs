using Xunit.Abstractions;

namespace FastProvider.Tests.Slot;

/// <summary>Pods of one image that start together, through the real binary: every pull finds an auth file.</summary>
public sealed class StartTogetherTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(6, false, 50, 50)]
    [InlineData(12, false, 50, 50)]
    [InlineData(12, true, 20, 20)]
    [InlineData(6, true, 3000, 50)] // the queue stands behind a slow pull, whose layers are on the node then
    [InlineData(6, false, 3000, 3000)]
    public async Task No_pull_goes_without_a_file(int pods, bool isSerial, int firstPullMs, int pullMs)
    {
        var outcome = await PlayAsync(Schedule.Together(pods, isSerial, firstPullMs, pullMs));

        Assert.Equal(0, outcome.FailedPulls);
        Assert.Equal(pods, outcome.Pulls);
        Assert.Equal(0, outcome.PodsWithoutImage);
    }

    [Theory]
    [InlineData(6, false, 50, 50)]
    [InlineData(12, false, 50, 50)]
    [InlineData(6, true, 3000, 50)]
    public async Task Without_turns_pulls_fail(int pods, bool isSerial, int firstPullMs, int pullMs)
    {
        var outcome = await PlayAsync(Schedule.Together(pods, isSerial, firstPullMs, pullMs), "--slot-wait", "0");

        // Shows that the simulator can fail, and what the wait is for. A pod may have no image when the play ends.
        Assert.NotEqual(0, outcome.FailedPulls);
    }

    [Fact]
    public async Task Two_images_in_one_serial_queue_do_not_mix()
    {
        var schedule = Schedule.Together(4, isSerial: true, 1000, 50);
        var others = schedule.Pods.Select(pod => pod with { Image = "registry.invalid/other" });

        var outcome = await PlayAsync(
            schedule with { Pods = [.. schedule.Pods.Zip(others).SelectMany(pair => new[] { pair.First, pair.Second })] });

        Assert.Equal(0, outcome.FailedPulls);
        Assert.Equal(8, outcome.Pulls);
    }

    private async Task<Outcome> PlayAsync(Schedule schedule, params string[] flags)
    {
        await using var scene = await Kubelet.StartClusterAsync();
        var plays = await Kubelet.PlayAsync(scene, schedule, flags.Length > 0 ? 1 : 10, flags);
        output.WriteLine(plays.ToString());
        return plays.Last;
    }
}
