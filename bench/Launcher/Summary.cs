using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>A contender's figures over all rounds.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Runs">One for each round.</param>
/// <param name="References">The runs of those it is compared with, of the same rounds.</param>
internal sealed record Summary(
    Contender Contender, IReadOnlyList<ProcessCost> Runs,
    IReadOnlyList<(string Name, IReadOnlyList<ProcessCost> Runs)> References)
{
    public double MinMs => Runs.Min(r => r.WallNanoseconds) / 1e6;

    public double MedianMs => Wall(0.5);

    public double P95Ms => Wall(0.95);

    public double CpuMs => Median(Runs.Select(r => r.CpuMicroseconds / 1e3));

    public double Faults => Median(Runs.Select(r => (double)(r.MinorFaults + r.MajorFaults)));

    public double PeakMb => Median(Runs.Select(r => r.MaxRssKib / 1024.0));

    public double Switches => Median(Runs.Select(r => (double)(r.VoluntarySwitches + r.InvoluntarySwitches)));

    /// <summary>
    /// Wall time by that of each reference: the median of the rounds' own ratios, so that what slowed a whole round down cancels
    /// out.
    /// </summary>
    public IEnumerable<(string Name, double Wall, double Cpu)> Ratios => References.Select(reference => (
        reference.Name,
        Median(Runs.Zip(reference.Runs, (mine, theirs) => (double)mine.WallNanoseconds / theirs.WallNanoseconds)),
        CpuMs / Median(reference.Runs.Select(r => r.CpuMicroseconds / 1e3))));

    public static IReadOnlyList<Summary> Of(IReadOnlyList<Contender> contenders, IReadOnlyList<ProcessCost>[] runs)
    {
        var byName = contenders.Zip(runs).ToDictionary(pair => pair.First.Name, pair => pair.Second);
        return
        [
            .. contenders.Zip(runs, (contender, own) => new Summary(
                contender, own, [.. contender.References.Where(byName.ContainsKey).Select(name => (name, byName[name]))])),
        ];
    }

    private double Wall(double quantile) => Quantile(Runs.Select(r => r.WallNanoseconds / 1e6), quantile);

    private static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that this share of all values does not exceed (nearest rank).</summary>
    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
    }
}
