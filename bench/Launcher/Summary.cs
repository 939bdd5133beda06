using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>A contender's figures over all rounds.</summary>
internal sealed record Summary(Contender Contender, IReadOnlyList<ProcessCost> Runs, IReadOnlyList<ProcessCost> ReferenceRuns)
{
    public double MinMs => Runs.Min(r => r.WallNanoseconds) / 1e6;

    public double MedianMs => Wall(0.5);

    public double P95Ms => Wall(0.95);

    public double CpuMs => Median(Runs.Select(r => r.CpuMicroseconds / 1e3));

    public double Faults => Median(Runs.Select(r => (double)(r.MinorFaults + r.MajorFaults)));

    public double PeakMb => Median(Runs.Select(r => r.MaxRssKib / 1024.0));

    public double Switches => Median(Runs.Select(r => (double)(r.VoluntarySwitches + r.InvoluntarySwitches)));

    /// <summary>The median of the rounds' own ratios: what slowed a whole round down cancels out.</summary>
    public double PairedRatio => Median(Runs.Zip(ReferenceRuns, (mine, theirs) => (double)mine.WallNanoseconds / theirs.WallNanoseconds));

    /// <summary>Of the user and system time, by medians.</summary>
    public double CpuRatio => CpuMs / Median(ReferenceRuns.Select(r => r.CpuMicroseconds / 1e3));

    public static IReadOnlyList<Summary> Of(IReadOnlyList<Contender> contenders, IReadOnlyList<ProcessCost>[] runs) =>
        [.. contenders.Select((contender, i) => new Summary(
            contender, runs[i], runs[Math.Max(0, contenders.ToList().FindIndex(c => c.Name == contender.Reference))]))];

    private double Wall(double quantile) => Quantile(Runs.Select(r => r.WallNanoseconds / 1e6), quantile);

    private static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The value that this share of all values does not exceed (nearest rank).</summary>
    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Max(0, (int)Math.Ceiling(quantile * sorted.Length) - 1)];
    }
}
