using System;
using System.Numerics;

namespace FastProvider.Metrics;

/// <summary>
/// Counts numbers from 0 on, however many, in fixed memory, so that quantiles can be given: each below 32 by itself, from there
/// on each power of two in 32 equal parts. A part is at most 1/32 as wide as what falls into it, and its middle stands for it, so
/// a quantile is off by 1/64 (1.6 %) at most. The largest number and the sum are kept as they are.
/// </summary>
internal sealed class LogHistogram
{
    private const int PartBits = 5, Parts = 1 << PartBits;

    private readonly long[] _counts = new long[Parts + (63 - PartBits) * Parts];

    public long Count { get; private set; }

    /// <summary>Stays at the largest number there is, once it is reached.</summary>
    public long Sum { get; private set; }

    public long Max { get; private set; }

    public void Add(long number)
    {
        _counts[PartOf(number)]++;
        Count++;
        Sum = Sum > long.MaxValue - number ? long.MaxValue : Sum + number;
        Max = Math.Max(Max, number);
    }

    /// <summary>The smallest number that so many percent of all do not exceed, within 1/64; 0 if there are none.</summary>
    public long Percentile(int percent)
    {
        if (Count == 0)
        {
            return 0;
        }

        var rank = (Count * percent + 99) / 100;
        var part = 0;
        for (var reached = _counts[0]; reached < rank; reached += _counts[part])
        {
            part++;
        }

        return Math.Min(MiddleOf(part), Max);
    }

    private static int PartOf(long number)
    {
        if (number < Parts)
        {
            return (int)number;
        }

        var shift = 63 - BitOperations.LeadingZeroCount((ulong)number) - PartBits;
        return ((shift + 1) << PartBits) + (int)(number >> shift & (Parts - 1));
    }

    private static long MiddleOf(int part)
    {
        if (part < Parts)
        {
            return part;
        }

        var shift = (part >> PartBits) - 1;
        return ((long)(Parts + (part & (Parts - 1))) << shift) + ((1L << shift) - 1) / 2;
    }
}
