using System;
using System.Diagnostics;

namespace FastProvider.Base;

/// <summary>A moment by which work must end, on a clock that nobody sets.</summary>
internal readonly struct Deadline(long atTimestamp)
{
    public static Deadline After(TimeSpan budget) =>
        new(Stopwatch.GetTimestamp() + (long)(budget.TotalSeconds * Stopwatch.Frequency));

    /// <summary>It is no deadline at all, which counts as over.</summary>
    public bool IsNone => atTimestamp == 0;

    public TimeSpan Remaining
    {
        get
        {
            var ticks = atTimestamp - Stopwatch.GetTimestamp();
            return ticks <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)ticks / Stopwatch.Frequency);
        }
    }

    /// <summary>For poll(2): rounded up, so that a wait does not end a moment early and spin.</summary>
    public long RemainingMs => (long)Math.Ceiling(Remaining.TotalMilliseconds);

    public bool IsOver => Remaining == TimeSpan.Zero;

    /// <summary>The earlier of this deadline and one that starts now.</summary>
    public Deadline OrAfter(TimeSpan budget) => Remaining < budget ? this : After(budget);
}
