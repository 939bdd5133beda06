using System;
using System.Collections.Generic;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <summary>What an agent has left of a slot (<see cref="GrantRecord"/>).</summary>
internal sealed class RecordedGrants
{
    /// <summary>The oldest first.</summary>
    public required List<Grant> Grants { get; init; }

    /// <summary>Which of them has the content that lay in the slot; negative if none lay there.</summary>
    public required int Lying { get; init; }

    /// <summary>The file that lay there: which it is, and its times.</summary>
    public required Libc.FileStatus LyingStatus { get; init; }

    /// <summary>Nothing lay there, as a pull without a file was about to begin.</summary>
    public required bool IsHidden { get; init; }

    public required TimeSpan UntakenLifetime { get; init; }

    /// <summary>Reads what follows the name of the slot.</summary>
    /// <param name="reader">Where that begins.</param>
    /// <param name="bounds">What all grants together may take.</param>
    /// <param name="longestLeft">How long the one that ends last still has.</param>
    /// <returns>Null if nothing counts any more, nothing has room, or the file is broken.</returns>
    public static RecordedGrants? Read(ref FrameReader reader, GrantBounds bounds, TimeSpan longestLeft)
    {
        var untakenLifetime = Milliseconds(reader.Long());
        var isHidden = reader.Number() != 0;
        var lying = reader.Number();
        var lyingStatus = new Libc.FileStatus
        {
            DeviceMajor = (uint)reader.Long(), DeviceMinor = (uint)reader.Long(), Inode = (ulong)reader.Long(),
            Changed = Time(ref reader), Modified = Time(ref reader),
        };
        var elapsed = Milliseconds(reader.Long()) - longestLeft;
        var count = reader.Number();
        List<Grant> grants = [];
        for (var i = 0; i < count && !reader.IsBroken; i++)
        {
            if (ReadGrant(ref reader, grants, bounds) is not { } grant)
            {
                break;
            }

            grants.Add(grant);
        }

        if (!reader.IsWhole || grants.Count == 0 || lying >= grants.Count)
        {
            Drop(grants, bounds);
            return null;
        }

        // A clock that was set back makes none of them longer than it was.
        foreach (var grant in grants)
        {
            grant.TimeLeft -= elapsed > TimeSpan.Zero ? elapsed : TimeSpan.Zero;
        }

        return new RecordedGrants
        {
            Grants = grants, Lying = lying, LyingStatus = lyingStatus, IsHidden = isHidden, UntakenLifetime = untakenLifetime,
        };
    }

    private static Libc.TimeStamp Time(ref FrameReader reader) =>
        new() { Seconds = reader.Long(), Nanoseconds = (uint)reader.Long() };

    private static Grant? ReadGrant(ref FrameReader reader, List<Grant> grants, GrantBounds bounds)
    {
        var pod = reader.String();
        var staysUntaken = reader.Number() != 0;
        var timeLeft = Milliseconds(reader.Long());
        var back = reader.Number();
        var bytes = back == 0 ? reader.Text() : default;
        if (reader.IsBroken || back < 0 || back > grants.Count || !bounds.TryTakeGrant())
        {
            return null;
        }

        if ((back > 0 ? grants[^back].Content.Share() : GrantContent.Keep(bytes, bounds)) is { } content)
        {
            var lifetime = staysUntaken ? TimeSpan.Zero : TimeSpan.FromMilliseconds(1); // any but zero
            return new Grant(pod, content, lifetime) { TimeLeft = timeLeft };
        }

        bounds.GiveGrantBack();
        return null;
    }

    private static void Drop(List<Grant> grants, GrantBounds bounds)
    {
        foreach (var grant in grants)
        {
            grant.Content.LetGo();
            bounds.GiveGrantBack();
        }
    }

    /// <summary>None is longer than a day, whatever the file says.</summary>
    private static TimeSpan Milliseconds(long count) =>
        TimeSpan.FromMilliseconds(Math.Clamp(count, 0, TimeSpan.MillisecondsPerDay));
}
