using System;
using System.Diagnostics;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>How the wait for a pull to take the file of the run before ended.</summary>
internal enum UntakenEnd
{
    /// <summary>The slot is free: no file was there, or a pull took it.</summary>
    Free,

    /// <summary>A file lies there, and nothing suggests that a pull is coming for it.</summary>
    Unwanted,

    /// <summary>The same, seen only by waiting for it.</summary>
    InVain,

    /// <summary>The bound is over, and pulls were under way all the time.</summary>
    OutOfTime,
}

/// <summary>
/// The wait of the run that holds the lock of its slot: until a pull has taken the file of the run before, as every pull takes a
/// file and the slot holds one, or until nothing suggests any more that one will.
/// </summary>
internal static class UntakenWait
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(2), LongestPause = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// It polls and does not use inotify(7). Only the holder of the lock polls, and each look takes microseconds. A node can run
    /// out of inotify instances, so polling would be needed beside it anyway.
    /// </summary>
    public static UntakenEnd Await(AuthDirectory directory, string name, SlotLock slotLock, Deadline bound)
    {
        var begun = Stopwatch.GetTimestamp();
        var tellsMore = false;
        var inVainAt = slotLock.InVainAt;
        while (directory.Find(name, out var file))
        {
            var now = DateTime.UtcNow;
            var left = SignsOf(directory, file, inVainAt, now).WaitLeft(now, out var isInRush);
            if (left == TimeSpan.Zero)
            {
                return tellsMore ? Remember(slotLock, UntakenEnd.InVain) : UntakenEnd.Unwanted;
            }

            if (bound.IsOver)
            {
                return Remember(slotLock, UntakenEnd.OutOfTime);
            }

            tellsMore |= !isInRush;
            Thread.Sleep(Pause(Stopwatch.GetElapsedTime(begun), left, bound));
        }

        return UntakenEnd.Free;
    }

    /// <summary>Whether <see cref="Await"/> would wait now.</summary>
    public static bool IsNeeded(AuthDirectory directory, string name, SlotLock slotLock)
    {
        if (!directory.Find(name, out var file))
        {
            return false;
        }

        var now = DateTime.UtcNow;
        return SignsOf(directory, file, slotLock.InVainAt, now).WaitLeft(now, out _) != TimeSpan.Zero;
    }

    private static SlotSigns SignsOf(AuthDirectory directory, in Libc.FileStatus file, DateTime? inVainAt, DateTime now) =>
        new(file.Modified.Utc, file.Changed.Utc, PullsUnderWay.Find(directory, now), inVainAt);

    private static UntakenEnd Remember(SlotLock slotLock, UntakenEnd end)
    {
        slotLock.RememberInVain();
        return end;
    }

    /// <summary>Shorter at first, as most pulls come at once, and never beyond the end of the wait.</summary>
    private static TimeSpan Pause(TimeSpan waited, TimeSpan? left, Deadline bound)
    {
        var pause = TimeSpan.FromTicks(Math.Clamp(waited.Ticks / 8, ShortestPause.Ticks, LongestPause.Ticks));
        pause = left < pause ? left.Value : pause;
        pause = bound.Remaining < pause ? bound.Remaining : pause;
        // Thread.Sleep counts whole milliseconds; none would be a spin.
        return TimeSpan.FromMilliseconds(Math.Ceiling(pause.TotalMilliseconds));
    }
}
