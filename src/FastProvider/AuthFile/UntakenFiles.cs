using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// Files that no pull took (the image was on the node, the pod is gone) and temporary files of runs that were killed: a later run
/// removes them, as nobody else does, and a credential that was revoked must not lie there for ever. Comes after the answer; the
/// kubelet waits for the exit all the same, so it is bounded and leaves the rest to the run after.
/// </summary>
internal sealed class UntakenFiles
{
    /// <summary>Names that one run looks at.</summary>
    public const int MaxEntries = 10_000;

    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(50);

    private readonly AuthDirectory _directory;
    private readonly TimeSpan _lifetime;
    private readonly DateTime _now;

    private UntakenFiles(AuthDirectory directory, TimeSpan lifetime, DateTime now) =>
        (_directory, _lifetime, _now) = (directory, lifetime, now);

    /// <summary>
    /// Removes what is older than <paramref name="lifetime"/> (<see cref="FileAge"/>). Whatever else lies in the directory is
    /// left alone:
    /// <c>in-use/</c>, names that we do not write, links, and what a run holds just then.
    /// </summary>
    /// <param name="authDirectory">Where CRI-O takes auth files from.</param>
    /// <param name="lockDirectory">Where the locks of the slots are.</param>
    /// <param name="lifetime">For how long a file may lie there.</param>
    /// <param name="now">The clock, in UTC.</param>
    /// <param name="bound">When to leave the rest, <see cref="MaxTime"/> from now.</param>
    public static void Sweep(string authDirectory, string lockDirectory, TimeSpan lifetime, DateTime now, Deadline bound)
    {
        var opened = AuthDirectory.Open(authDirectory);
        if (!opened.IsOk)
        {
            return; // gone or changed since the answer: the next run says why
        }

        using var directory = opened.Value;
        new UntakenFiles(directory, lifetime, now).Sweep(lockDirectory, bound);
    }

    private void Sweep(string lockDirectory, Deadline bound)
    {
        OwnedDirectory? locks = null;
        var count = 0;
        foreach (var entry in _directory.List())
        {
            if (bound.IsOver || count++ == MaxEntries)
            {
                break;
            }

            var name = entry.NulTerminatedName;
            var isTemporary = AuthFileName.IsTemporary(entry.Name);
            if (!entry.MayBeFile || !(isTemporary || AuthFileName.IsFinal(entry.Name)) || !IsUntaken(name, out var seen))
            {
                continue;
            }

            if (isTemporary)
            {
                RemoveDead(name);
            }
            else if (locks is null && (locks = OwnedDirectory.Open("lock directory", lockDirectory).Value) is null)
            {
                break; // without locks a file that is written this moment might go
            }
            else
            {
                RemoveLocked(name, seen, locks);
            }
        }

        locks?.Dispose();
    }

    /// <summary>A temporary file under whose lock no run writes any more: it was killed.</summary>
    private void RemoveDead(ReadOnlySpan<byte> nulTerminatedName)
    {
        var file = Libc.Open(_directory.Fd, nulTerminatedName, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        if (file < 0)
        {
            return;
        }

        if (Libc.Lock(file, wait: false) == 0)
        {
            _ = Libc.Unlink(_directory.Fd, nulTerminatedName);
        }

        Libc.Close(file);
    }

    /// <summary>
    /// With the lock of its slot, and only if it is still the file that was seen: a run may have written it anew in between.
    /// </summary>
    private void RemoveLocked(ReadOnlySpan<byte> nulTerminatedName, in Libc.FileStatus seen, OwnedDirectory locks)
    {
        _ = SlotLock.Take(
            locks, _directory.FullPath, Encoding.ASCII.GetString(nulTerminatedName[..^1]),
            Deadline.After(TimeSpan.Zero), out var taken);
        using var slotLock = taken;
        if (slotLock is not null && IsUntaken(nulTerminatedName, out var still) && still.IsSameFile(seen))
        {
            _ = Libc.Unlink(_directory.Fd, nulTerminatedName);
        }
    }

    /// <summary>A regular file that has been there for so long.</summary>
    private bool IsUntaken(ReadOnlySpan<byte> nulTerminatedName, out Libc.FileStatus status) =>
        Libc.Status(_directory.Fd, nulTerminatedName, out status) == 0 && status.Kind == Libc.S_IFREG
        && _now - FileAge.Since(_directory.Fd, nulTerminatedName, status, _now) > _lifetime;
}
