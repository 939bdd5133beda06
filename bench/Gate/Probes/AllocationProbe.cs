using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>
/// Bytes that one warm operation allocates on the managed heap: exact, so nothing more is allowed than the baseline has.
/// </summary>
internal static class AllocationProbe
{
    /// <param name="injectInto">The operation that allocates on purpose; null for none.</param>
    public static IEnumerable<Figure> Measure(string? injectInto)
    {
        string[] words = ["dotnet", Repository.BuiltAssembly("FastProvider.Bench", "FastProvider.Bench"), "allocations"];
        return Programs.Output(injectInto is null ? words : [.. words, "--inject", injectInto]).Split('\n')
            .Select(line => line.Split(' '))
            .Select(fields => new Figure($"allocations/{fields[0]}", "B", double.Parse(fields[1], CultureInfo.InvariantCulture)));
    }
}
