namespace FastProvider.Bench.Fleet;

/// <summary>All that is simulated for the page. The same each time.</summary>
/// <param name="Scenes">Each scene, of each size, with each contender.</param>
/// <param name="Rules">The crash loop of the larger fleet with other ways to ask again.</param>
internal sealed record FleetResults(IReadOnlyList<Outcome> Scenes, IReadOnlyList<(RetryRule Rule, Outcome Outcome)> Rules)
{
    public static IReadOnlyList<int> Sizes { get; } = [1_000, 10_000];

    /// <summary>A control plane that can nearly take it, and one that cannot.</summary>
    private static (Contender Contender, int ApiServers)[] RuleCases =>
        [(Contender.Namespace, Costs.ApiServers), (Contender.Annotation, Costs.ApiServers), (Contender.Namespace, 1)];

    public static FleetResults Simulate() => new(
        [
            .. (from scene in Scene.All from nodes in Sizes from contender in Contender.All select (scene, nodes, contender))
                .AsParallel().AsOrdered().Select(one => FleetRun.Of(one.scene, one.nodes, one.contender)),
        ],
        [
            .. (from one in RuleCases from rule in RetryRule.All select (one, rule)).AsParallel().AsOrdered().Select(pair =>
                (pair.rule, FleetRun.Of(Scene.CrashLoop, Sizes[^1], pair.rule.For(pair.one.Contender), pair.one.ApiServers))),
        ]);
}
