using System;
using System.Threading;

namespace FastProvider.Metrics;

/// <summary>
/// Counts times of several kinds by fixed bounds; the numbers only rise. Safe for several threads, none of which waits: who reads
/// may see a time in the counts that is not in the sum yet.
/// </summary>
/// <param name="kinds">How many. An array of histograms would be a type of its own, which costs at each start.</param>
internal sealed class TimeHistogram(int kinds = 1)
{
    /// <summary>How many upper bounds there are.</summary>
    public const int Bounds = 18;

    private const int Parts = Bounds + 1;

    private readonly long[] _counts = new long[kinds * Parts], _sumsUs = new long[kinds];

    /// <summary>100, 250, 500 microseconds and so on to 50 seconds: from a warm step to a run's whole budget.</summary>
    public static int BoundUs(int part)
    {
        var bound = (part % 3) switch { 0 => 100, 1 => 250, _ => 500 };
        for (var decade = part / 3; decade > 0; decade--)
        {
            bound *= 10;
        }

        return bound;
    }

    public void Add(TimeSpan time, int kind = 0)
    {
        var us = time.Ticks / TimeSpan.TicksPerMicrosecond;
        var part = 0;
        while (part < Bounds && us > BoundUs(part))
        {
            part++;
        }

        Interlocked.Increment(ref _counts[kind * Parts + part]);
        Interlocked.Add(ref _sumsUs[kind], us);
    }

    /// <summary>How many times were up to a bound and above the one before; behind the last bound those above all.</summary>
    public long CountOf(int part, int kind = 0) => Volatile.Read(ref _counts[kind * Parts + part]);

    public long SumUs(int kind = 0) => Volatile.Read(ref _sumsUs[kind]);
}
