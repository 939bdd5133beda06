using FastProvider.Bench.Fleet.Plugin;

namespace FastProvider.Bench.Fleet;

/// <summary>Another way to ask again than the plugin's, to see whether it would be better.</summary>
/// <param name="Name">For tables.</param>
/// <param name="For">The contender with this rule.</param>
internal sealed record RetryRule(string Name, Func<Contender, Contender> For)
{
    public static IReadOnlyList<RetryRule> All { get; } =
    [
        new("as it is", one => one),
        new("Retry-After times 1 to 1.5", one => Spread(one, 0.5)),
        new("Retry-After times 1 to 2", one => Spread(one, 1)),
        new("connection kept after 429", one => one with { KeepsRejectedConnection = true }),
        new("times 1 to 1.5, and kept", one => Spread(one, 0.5) with { KeepsRejectedConnection = true }),
        new("Retry-After not obeyed", one => one with { Retry = () => Retries.Deaf(one.Retry()) }),
        new("--timeout 40s", one => one.WithBudget(Costs.PluginBudget * 2)),
    ];

    private static Contender Spread(Contender one, double part) =>
        one with { Retry = () => Retries.Spread(one.Retry(), part) };
}
