using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Metrics;
using FastProvider.Native;
using FastProvider.Pulls;

namespace FastProvider.Commands.Stats;

/// <summary>Statistics for people, on lines of at most 80 columns.</summary>
internal static class StatsText
{
    private const int LabelWidth = 20, NumberWidth = 10, BarWidth = 40;

    public static int Send(PullStatistics statistics, StatsWindow window, Func<string, string?> variable)
    {
        var output = new CommandOutput();
        if (statistics.Pulls == 0)
        {
            output.Line($"No run is in the journal{window.Words}.").Line()
                .Line("Each run for an image with a mirror leaves an entry; without a mirror only with")
                .Line("--log-level debug. --since 7d looks further back.");
            if (!Ownership.IsRootHere)
            {
                output.Line("Users other than root may see only their own entries: run it as root.");
            }
        }
        else
        {
            output.Line($"Runs in the journal{window.Words}");
            output.Line($"The first at {Moment(statistics.First)}, the last at {Moment(statistics.Last)}");
            Outcomes(output, statistics);
            Causes(output, statistics);
            Namespaces(output, statistics);
            Times(output, statistics);
            Bars(output, statistics.TotalTimes, statistics[PullField.Total].Count, IsUtf8(variable));
            Reads(output, statistics);
            Remarks(output, statistics);
        }

        NotCounted(output, statistics);
        return output.Send();
    }

    private static void Outcomes(CommandOutput output, PullStatistics statistics)
    {
        Head(output, "Outcome", "runs", "%");
        for (var outcome = PullOutcome.Written; outcome <= PullOutcome.Other; outcome++)
        {
            Share(output, Text(outcome.Word()), statistics[outcome], statistics.Pulls);
        }

        Share(output, "all", statistics.Pulls, statistics.Pulls);
    }

    private static void Causes(CommandOutput output, PullStatistics statistics)
    {
        if (statistics[PullOutcome.Failed] == 0)
        {
            return;
        }

        List<Tally> causes = [];
        for (var cause = FailureCause.None; cause <= FailureCause.Defect; cause++)
        {
            causes.Add(new Tally(cause is FailureCause.None ? "other" : Text(cause.Word())) { Count = statistics[cause] });
        }

        Tally.Sort(causes);
        Head(output, "Cause of failure", "runs", "%", "   cures: docs/causes.md");
        foreach (var cause in causes)
        {
            Share(output, cause.Name, cause.Count, statistics[PullOutcome.Failed]);
        }
    }

    private static void Namespaces(CommandOutput output, PullStatistics statistics)
    {
        var namespaces = statistics.Namespaces;
        if (namespaces.Count == 0)
        {
            return;
        }

        Head(output, "Failures by namespace");
        var rest = statistics.FailuresElsewhere;
        for (var i = 0; i < namespaces.Count; i++)
        {
            if (i < PullStatistics.ShownNamespaces)
            {
                output.Line($"{Number(namespaces[i].Count),NumberWidth}  {namespaces[i].Name}");
            }
            else
            {
                rest += namespaces[i].Count;
            }
        }

        if (rest > 0)
        {
            output.Line($"{Number(rest),NumberWidth}  in other namespaces");
        }
    }

    private static void Times(CommandOutput output, PullStatistics statistics)
    {
        Head(output, "Milliseconds", "runs", "p50", "p90", "p99", "max");
        for (var field = PullField.Request; field <= PullField.ApiWait; field++)
        {
            Quantiles(output, Text(field.Word()), statistics[field], Milliseconds);
        }
    }

    private static void Reads(CommandOutput output, PullStatistics statistics)
    {
        if (statistics[PullField.SecretsRead].Count > 0)
        {
            Head(output, "Read in a run", "runs", "p50", "p90", "p99", "max");
            Quantiles(output, "bytes", statistics[PullField.BytesRead], Number);
            Quantiles(output, "Secrets", statistics[PullField.SecretsRead], Number);
        }
    }

