using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>
/// System calls of the whole process, all threads, counted by strace: the median of a few runs. An answer that arrives in pieces
/// adds calls, and a runtime's thread that has not come far at the exit lacks some.
/// </summary>
internal static class SyscallProbe
{
    private const int Runs = 9;

    public static IEnumerable<Figure> Measure(NodeScene node, IEnumerable<Scenario> scenarios) => scenarios.Select(scenario =>
        new Figure(
            $"syscalls/{scenario.Name}", "calls",
            Enumerable.Range(0, Runs).Select(_ => Count(node, scenario)).Order().ElementAt(Runs / 2)));

    private static double Count(NodeScene node, Scenario scenario)
    {
        var report = node.In("strace.txt");
        scenario.Under(node, "strace", "-f", "-c", "-U", "calls,name", "-o", report);
        var total = File.ReadLines(report).Single(line => line.EndsWith(" total", StringComparison.Ordinal));
        return double.Parse(total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }
}
