using System.Globalization;
using Xunit.Abstractions;

namespace FastProvider.Tests.Slot;

/// <summary>
/// Schedules on nodes with an agent, through the real binary. As long as the agent is alive, as a service or started on demand,
/// every pull finds a file that opens the mirror. <c>FAST_PROVIDER_SLOT_SCHEDULES</c> plays as many random ones as it says.
/// </summary>
public sealed class AgentScheduleTests(ITestOutputHelper output)
{
    private const int AtOnce = 3, Again = 10;

    private static readonly AgentPlan Service = AgentPlan.Service, OnDemand = AgentPlan.OnDemand;

    [Theory]
    [InlineData(6, false, 50, 50)]
    [InlineData(12, true, 20, 20)]
    [InlineData(6, true, 3000, 50)] // the queue stands behind a slow pull
    [InlineData(6, true, 600_000, 600_000)] // beyond any wait
    public async Task Pods_that_start_together_get_their_files_from_a_service(
        int pods, bool isSerial, int firstPullMs, int pullMs)
    {
        var outcome = await PlayAsync(Schedule.Together(pods, isSerial, firstPullMs, pullMs) with { Agent = Service });

        Assert.Equal((0, pods, 0, 0), (outcome.FailedPulls, outcome.Pulls, outcome.PodsWithoutImage, outcome.RunsThatWaited));
    }

    [Theory]
    [InlineData(6, false, 50, 50)]
    [InlineData(12, true, 20, 20)]
    [InlineData(6, true, 3000, 50)]
    [InlineData(6, true, 600_000, 600_000)]
    public async Task Pods_that_start_together_start_one_agent(int pods, bool isSerial, int firstPullMs, int pullMs)
    {
        var outcome = await PlayAsync(Schedule.Together(pods, isSerial, firstPullMs, pullMs) with { Agent = OnDemand });

        Assert.Equal((0, pods, 0), (outcome.FailedPulls, outcome.Pulls, outcome.PodsWithoutImage));
        Assert.Equal(0, outcome.RunsThatWaited);
        Assert.InRange(outcome.Agents, 0, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twelve_starts_from_the_cache_wait_for_nothing(bool isService)
    {
        var schedule = Schedule.Together(12, isSerial: false, 50, 50, PodKind.StartsWithoutPull);

        var outcome = await PlayAsync(schedule with { Agent = isService ? Service : OnDemand });

        Assert.Equal((12, 0, 0), (outcome.Runs, outcome.Pulls, outcome.RunsThatWaited));
    }

    [Fact]
    public async Task A_pod_that_starts_alone_starts_no_agent()
    {
        var outcome = await PlayAsync(Schedule.Together(1, isSerial: true, 3000, 50) with { Agent = OnDemand });

        Assert.Equal((0, 1, 0), (outcome.FailedPulls, outcome.Pulls, outcome.Agents));
    }

    [Fact]
    public async Task With_a_service_no_pull_goes_without_a_file() =>
        LosesNothing(await PlayAsync(Schedule.Random, Service, 12));

    [Fact]
    public async Task With_an_agent_on_demand_no_pull_goes_without_a_file() =>
        LosesNothing(await PlayAsync(Schedule.Random, OnDemand, 12));

    [Fact]
    public async Task Nor_among_starts_from_the_cache() =>
        LosesNothing(await PlayAsync(Schedule.WithStartsFromTheCache, Service, 4), await PlayAsync(
            Schedule.WithStartsFromTheCache, OnDemand, 4));

    [Fact]
    public async Task Nor_behind_an_image_without_a_file() =>
        LosesNothing(await PlayAsync(Schedule.BehindAnImageWithoutFile, Service, 4));

    [Fact]
    public async Task Nor_beyond_the_wait() =>
        LosesNothing(
            await PlayAsync(Schedule.LongerThanTheWait, Service, 4, "--slot-wait", "2s"),
            await PlayAsync(Schedule.LongerThanTheWait, OnDemand, 4, "--slot-wait", "2s"));

    [Fact]
    public async Task Nor_where_pulls_fail_at_the_registry() =>
        LosesNothing(await PlayAsync(Schedule.WithRegistryFailures, Service, 4), await PlayAsync(
            Schedule.WithRegistryFailures, OnDemand, 4));

    [Fact]
    public async Task Nor_where_nothing_tells_the_agent_of_a_take() =>
        LosesNothing(await PlayAsync(Schedule.Random, Service with { IsToldNothing = true }, 4));

    [Fact]
    public async Task Nor_where_tokens_name_no_pods() =>
        LosesNothing(await PlayAsync(seed => Schedule.Random(seed) with { IsWithoutPods = true }, Service, 4));

    private static int Count(int normally) => int.TryParse(
        Environment.GetEnvironmentVariable("FAST_PROVIDER_SLOT_SCHEDULES"), NumberStyles.None, CultureInfo.InvariantCulture,
        out var count)
        ? count : normally;

    private static void LosesNothing(params IReadOnlyList<(Schedule Schedule, int Seed, Outcome Last)>[] played)
    {
        var failing = played.SelectMany(plays => plays)
            .Where(play => play.Last.FailedPulls > 0 || play.Last.PodsWithoutImage > 0 || play.Last.RunsThatWaitedLong > 0)
            .Select(play => $"seed {play.Seed}: {play.Last}, {play.Schedule.PullsAtOnce} at once\n  {play.Schedule.Agent}\n"
                + $"  {string.Join("\n  ", play.Schedule.Pods)}")
            .ToList();
        Assert.True(failing.Count == 0, string.Join('\n', failing));
    }

    private async Task<Outcome> PlayAsync(Schedule schedule)
    {
        await using var scene = await Kubelet.StartClusterAsync();
        var plays = await Kubelet.PlayAsync(scene, schedule, Again);
        output.WriteLine(plays.ToString());
        return plays.Last;
    }

    private async Task<IReadOnlyList<(Schedule Schedule, int Seed, Outcome Last)>> PlayAsync(
        Func<int, Schedule> random, AgentPlan agent, int normally, params string[] flags)
    {
        await using var scene = await Kubelet.StartClusterAsync();
        var played = new List<(Schedule Schedule, int Seed, Outcome Last)>();
        var again = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(1, Count(normally)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (seed, _) =>
            {
                var schedule = random(seed) with { Agent = agent };
                var plays = await Kubelet.PlayAsync(scene, schedule, Again, flags);
                lock (played)
                {
                    again += plays.Count - 1;
                    played.Add((schedule, seed, plays.Last));
                }
            });
        List<Outcome> last = [.. played.Select(p => p.Last)];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{agent.Way}: {last.Count} schedules, {again} more plays; {last.Sum(o => o.Runs)} runs, of which"
            + $" {last.Sum(o => o.RunsThatWaited)} waited for 0.3 s and {last.Sum(o => o.RunsThatWaitedLong)} for 1.2 s,"
            + $" the longest {last.Max(o => o.LongestRunMs)} ms;"
            + $" {last.Sum(o => o.Pulls)} pulls, {last.Sum(o => o.FailedPulls)} failed in"
            + $" {last.Count(o => o.FailedPulls > 0)} schedules; an agent at the end of {last.Count(o => o.Agents > 0)}"));
        return played;
    }
}
