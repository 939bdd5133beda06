using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <summary>
/// The grants of one slot in a file beside its lock, for its owner alone. An agent that is killed, restarted or replaced leaves
/// it, and the next one goes on with it. It is there only while more pulls are to come than the auth file in the slot serves, and
/// only who holds the lock of the slot writes it. Its time of modification is when the last grant in it ends.
/// </summary>
/// <param name="slot">Which slot.</param>
/// <param name="mayBeThere">An agent before this one may have left it.</param>
internal sealed class GrantRecord(in GrantSlotName slot, bool mayBeThere)
{
    /// <summary>All grants with their contents and the names of their pods.</summary>
    private const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>How far back the same content is looked for: pods of one image mostly have the same.</summary>
    private const int MaxBack = 8;

    /// <summary>A live agent sets the time anew every second or so.</summary>
    private static readonly TimeSpan SweepMargin = TimeSpan.FromSeconds(30);

    private readonly GrantSlotName _slot = slot;
    private byte[]? _name;
    private bool _mayBeThere = mayBeThere;

    /// <summary>With a NUL behind it. Most slots never need it: their pulls come one by one.</summary>
    private byte[] NulTerminatedName => _name ??= NameOf(_slot, End);

    private static ReadOnlySpan<byte> End => ".grants"u8;

    private static ReadOnlySpan<byte> TemporaryEnd => ".grants.tmp"u8;

    /// <summary>Another format has another number, and an agent takes over no format but its own.</summary>
    private static ReadOnlySpan<byte> Magic => "fast-provider grants 1\n"u8;

    /// <summary>Writes what the next agent needs to know; removes the file where it needs none.</summary>
    /// <param name="grants">The oldest first.</param>
    /// <param name="lying">What lies in the slot; null for nothing.</param>
    /// <param name="lyingStatus">The file that lies there.</param>
    /// <param name="isHidden">Nothing lies there as a pull without a file is about to begin.</param>
    /// <param name="untakenLifetime">For how long a file may lie there.</param>
    public void Keep(
        List<Grant> grants, GrantContent? lying, in Libc.FileStatus lyingStatus, bool isHidden, TimeSpan untakenLifetime)
    {
        if (grants.Count <= (lying is null ? 0 : 1))
        {
            if (_mayBeThere)
            {
                Forget(_slot);
                _mayBeThere = false;
            }

            return;
        }

        if (OwnedDirectory.OpenExisting(_slot.LockDirectory) is { } opened)
        {
            using var locks = opened;
            using var bytes = new SecretBuffer();
            Write(bytes, grants, lying, lyingStatus, isHidden, untakenLifetime);
            _mayBeThere = true;
            Put(locks, bytes.WrittenSpan, Longest(grants));
        }
    }

    /// <summary>Time went by, for the grants or, while pulls are under way, not for them: the file says when they end.</summary>
    public void SetEnd(List<Grant> grants)
    {
        if (_mayBeThere && grants.Count > 0 && OwnedDirectory.OpenExisting(_slot.LockDirectory) is { } opened)
        {
            using var locks = opened;
            _ = Libc.SetModified(locks.Fd, NulTerminatedName, DateTime.UtcNow + Longest(grants));
        }
    }

    /// <summary>Reads what an agent before this one has left.</summary>
    /// <param name="bounds">What all grants together may take.</param>
    /// <returns>Null if there is nothing, or nothing that still counts.</returns>
    public RecordedGrants? Read(GrantBounds bounds)
    {
        var path = PathOf(NulTerminatedName);
        if (Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(path), out var status) != 0)
        {
            return null;
        }

