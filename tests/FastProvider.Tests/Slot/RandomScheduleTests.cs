using System.Globalization;
using Xunit.Abstractions;

namespace FastProvider.Tests.Slot;

/// <summary>
/// Random schedules of one image. The normal run plays some; <c>FAST_PROVIDER_SLOT_SCHEDULES=100 dotnet test --filter
/// RandomSchedule</c> plays as many as it says of each kind, and what it prints is the table of
/// docs/pods-that-start-together.md.
/// </summary>
public sealed class RandomScheduleTests(ITestOutputHelper output)
{
    private const int Normally = 24, AtOnce = 3, Once = 1, Again = 10;

    [Fact]
    public async Task No_pull_goes_without_a_file()
    {
        var played = await PlayAsync(Schedule.Random, Count(Normally), Again);

        AllHaveTheirImage(played);
        var failing = played.Where(p => p.Plays.Last.FailedPulls > 0)
            .Select(p => $"seed {p.Seed}: {p.Plays.Last}\n  {string.Join("\n  ", Schedule.Random(p.Seed).Pods)}").ToList();
        Assert.True(failing.Count == 0, string.Join('\n', failing));
    }

    /// <summary>A start that no pull follows looks like a pull that is late, so not all of these can be saved.</summary>
    [Fact]
    public async Task Starts_from_the_cache_among_the_pulls_cost_few_of_them() =>
        CostsAtMost(0.05, await PlayAsync(Schedule.WithStartsFromTheCache, Count(6), Again));

    /// <summary>The kubelet runs the provider in back-off, too, and no pull follows.</summary>
    [Fact]
    public async Task Pulls_that_fail_at_the_registry_cost_few_others() =>
        CostsAtMost(0.05, await PlayAsync(Schedule.WithRegistryFailures, Count(6), Again));

    /// <summary>
    /// What a pull that died left in <c>in-use/</c> looks like a pull under way, so runs wait for it until their bound. That is
    /// 30 s by default.
    /// </summary>
    [Fact]
    public async Task A_restart_of_CRI_O_costs_some_pulls_beside_those_it_ends() =>
        CostsAtMost(0.3, await PlayAsync(Schedule.WithRestartOfCrio, Count(4), Again, "--slot-wait", "5s"));

    [Fact]
    public async Task A_restart_of_the_kubelet_costs_few_pulls() =>
        CostsAtMost(0.1, await PlayAsync(Schedule.WithRestartOfKubelet, Count(4), Again));

    /// <summary>What cannot be saved, as docs/pods-that-start-together.md says. Each pod has its image in the end.</summary>
    [Fact]
    public async Task Behind_an_image_without_a_file_pulls_are_lost() =>
        CostsAtMost(0.7, await PlayAsync(Schedule.BehindAnImageWithoutFile, Count(4), Once));

    [Fact]
    public async Task Beyond_the_wait_pulls_are_lost() =>
        CostsAtMost(0.7, await PlayAsync(Schedule.LongerThanTheWait, Count(4), Once, "--slot-wait", "2s"));

    /// <summary>
    /// Pods that start together take each other's files at each try, so some may have no image when the play ends.
    /// </summary>
    [Fact]
    public async Task Without_turns_pulls_fail()
    {
        var played = await PlayAsync(Schedule.Random, Count(4), Once, "--slot-wait", "0");

        Assert.NotEqual(0, played.Sum(p => p.Plays.First.FailedPulls));
    }

    private static int Count(int normally) => int.TryParse(
        Environment.GetEnvironmentVariable("FAST_PROVIDER_SLOT_SCHEDULES"), NumberStyles.None, CultureInfo.InvariantCulture,
        out var count)
        ? count : normally;

    /// <param name="share">Of the pulls. Two more are no proof of anything.</param>
    /// <param name="played">What was played.</param>
    private static void CostsAtMost(double share, List<(int Seed, Plays Plays)> played)
    {
        AllHaveTheirImage(played);
        Assert.InRange(played.Sum(p => p.Plays.Last.FailedPulls), 0, 2 + (share * played.Sum(p => p.Plays.Last.Pulls)));
    }

    private static void AllHaveTheirImage(List<(int Seed, Plays Plays)> played) =>
        Assert.All(played, p => Assert.Equal(0, p.Plays.Last.PodsWithoutImage));

    private async Task<List<(int Seed, Plays Plays)>> PlayAsync(
        Func<int, Schedule> random, int count, int maxPlays, params string[] flags)
    {
        await using var scene = await Kubelet.StartClusterAsync();
        var played = new List<(int Seed, Plays Plays)>();
        await Parallel.ForEachAsync(
            Enumerable.Range(1, count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
            {
                var plays = await Kubelet.PlayAsync(scene, random(seed), maxPlays, flags);
                lock (played)
                {
                    played.Add((seed, plays));
                }
            });
        List<Outcome> first = [.. played.Select(p => p.Plays.First)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count} schedules at their first play: {first.Sum(o => o.Runs)} runs, {first.Sum(o => o.Pulls)} pulls,"
            + $" {first.Sum(o => o.FailedPulls)} failed in {first.Count(o => o.FailedPulls > 0)} schedules"
            + $" and {first.Sum(o => o.OtherFailures)} as the schedule has it; longest run {first.Max(o => o.LongestRunMs)} ms,"
            + $" until all run {first.Average(o => o.AllRunningMs):0} ms in the mean,"
            + $" {first.Max(o => o.AllRunningMs)} ms at most;"
            + $" {played.Count(p => p.Plays.Count > 1)} played again after stalls of up to {first.Max(o => o.LongestStallMs)} ms,"
            + $" {played.Sum(p => p.Plays.Last.FailedPulls)} failed in the last plays"));
        return played;
    }
}
