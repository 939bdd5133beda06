using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>System calls of the whole process, all threads, counted by strace.</summary>
internal static class SyscallProbe
{
    public static IEnumerable<Figure> Measure(NodeScene node, IEnumerable<Scenario> scenarios) => scenarios.Select(scenario =>
    {
        var report = node.In("strace.txt");
        scenario.Under(node, "strace", "-f", "-c", "-U", "calls,name", "-o", report);
        var total = File.ReadLines(report).Single(line => line.EndsWith(" total", StringComparison.Ordinal));
        return new Figure($"syscalls/{scenario.Name}", "calls", double.Parse(
            total.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture));
    });
}
