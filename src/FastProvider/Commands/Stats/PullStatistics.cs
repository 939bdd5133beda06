using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Metrics;
using FastProvider.Pulls;
using FastProvider.Reports;

namespace FastProvider.Commands.Stats;

/// <summary>
/// What the journal's entries of pulls add up to, in memory that does not grow with their number. Nothing is guessed: an entry
/// that does not say what it should is counted apart.
/// </summary>
/// <param name="since">Entries before this are outside of the window: microseconds since 1970, 0 for all.</param>
internal sealed class PullStatistics(long since)
{
    /// <summary>Failures of further namespaces are counted together. A node has far fewer pods.</summary>
    private const int MaxNamespaces = 1000;

    /// <summary>How many namespaces are named in the output.</summary>
    public const int ShownNamespaces = 10;

    /// <summary>Where the bars of the total time end, in microseconds; another bar is for all above.</summary>
    public static readonly int[] TimeBounds =
    [
        100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000,
        1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
    ];

    private const long LastMicrosecond = 253_402_300_799_999_999; // of the year 9999: any time is a DateTime then

    private readonly long[] _outcomes = new long[(int)PullOutcome.Other + 1];
    private readonly long[] _causes = new long[(int)FailureCause.Defect + 1];
    private readonly long[] _totalTimes = new long[TimeBounds.Length + 1];
    private readonly LogHistogram[] _histograms = NewHistograms();
    private readonly Dictionary<string, Tally> _namespaces = new(StringComparer.Ordinal);
    private long _first = long.MaxValue;
    private long _last;

    /// <summary>Entries of pulls: what all other numbers are of.</summary>
    public long Pulls { get; private set; }

    /// <summary>Entries of fast-provider without a pull's fields: other lines, or those of versions that had no fields.</summary>
    public long WithoutFields { get; private set; }

    /// <summary>Entries with fields of another schema than ours.</summary>
    public long OtherSchema { get; private set; }

    /// <summary>Entries that another user than root wrote. Any process can write such fields, a kubelet runs as root.</summary>
    public long NotOfRoot { get; private set; }

    /// <summary>Entries of other programs, or without a time.</summary>
    public long Foreign { get; private set; }

    /// <summary>The input ended in the midst of an entry, which is not counted.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>When the first and the last counted entry came, in UTC; null if there are none.</summary>
    public DateTime? First => Pulls == 0 ? null : DateTime.UnixEpoch.AddMicroseconds(_first);

    /// <inheritdoc cref="First"/>
    public DateTime? Last => Pulls == 0 ? null : DateTime.UnixEpoch.AddMicroseconds(_last);

    /// <summary>Pulls whose turn was waited for in vain.</summary>
    public long WaitedInVain { get; private set; }

    /// <summary>Pulls that noticed something and went on without.</summary>
    public long WithWarnings { get; private set; }

    /// <summary>How often something was asked of the API server again.</summary>
    public long ApiRetries { get; private set; }

    /// <summary>How often a namespace was read past the API server's watch cache.</summary>
    public long ConsistentReads { get; private set; }

    /// <summary>Failures in namespaces that found no place.</summary>
    public long FailuresElsewhere { get; private set; }

    public long this[PullOutcome outcome] => _outcomes[(int)outcome];

    /// <summary>How many failed for a cause; <see cref="FailureCause.None"/> stands for the words of newer versions.</summary>
    public long this[FailureCause cause] => _causes[(int)cause];

    /// <summary>The numbers of a field from <see cref="PullField.Request"/> on: one of each pull that has it.</summary>
    public LogHistogram this[PullField field] => _histograms[field - PullField.Request];

    /// <summary>How many pulls took no longer than each of <see cref="TimeBounds"/>, and longer than the one before it.</summary>
    public ReadOnlySpan<long> TotalTimes => _totalTimes;

    /// <summary>Namespaces with failures, those with most first.</summary>
    public List<Tally> Namespaces
    {
        get
        {
            List<Tally> sorted = [.. _namespaces.Values];
            Tally.Sort(sorted);
            return sorted;
        }
    }

    /// <summary>Counts the entry that was read.</summary>
    public void Add(JournalExportReader entry)
    {
        var hasTime = TryRead(entry, PullField.Realtime, out var time) && time <= LastMicrosecond;
        if (!hasTime || !entry[PullField.Identifier].SequenceEqual("fast-provider"u8))
        {
            Foreign++;
        }
        else if (time < since)
        {
            // Outside of the window.
        }
        else if (!entry[PullField.UserId].IsEmpty && !entry[PullField.UserId].SequenceEqual("0"u8))
        {
            NotOfRoot++;
        }
        else if (!entry[PullField.Schema].IsEmpty
            && !(TryRead(entry, PullField.Schema, out var schema) && schema == JournalFields.Schema))
        {
            OtherSchema++;
        }
        else if (entry[PullField.Schema].IsEmpty || entry[PullField.Outcome].IsEmpty)
        {
            WithoutFields++;
        }
        else
        {
            AddPull(entry, time);
        }
    }

    private void AddPull(JournalExportReader entry, long time)
    {
        _first = Math.Min(_first, time);
        _last = Math.Max(_last, time);
        Pulls++;
        var outcome = PullOutcomes.Find(entry[PullField.Outcome]) ?? PullOutcome.Other;
        _outcomes[(int)outcome]++;
        if (outcome is PullOutcome.Failed)
        {
            _causes[(int)FailureCauses.Find(entry[PullField.Cause])]++;
            AddFailureOf(entry[PullField.Namespace]);
        }

        for (var field = PullField.Request; field <= PullField.SecretsRead; field++)
        {
            if (TryRead(entry, field, out var number))
            {
                this[field].Add(number);
            }
        }

        if (TryRead(entry, PullField.Total, out var total))
        {
            var bar = 0;
            while (bar < TimeBounds.Length && total > TimeBounds[bar])
            {
                bar++;
            }

            _totalTimes[bar]++;
        }

        WaitedInVain += entry[PullField.WaitedInVain].SequenceEqual("1"u8) ? 1 : 0;
        WithWarnings += TryRead(entry, PullField.Warnings, out var warnings) && warnings > 0 ? 1 : 0;
        ApiRetries += TryRead(entry, PullField.ApiTries, out var tries) && tries > 0 ? tries - 1 : 0;
        ConsistentReads += TryRead(entry, PullField.ConsistentReads, out var reads) ? reads : 0;
    }

    private void AddFailureOf(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return;
        }

        var text = Encoding.UTF8.GetString(name);
        if (!_namespaces.TryGetValue(text, out var tally))
        {
            if (_namespaces.Count == MaxNamespaces)
            {
                FailuresElsewhere++;
                return;
            }

            _namespaces.Add(text, tally = new Tally(text));
        }

        tally.Count++;
    }

    /// <summary>A field that is a number from 0 on, and nothing else.</summary>
    private static bool TryRead(JournalExportReader entry, PullField field, out long number) =>
        Utf8Parser.TryParse(entry[field], out number, out var length) && length == entry[field].Length && number >= 0;

    private static LogHistogram[] NewHistograms()
    {
        var histograms = new LogHistogram[PullField.SecretsRead - PullField.Request + 1];
        for (var i = 0; i < histograms.Length; i++)
        {
            histograms[i] = new LogHistogram();
        }

        return histograms;
    }
}
