using System.Globalization;

namespace FastProvider.Bench.Gate;

/// <summary>How a figure stands to its baseline.</summary>
internal enum Verdict
{
    /// <summary>Within its limit.</summary>
    Kept,

    /// <summary>So much less that the baseline should be renewed, or the gain can be lost unnoticed.</summary>
    Better,

    /// <summary>Over a limit that only warns.</summary>
    Warned,

    /// <summary>Over its limit, or without a baseline.</summary>
    Failed,
}

/// <summary>Holds figures against a baseline.</summary>
internal static class Comparison
{
    /// <summary>The verdict on each figure, with its line: baseline, now, limit.</summary>
    /// <param name="baseline">What the figures are held against.</param>
    /// <param name="figures">What was measured.</param>
    /// <param name="isItsMachine">
    /// Figures that depend on CPU, kernel or libraries bind on the baseline's machine and only warn on another.
    /// </param>
    public static IReadOnlyList<(Verdict Verdict, string Line)> Of(
        Baseline baseline, IEnumerable<Figure> figures, bool isItsMachine = true) =>
        [.. figures.Select(figure => Of(baseline.Figures.FirstOrDefault(e => e.Name == figure.Name), figure, isItsMachine))];

    private static (Verdict Verdict, string Line) Of(Baseline.Entry? entry, Figure figure, bool isItsMachine)
    {
        if (entry is null)
        {
            return (Verdict.Failed, string.Create(CultureInfo.InvariantCulture,
                $"FAILED {figure.Name}: no baseline, now {figure.Value:N3} {figure.Unit}: ./bench.sh --update-baselines"));
        }

        var allowed = entry.Limit - entry.Value;
        var onlyWarns = entry.OnlyWarns || !isItsMachine && Limits.DependsOnMachine(figure);
        var verdict = figure.Value > entry.Limit ? onlyWarns ? Verdict.Warned : Verdict.Failed
            : figure.Value < entry.Value - Math.Max(allowed, 0) && !entry.OnlyWarns ? Verdict.Better
            : Verdict.Kept;
        var word = verdict switch
        {
            Verdict.Failed => "FAILED",
            Verdict.Warned => "warns ",
            Verdict.Better => "better",
            _ => "kept  ",
        };
        var format = figure.Unit == "x" ? "F3" : "N0";
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return (
            verdict,
            $"{word} {figure.Name}: baseline {Text(entry.Value)}, now {Text(figure.Value)}, limit "
                + $"{Text(entry.Limit)} {figure.Unit}");
    }
}
