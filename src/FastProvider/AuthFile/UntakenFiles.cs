using System;
using System.Text;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// Files that no pull took (the image was on the node, the pod is gone) and temporary files of runs that were killed: a later run
/// removes them, as nobody else does, and a credential that was revoked must not lie there for ever. Comes after the answer; the
/// kubelet waits for the exit all the same, so it is bounded and leaves the rest to the run after.
/// </summary>
internal static class UntakenFiles
{
    /// <summary>Names that one run looks at.</summary>
    public const int MaxEntries = 10_000;

    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Removes what is older than <paramref name="lifetime"/> by its change time, which nobody can set. Whatever else lies in the
    /// directory is left alone: <c>in-use/</c>, names that we do not write, links, and files whose slot somebody holds.
    /// </summary>
    /// <param name="authDirectory">Where CRI-O takes auth files from.</param>
    /// <param name="lockDirectory">Where the locks of the slots are.</param>
    /// <param name="lifetime">For how long a file may lie there.</param>
    /// <param name="bound">When to leave the rest, <see cref="MaxTime"/> from now.</param>
    public static void Sweep(string authDirectory, string lockDirectory, TimeSpan lifetime, Deadline bound)
    {
        if (AuthDirectory.Open(authDirectory, out var opened) is not null)
        {
            return; // gone or changed since the answer: the next run says why
        }

        using var directory = opened!;
        // A descriptor of its own to list with: it is closed with the list.
        var listed = Libc.Open(directory.Fd, ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
        if (listed < 0)
        {
            return;
        }

        if (Libc.OpenDirectory(listed, out var list) != 0)
        {
            Libc.Close(listed);
            return;
        }

        Sweep(directory, list, lockDirectory, DateTime.UtcNow - lifetime, bound);
        Libc.CloseDirectory(list);
    }

    private static void Sweep(AuthDirectory directory, nint list, string lockDirectory, DateTime oldest, Deadline bound)
    {
        OwnedDirectory? locks = null;
        for (var count = 0; count < MaxEntries && !bound.IsOver && Libc.ReadDirectory(list, out var name, out var kind); count++)
        {
            if (kind is not (Libc.DT_REG or Libc.DT_UNKNOWN))
            {
                continue;
            }

            var isTemporary = AuthFileName.IsTemporary(name[..^1]);
            if (!(isTemporary || AuthFileName.IsFinal(name[..^1])) || !IsUntaken(directory, name, oldest, out var seen))
            {
                continue;
            }

            if (isTemporary)
            {
                // Written within moments under a name that never comes again, and no run outlives the kubelet's 60 s: its run is dead.
                _ = Libc.Unlink(directory.Fd, name);
            }
            else if (locks is null && OwnedDirectory.Open("lock directory", lockDirectory, out locks) is not null)
            {
                break; // without locks a file that is written this moment might go
            }
            else
            {
                RemoveLocked(directory, name, oldest, seen, locks!);
            }
        }

        locks?.Dispose();
    }

    /// <summary>With the lock of its slot, and only if it is still the file that was seen: a run may have written it anew in between.</summary>
    private static void RemoveLocked(
        AuthDirectory directory, ReadOnlySpan<byte> nulTerminatedName, DateTime oldest, in Libc.FileStatus seen, OwnedDirectory locks)
    {
        if (SlotLock.Open(locks, directory.FullPath, Encoding.ASCII.GetString(nulTerminatedName[..^1]), out var opened) is not null)
        {
            return;
        }

        using var slotLock = opened!;
        if (slotLock.TryTake() && IsUntaken(directory, nulTerminatedName, oldest, out var still) && still.Inode == seen.Inode)
        {
            _ = Libc.Unlink(directory.Fd, nulTerminatedName);
        }
    }

    /// <summary>A regular file that is older than that. A time ahead of the clock, which was set back then, is not.</summary>
    private static bool IsUntaken(AuthDirectory directory, ReadOnlySpan<byte> nulTerminatedName, DateTime oldest, out Libc.FileStatus status) =>
        Libc.Status(directory.Fd, nulTerminatedName, out status) == 0 && status.Kind == Libc.S_IFREG && status.Changed.Utc < oldest;
}
