using System.Globalization;
using FastProvider.Tests.EndToEnd;
using Xunit.Abstractions;

namespace FastProvider.Tests.Slot;

/// <summary>
/// Random schedules of one image. The normal run plays some; <c>FAST_PROVIDER_SLOT_SCHEDULES=200 dotnet test --filter RandomSchedule</c>
/// plays as many as it says.
/// </summary>
public sealed class RandomScheduleTests(ITestOutputHelper output)
{
    private const int Normally = 24, AtOnce = 3;

    [Fact]
    public async Task No_pull_goes_without_a_file()
    {
        var outcomes = await PlayAsync(Schedule.Random, Count(Normally));

        var failing = outcomes.Where(o => o.Outcome.FailedPulls > 0)
            .Select(o => $"seed {o.Seed}: {o.Outcome}\n  {string.Join("\n  ", Schedule.Random(o.Seed).Pods)}").ToList();
        Assert.True(failing.Count == 0, string.Join('\n', failing));
        Assert.All(outcomes, o => Assert.Equal(0, o.Outcome.PodsWithoutImage));
    }

    [Fact]
    public async Task Starts_from_the_cache_among_the_pulls_cost_few_of_them()
    {
        var outcomes = await PlayAsync(Schedule.RandomMixed, Count(6));

        // A start that no pull follows looks like a pull that is late, so not all of these can be saved.
        Assert.InRange(outcomes.Sum(o => o.Outcome.FailedPulls), 0, outcomes.Count);
        Assert.All(outcomes, o => Assert.Equal(0, o.Outcome.PodsWithoutImage));
    }

    [Fact]
    public async Task Without_turns_pulls_fail()
    {
        var outcomes = await PlayAsync(Schedule.Random, Count(4), "--slot-wait", "0");

        Assert.NotEqual(0, outcomes.Sum(o => o.Outcome.FailedPulls));
    }

    private static int Count(int normally) => int.TryParse(
        Environment.GetEnvironmentVariable("FAST_PROVIDER_SLOT_SCHEDULES"), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count : normally;

    private async Task<List<(int Seed, Outcome Outcome)>> PlayAsync(Func<int, Schedule> random, int count, params string[] flags)
    {
        await using var scene = await PullScene.StartAsync();
        var outcomes = new List<(int Seed, Outcome Outcome)>();
        await Parallel.ForEachAsync(Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
        {
            var outcome = await Kubelet.PlayAsync(scene, random(seed), flags);
            lock (outcomes)
            {
                outcomes.Add((seed, outcome));
            }
        });
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} schedules, {outcomes.Sum(o => o.Outcome.Runs)} runs, {outcomes.Sum(o => o.Outcome.Pulls)} pulls,"
            + $" {outcomes.Sum(o => o.Outcome.FailedPulls)} failed in {outcomes.Count(o => o.Outcome.FailedPulls > 0)} schedules;"
            + $" stalls up to {outcomes.Max(o => o.Outcome.LongestStallMs)} ms, longest run {outcomes.Max(o => o.Outcome.LongestRunMs)} ms, mean until all run"
            + $" {outcomes.Average(o => o.Outcome.AllRunningMs):0} ms, longest {outcomes.Max(o => o.Outcome.AllRunningMs)} ms"));
        return outcomes;
    }
}
