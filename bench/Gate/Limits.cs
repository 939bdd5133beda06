namespace FastProvider.Bench.Gate;

/// <summary>
/// How far a figure may worsen before the gate fails: a little more than it varied over ten runs of one binary
/// (perf-baselines/README.md has the spreads), so that only a change of the program can pass it.
/// </summary>
internal static class Limits
{
    /// <summary>The reach for the growth of memory with the number of Secrets, whatever the baseline is.</summary>
    private const double MemoryRatio = 1.2;

    /// <summary>How much more a run may do on a node of 600 mounts than on a machine of 25, whatever the baseline is.</summary>
    private const double MountsRatio = 1.01;

    public static bool OnlyWarns(Figure figure) => figure.Kind == "time";

    /// <summary>
    /// Not the bytes that our code allocates, and not how memory grows with the number of Secrets or work with that of mounts:
    /// those are the program's own.
    /// </summary>
    public static bool DependsOnMachine(Figure figure) => figure.Kind != "allocations" && figure.Unit != "x";

    public static double Of(Figure figure) => figure.Name switch
    {
        "memory/mirrored-10000-to-3" => MemoryRatio,
        "instructions/600-mounts-to-25" => MountsRatio,
        // A certificate's length, a path's, a temporary file's name and what the pool has at hand vary by a few bytes from run to
        // run, or from machine to machine.
        "allocations/pull-node" or "allocations/pull-secrets" or "allocations/pull-turn" or "allocations/pull-auth-file"
            or "allocations/pull-report" => figure.Value + 256,
        "syscalls/mirrored-3" => More(figure, 0.1),
        _ => figure.Kind switch
        {
            "allocations" => figure.Value,
            "size" or "instructions" => More(figure, 0.01),
            "syscalls" => figure.Value + 3,
            "memory" or "faults" => More(figure, 0.05),
            "time" => More(figure, 0.5),
            _ => throw new ArgumentOutOfRangeException(nameof(figure), figure.Name, "a figure without a limit"),
        },
    };

    // Counts are whole; three digits are enough for a ratio.
    private static double More(Figure figure, double share) => Math.Round(figure.Value * (1 + share), figure.Unit == "x" ? 3 : 0);
}