        var fault = FileBytes.Read(path, MaxBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && TryReadSlot(bytes.Span, _slot.LockDirectory, out var name, out var reader)
                && name.Equals(_slot)
                ? RecordedGrants.Read(ref reader, bounds, status.Modified.Utc - DateTime.UtcNow)
                : null;
        }
    }

    /// <summary>No pull may find what an agent has left, as a later run came to something else.</summary>
    public static void Forget(in GrantSlotName slot)
    {
        if (OwnedDirectory.OpenExisting(slot.LockDirectory) is { } opened)
        {
            using var locks = opened;
            _ = Libc.Unlink(locks.Fd, NameOf(slot, End));
        }
    }

    /// <summary>The slots whose grants an agent has left.</summary>
    /// <param name="lockDirectory">Where their locks are.</param>
    public static List<GrantSlotName> Find(string lockDirectory)
    {
        List<GrantSlotName> slots = [];
        if (OwnedDirectory.OpenExisting(lockDirectory) is not { } opened)
        {
            return slots;
        }

        using var locks = opened;
        foreach (var entry in locks.List())
        {
            if (slots.Count < GrantBounds.MaxGrants && entry.MayBeFile && IsName(entry.Name, End))
            {
                var fault = FileBytes.Read($"{locks.Path}/{Encoding.UTF8.GetString(entry.Name)}", MaxBytes, out var bytes);
                using (bytes)
                {
                    if (fault.IsNone && TryReadSlot(bytes.Span, lockDirectory, out var slot, out _)
                        && entry.NulTerminatedName.SequenceEqual(NameOf(slot, End)))
                    {
                        slots.Add(slot);
                    }
                }
            }
        }

        return slots;
    }

    /// <summary>Removes files whose grants have ended, where no agent came that would have done it.</summary>
    /// <param name="locks">The lock directory.</param>
    /// <param name="now">The clock, in UTC.</param>
    /// <param name="bound">When to leave the rest to a later run.</param>
    public static void Sweep(OwnedDirectory locks, DateTime now, Deadline bound)
    {
        var count = 0;
        foreach (var entry in locks.List())
        {
            if (bound.IsOver || count++ == UntakenFiles.MaxEntries)
            {
                break;
            }

            if (entry.MayBeFile
                && (IsName(entry.Name, End) || IsName(entry.Name, TemporaryEnd))
                && Libc.Status(locks.Fd, entry.NulTerminatedName, out var status) == 0
                && status.Modified.Utc + SweepMargin < now)
            {
                _ = Libc.Unlink(locks.Fd, entry.NulTerminatedName);
            }
        }
    }

    private static byte[] NameOf(in GrantSlotName slot, ReadOnlySpan<byte> end) =>
        [.. Encoding.ASCII.GetBytes(SlotLock.Stem(slot.Directory, slot.Name)), .. end, 0];

    private static bool IsName(ReadOnlySpan<byte> name, ReadOnlySpan<byte> end) =>
        name.EndsWith(end) && SlotLock.IsStem(name[..^end.Length]);

    private static TimeSpan Longest(List<Grant> grants)
    {
        var longest = TimeSpan.Zero;
        foreach (var grant in grants)
        {
            longest = grant.TimeLeft > longest ? grant.TimeLeft : longest;
        }

        return longest;
    }

    private string PathOf(byte[] nulTerminatedName) =>
        $"{_slot.LockDirectory.TrimEnd('/')}/{Encoding.UTF8.GetString(nulTerminatedName.AsSpan(..^1))}";

    /// <summary>In one step: an agent that is killed at any moment leaves what was there before, or this.</summary>
    private void Put(OwnedDirectory locks, ReadOnlySpan<byte> bytes, TimeSpan longest)
    {
        var temporary = NameOf(_slot, TemporaryEnd);
        _ = Libc.Unlink(locks.Fd, temporary); // of one that was killed
        using var prepared = PreparedFile.Make(locks.Fd, temporary, bytes, DateTime.UtcNow + longest, out _);
        if (prepared is null || prepared.Put(NulTerminatedName, Placing.AnyCase, out _) != 0)
        {
            // Without it the grants end with this agent. What was there before may name one that has ended.
            _ = Libc.Unlink(locks.Fd, NulTerminatedName);
        }
    }

    private void Write(
        SecretBuffer bytes, List<Grant> grants, GrantContent? lying, in Libc.FileStatus lyingStatus, bool isHidden,
        TimeSpan untakenLifetime)
    {
        bytes.Write(Magic);
        var writer = new FrameWriter(bytes);
        writer.Text(_slot.Directory);
        writer.Text(_slot.Name);
        writer.Long((long)untakenLifetime.TotalMilliseconds);
        writer.Number(isHidden ? 1 : 0);
        writer.Number(lying is null ? -1 : grants.FindLastIndex(grant => grant.Content.Is(lying.Bytes)));
        writer.Long(lyingStatus.DeviceMajor);
        writer.Long(lyingStatus.DeviceMinor);
        writer.Long((long)lyingStatus.Inode);
        writer.Long(lyingStatus.Changed.Seconds);
        writer.Long(lyingStatus.Changed.Nanoseconds);
        writer.Long(lyingStatus.Modified.Seconds);
        writer.Long(lyingStatus.Modified.Nanoseconds);
        writer.Long((long)Longest(grants).TotalMilliseconds);
        writer.Number(grants.Count);
        for (var i = 0; i < grants.Count; i++)
        {
            var grant = grants[i];
            writer.Text(grant.Pod);
            writer.Number(grant.StaysUntaken ? 1 : 0);
            writer.Long((long)grant.TimeLeft.TotalMilliseconds);
            var back = Back(grants, i);
            writer.Number(back);
            if (back == 0)
            {
                writer.Text(grant.Content.Bytes);
            }
        }
    }

    /// <returns>How many grants before this one has the same content; zero if none of the last few does.</returns>
    private static int Back(List<Grant> grants, int at)
    {
        for (var back = 1; back <= MaxBack && back <= at; back++)
        {
            if (grants[at - back].Content == grants[at].Content)
            {
                return back;
            }
        }

        return 0;
    }

    /// <param name="bytes">All of the file.</param>
    /// <param name="lockDirectory">Where it lies.</param>
    /// <param name="slot">Which slot it is of.</param>
    /// <param name="reader">What follows.</param>
    private static bool TryReadSlot(
        ReadOnlySpan<byte> bytes, string lockDirectory, out GrantSlotName slot, out FrameReader reader)
    {
        var isOurs = bytes.StartsWith(Magic);
        reader = new FrameReader(isOurs ? bytes[Magic.Length..] : default);
        slot = new GrantSlotName(reader.String(), reader.String(), lockDirectory);
        return isOurs && !reader.IsBroken && slot.IsValid;
    }
}
