using CsCheck;

namespace FastProvider.Bench.Fleet.Tests;

/// <summary>What holds for any fleet, also one that asks for far more than its API server can give.</summary>
public sealed class SceneLawTests
{
    /// <summary>Many pods within a moment, of few accounts: from nothing to do up to a flood.</summary>
    private static readonly Gen<(int Nodes, Scene Scene, Contender Contender)> Fleets = Gen.Select(
        Gen.Int[1, 20], Gen.Int[1, 60], Gen.Int[0, 1_000], Gen.Int[1, 5], Gen.Int[0, 2], Gen.Int[0, Contender.All.Count - 1],
        Gen.Int[1, 20],
        (nodes, podsOfNode, withinMs, accounts, restarts, contender, budgetS) => (
            nodes,
            Burst(podsOfNode, withinMs, accounts, restarts),
            Contender.All[contender].WithBudget(TimeSpan.FromSeconds(budgetS))));

    [Fact]
    public void Each_pod_has_its_credentials_or_counts_as_failed() => ForAll(outcome =>
    {
        Assert.True(outcome.Wanted > 0);
        Assert.Equal(outcome.Wanted, outcome.Answered + outcome.Failed);
    });

    [Fact]
    public void A_pod_whose_runs_never_have_the_time_fails_in_the_end()
    {
        var hasty = Contender.Annotation.WithBudget(Costs.RoundTrip);
        var outcome = FleetRun.Of(Burst(podsOfNode: 2, withinMs: 5_000, accounts: 1, restarts: 0), 3, hasty, apiServers: 1);
        Assert.Equal((6, 0, 6), (outcome.Wanted, outcome.Answered, outcome.Failed));
        Assert.InRange(
            outcome.FailedRuns, 6 * (int)(Costs.PodPatience / Costs.LongestBackOff),
            6 * (2 + (int)(Costs.PodPatience / Costs.ShortestBackOff)));
    }

    [Fact]
    public void Each_request_is_served_rejected_or_abandoned() => ForAll(IsConserved);

    [Fact]
    public void No_priority_level_gives_more_seats_than_it_has() =>
        ForAll(outcome => Assert.True(outcome.SeatsOverLimit <= 0, $"{outcome.SeatsOverLimit} seats too many"));

    [Fact]
    public void The_CPU_is_what_handshakes_and_requests_cost() => ForAll(outcome =>
    {
        var requests = outcome.Contender.Steps.SelectMany(step => step).Select(request => request.Cpu).ToList();
        var least = Costs.HandshakeCpu * outcome.Handshakes + Costs.RejectionCpu * outcome.Rejected;
        Assert.InRange(
            outcome.Cpu,
            least + requests.Min() * outcome.Served,
            least + requests.Max() * (outcome.Served + outcome.Abandoned));
    });

    [Fact]
    public void Each_run_connects_unless_it_has_an_agent_and_again_after_a_rejection_at_the_most() => ForAll(outcome =>
    {
        var runs = outcome.Answered + (outcome.Contender.NeedsCredentials ? outcome.FailedRuns : 0);
        Assert.InRange(outcome.Handshakes, outcome.Contender.HasAgent ? 1 : runs, runs + outcome.Rejected);
    });

    [Fact]
    public void Twice_the_nodes_are_never_less_work() => Fleets.Sample(
        fleet =>
        {
            var one = FleetRun.Of(fleet.Scene, fleet.Nodes, fleet.Contender, apiServers: 1);
            var twice = FleetRun.Of(fleet.Scene, fleet.Nodes * 2, fleet.Contender, apiServers: 1);
            Assert.True(
                twice.Wanted > one.Wanted && twice.Requests > one.Requests && twice.Handshakes > one.Handshakes
                && twice.Cpu > one.Cpu,
                $"{one}\n{twice}");
        },
        iter: 20);

    /// <summary>Or the laws would be those of an API server that never rejects.</summary>
    [Fact]
    public void Some_of_these_fleets_are_too_much_for_their_API_server()
    {
        var flood = FleetRun.Of(Burst(podsOfNode: 60, withinMs: 100, accounts: 1, restarts: 0), 20, Contender.GoProvider, 1);
        Assert.True(flood.Rejected > 100, $"{flood}");
        var hasty = Contender.Namespace.WithBudget(TimeSpan.FromSeconds(1));
        flood = FleetRun.Of(Burst(podsOfNode: 60, withinMs: 100, accounts: 1, restarts: 0), 20, hasty, 1);
        Assert.True(flood.FailedRuns > 100, $"{flood}");
    }

    [Fact]
    public void A_request_whose_run_is_killed_counts_as_abandoned()
    {
        var scene = Burst(podsOfNode: 200, withinMs: 100, accounts: 5, restarts: 0);
        var flood = FleetRun.Of(scene, 20, Contender.NamespaceInVain, apiServers: 1);
        Assert.True(flood.Abandoned > 0, $"{flood}");
        IsConserved(flood);
    }

    private static void IsConserved(Outcome outcome)
    {
        Assert.Equal(outcome.Requests, outcome.Served + outcome.Rejected + outcome.Abandoned);
        Assert.True(outcome.Served >= outcome.Answered - outcome.FailedRuns);
    }

    private static Scene Burst(int podsOfNode, int withinMs, int accounts, int restarts) => new("burst", (nodes, random) =>
        from node in Enumerable.Range(0, nodes)
        from pod in Enumerable.Range(0, podsOfNode)
        select new PodPlan(
            TimeSpan.FromMilliseconds(withinMs * random.NextDouble()),
            node,
            random.Next(accounts),
            Costs.RestartWaits[..restarts]));

    /// <summary>One API server alone, so that a small fleet can be too much for it.</summary>
    private static void ForAll(Action<Outcome> law) => Fleets.Sample(
        fleet => law(FleetRun.Of(fleet.Scene, fleet.Nodes, fleet.Contender, apiServers: 1)), iter: 100);
}