    /// <summary>How many runs took how long in all: a line for each time between the shortest and the longest.</summary>
    private static void Bars(CommandOutput output, ReadOnlySpan<long> counts, long all, bool isUtf8)
    {
        if (all == 0)
        {
            return;
        }

        Head(output, "Total time", "runs");
        var first = counts.IndexOfAnyExcept(0);
        var last = counts.LastIndexOfAnyExcept(0);
        var most = 0L;
        foreach (var count in counts)
        {
            most = Math.Max(most, count);
        }

        for (var i = first; i <= last; i++)
        {
            var bounds = PullStatistics.TimeBounds;
            var label = i < bounds.Length ? $"up to {Bound(bounds[i])}" : $"over {Bound(bounds[^1])}";
            output.Line($"{Label(label)}{Number(counts[i]),NumberWidth}  {Bar((double)counts[i] / most, isUtf8)}".TrimEnd());
        }
    }

    /// <summary>In eighths of a column where the terminal has such characters. What there is can always be seen.</summary>
    private static string Bar(double share, bool isUtf8)
    {
        const int parts = 8;
        const string eighths = "▏▎▍▌▋▊▉";
        if (!isUtf8)
        {
            return new string('#', (int)Math.Ceiling(share * BarWidth));
        }

        var length = (int)Math.Ceiling(share * BarWidth * parts);
        return new string('█', length / parts) + (length % parts == 0 ? "" : eighths[length % parts - 1]);
    }

    private static void Remarks(CommandOutput output, PullStatistics statistics)
    {
        Counts(output, "Noticed", "times",
        [
            new("waits in vain") { Count = statistics.WaitedInVain },
            new("with warnings") { Count = statistics.WithWarnings },
            new("API asked again") { Count = statistics.ApiRetries },
            new("consistent reads") { Count = statistics.ConsistentReads },
        ]);
    }

    private static void NotCounted(CommandOutput output, PullStatistics statistics)
    {
        Counts(output, "Not counted", "entries",
        [
            new("without fields") { Count = statistics.WithoutFields },
            new("other versions'") { Count = statistics.OtherSchema },
            new("not of root") { Count = statistics.NotOfRoot },
            new("other programs'") { Count = statistics.Foreign },
            new("cut off at the end") { Count = statistics.IsCutOff ? 1 : 0 },
        ]);
    }

    private static void Counts(CommandOutput output, string label, string column, ReadOnlySpan<Tally> tallies)
    {
        var isBegun = false;
        foreach (var tally in tallies)
        {
            if (tally.Count > 0)
            {
                if (!isBegun)
                {
                    Head(output, label, column);
                    isBegun = true;
                }

                output.Line($"{Label(tally.Name)}{Number(tally.Count),NumberWidth}");
            }
        }
    }

    private static void Head(CommandOutput output, string label, params ReadOnlySpan<string> columns)
    {
        var line = new StringBuilder(label.PadRight(LabelWidth));
        foreach (var column in columns)
        {
            line.Append(column.PadLeft(NumberWidth));
        }

        output.Line().Line(line.ToString().TrimEnd());
    }

    private static void Share(CommandOutput output, string label, long count, long all)
    {
        if (count > 0)
        {
            var percent = (100.0 * count / all).ToString("0.0", CultureInfo.InvariantCulture);
            output.Line($"{Label(label)}{Number(count),NumberWidth}{percent,NumberWidth}");
        }
    }

    private static void Quantiles(CommandOutput output, string label, LogHistogram numbers, Func<long, string> words)
    {
        if (numbers.Count > 0)
        {
            output.Line(
                $"{Label(label)}{Number(numbers.Count),NumberWidth}{words(numbers.Percentile(50)),NumberWidth}"
                + $"{words(numbers.Percentile(90)),NumberWidth}{words(numbers.Percentile(99)),NumberWidth}"
                + $"{words(numbers.Max),NumberWidth}");
        }
    }

    private static string Label(string label) => ("  " + label).PadRight(LabelWidth);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Two digits after the point as long as they mean something.</summary>
    private static string Milliseconds(long microseconds) =>
        (microseconds / 1000.0).ToString(microseconds < 100_000 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Bound(int microseconds) => microseconds < 1_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1000.0} ms")
        : $"{microseconds / 1_000_000} s";

    private static string Moment(DateTime? utc) =>
        utc!.Value.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    private static string Text(ReadOnlySpan<byte> ascii) => Encoding.ASCII.GetString(ascii);

    /// <summary>As locale(7) finds the character set of the terminal.</summary>
    private static bool IsUtf8(Func<string, string?> variable)
    {
        foreach (var name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (variable(name) is { Length: > 0 } locale)
            {
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase)
                    || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }
}
