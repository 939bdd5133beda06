using System;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// What can be seen of a slot whose file no pull has taken yet, and the rules for how long a run waits for that. Nothing tells
/// a pull that is about to come from one that never will (the image is on the node, the pod is in back-off), so the rules weigh
/// a failed pull against a late start. All times are UTC.
/// </summary>
/// <param name="UntakenSince">
/// Since when no pull took what lies in the slot: the file's time of modification, which rewriting keeps.
/// </param>
/// <param name="WrittenAt">When it was last rewritten: its change time.</param>
/// <param name="Pulls">The pulls that have files.</param>
/// <param name="InVainAt">When a run last waited at this slot and no pull came, or null.</param>
internal readonly record struct SlotSigns(DateTime UntakenSince, DateTime WrittenAt, PullsUnderWay Pulls, DateTime? InVainAt)
{
    /// <summary>
    /// If a pull comes, it comes within this time after its run, or after the last sign of the pull ahead of it. Among twelve
    /// pods that started together the longest time was 0.32 s.
    /// </summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(500);

    /// <summary>After a wait in vain nobody waits like that for so long.</summary>
    public static readonly TimeSpan InVainMemory = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Even then the pull of the run before gets this moment: enough for most, and its taking the file is the sign that ends the
    /// memory. For those that follow each other within a <see cref="Rush"/> it becomes half and half again, soon none: twelve
    /// starts from the cache must stay within a second in all.
    /// </summary>
    public static readonly TimeSpan LongestMoment = TimeSpan.FromMilliseconds(100);

    /// <summary>How long after a wait in vain the runs that started together with the one that waited are still coming.</summary>
    public static readonly TimeSpan Rush = TimeSpan.FromSeconds(1);

    /// <summary>How long to wait from now if nothing changes; zero to go on; null as long as the pulls under way take.</summary>
    /// <param name="now">The time, in UTC.</param>
    /// <param name="isInRush">The wait before was in vain just now: to wait in vain again says nothing new.</param>
    public TimeSpan? WaitLeft(DateTime now, out bool isInRush)
    {
        var lastPull = Believed(Pulls.LastChange, now);
        var lastWrite = Believed(WrittenAt, now);
        isInRush = false;
        if (IsHopeless(Later(Believed(UntakenSince, now), lastPull), now))
        {
            var sinceInVain = lastWrite - InVainAt!.Value;
            isInRush = sinceInVain < Rush;
            return Left(lastWrite + (isInRush ? MomentInRush(sinceInVain) : LongestMoment), now);
        }

        return Pulls.IsAny ? null : Left(Later(lastWrite, lastPull) + Quiet, now);
    }

    /// <summary>
    /// A wait in vain is remembered until a pull is seen: one that took this slot's file, or any that began or ended.
    /// </summary>
    private bool IsHopeless(DateTime lastSign, DateTime now) =>
        InVainAt is { } at && at >= lastSign && FileAge.IsRecent(at, InVainMemory, now);

    /// <summary>Half of what is left of two longest moments, so each is half of the one before.</summary>
    private static TimeSpan MomentInRush(TimeSpan sinceInVain)
    {
        var half = LongestMoment - (sinceInVain > TimeSpan.Zero ? sinceInVain / 2 : TimeSpan.Zero);
        return half > TimeSpan.Zero ? half : TimeSpan.Zero;
    }

    private static DateTime Believed(DateTime at, DateTime now) => FileAge.IsAhead(at, now) ? DateTime.MinValue : at;

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private static TimeSpan Left(DateTime until, DateTime now) => until > now ? until - now : TimeSpan.Zero;
}
