using FastProvider.Tests.EndToEnd;
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

        // Shows that the simulator can fail, and what the wait is for.
        Assert.NotEqual(0, outcome.FailedPulls);
        Assert.Equal(0, outcome.PodsWithoutImage);
    }

    [Fact]
    public async Task Two_images_in_one_serial_queue_do_not_mix()
    {
        var pods = Schedule.Together(4, isSerial: true, 1000, 50).Pods;
        var others = pods.Select(pod => pod with { Image = "registry.invalid/other" });

        var outcome = await PlayAsync(new Schedule(IsSerial: true, [.. pods.Zip(others).SelectMany(pair => new[] { pair.First, pair.Second })]));

        Assert.Equal(0, outcome.FailedPulls);
        Assert.Equal(8, outcome.Pulls);
    }

    [Fact]
    public async Task Twelve_starts_from_the_cache_wait_for_a_second_in_all_at_most()
    {
        var schedule = Schedule.Together(12, isSerial: false, 0, 0, PodKind.StartsWithoutPull);
        var waited = long.MaxValue;
        for (var attempt = 0; attempt < 8 && waited > 1000; attempt++) // the machine may do something else meanwhile
        {
            var without = await PlayAsync(schedule, "--slot-wait", "0");
            var with = await PlayAsync(schedule);
            waited = with.AllRunningMs - without.AllRunningMs;
        }

        Assert.InRange(waited, -1000, 1000);
    }

    private async Task<Outcome> PlayAsync(Schedule schedule, params string[] flags)
    {
        await using var scene = await PullScene.StartAsync();
        var outcome = await Kubelet.PlayAsync(scene, schedule, flags);
        output.WriteLine(outcome.ToString());
        return outcome;
    }
}
