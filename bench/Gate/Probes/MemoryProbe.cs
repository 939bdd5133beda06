using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>Peak memory and page faults, medians of a few runs, and how the peak grows with the number of Secrets.</summary>
internal static class MemoryProbe
{
    private const int Runs = 9;

    public static IEnumerable<Figure> Measure(NodeScene node, string binary)
    {
        var few = Median(node, node.Mirrored(binary, 3));
        var many = Median(node, node.Mirrored(binary, 10_000));
        var unmirrored = Median(node, node.Unmirrored(binary));
        yield return new Figure("memory/unmirrored", "KiB", unmirrored.PeakKib);
        yield return new Figure("memory/mirrored-3", "KiB", few.PeakKib);
        yield return new Figure("memory/mirrored-10000-to-3", "x", Math.Round(many.PeakKib / few.PeakKib, 3));
        yield return new Figure("faults/unmirrored", "faults", unmirrored.Faults);
        yield return new Figure("faults/mirrored-3", "faults", few.Faults);
    }

    private static (double PeakKib, double Faults) Median(NodeScene node, Command command)
    {
        var costs = new List<ProcessCost>();
        for (var i = 0; i < Runs; i++)
        {
            node.TakeAuthFile();
            costs.Add(ProcessCost.Measure(command, ulong.MaxValue));
        }

        return costs.TrueForAll(c => c.Status == 0)
            ? (costs.Select(c => (double)c.MaxRssKib).Order().ElementAt(Runs / 2),
                costs.Select(c => (double)c.MinorFaults).Order().ElementAt(Runs / 2))
            : throw new SceneException($"{command.Words[0]} failed while its memory was measured");
    }
}
