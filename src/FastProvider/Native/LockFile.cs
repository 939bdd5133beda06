using System;
using System.Text;
using System.Threading;
using FastProvider.Base;

namespace FastProvider.Native;

/// <summary>
/// A lock between processes that this one holds: flock(2) on a file of our own, which the kernel releases when its holder ends,
/// however that ends. Lock files are removed when nobody needs them, and by their holder alone. A run may have opened the file
/// before that, so a lock counts only if its file is still the one of its name: else two runs would hold two locks of one name.
/// </summary>
internal sealed class LockFile : IDisposable
{
    private const int WaiterStackBytes = 64 * 1024;
    private const int WaiterIsDone = 1, WaiterIsLeft = 2;

    private readonly byte[] _nulTerminatedName;
    private readonly Libc.FileStatus _status;

    private LockFile(int fd, byte[] nulTerminatedName, in Libc.FileStatus status)
    {
        Fd = fd;
        _nulTerminatedName = nulTerminatedName;
        _status = status;
    }

    public int Fd { get; }

    /// <summary>What the file was when the lock was taken.</summary>
    public ref readonly Libc.FileStatus Status => ref _status;

    /// <summary>Takes the lock of a name, and makes its file if there is none.</summary>
    /// <param name="directory">Where lock files are.</param>
    /// <param name="name">The name.</param>
    /// <param name="bound">How long to wait for others; one that is over for not at all.</param>
    /// <param name="taken">The lock; dispose it to release. Null without a failure: others held it until the bound.</param>
    public static Failure? Take(OwnedDirectory directory, string name, Deadline bound, out LockFile? taken) =>
        Take(directory, FileBytes.NulTerminated(name), Libc.O_CREAT, bound, out taken);

    /// <summary>Takes the lock of a file that is there, if nobody holds it.</summary>
    public static LockFile? TryTake(OwnedDirectory directory, ReadOnlySpan<byte> nulTerminatedName)
    {
        _ = Take(directory, nulTerminatedName.ToArray(), 0, Deadline.After(TimeSpan.Zero), out var taken);
        return taken;
    }

    /// <summary>Whether another process holds the lock of a name just now.</summary>
    public static bool IsHeld(OwnedDirectory directory, ReadOnlySpan<byte> nulTerminatedName)
    {
        var fd = Libc.Open(directory.Fd, nulTerminatedName, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        if (fd < 0)
        {
            return false;
        }

        var isHeld = Libc.Lock(fd, wait: false) == Errno.EAGAIN;
        Libc.Close(fd);
        return isHeld;
    }

    /// <summary>
    /// Removes a lock file that nobody holds, if nobody has written to it for so long, or before the clock was set back: a time
    /// ahead of it is no memory, either.
    /// </summary>
    /// <param name="directory">Where lock files are.</param>
    /// <param name="nulTerminatedName">The name there; what is no regular file stays.</param>
    /// <param name="memory">For how long what was written is remembered.</param>
    /// <param name="now">The clock, in UTC.</param>
    public static void RemoveIfForgotten(
        OwnedDirectory directory, ReadOnlySpan<byte> nulTerminatedName, TimeSpan memory, DateTime now)
    {
        if (Libc.Status(directory.Fd, nulTerminatedName, out var status) != 0 || status.Kind != Libc.S_IFREG
            || FileAge.IsRecent(status.Modified.Utc, memory, now))
        {
            return;
        }

        using var free = TryTake(directory, nulTerminatedName);
        // It may have been taken, used and released since it was looked at.
        if (free is not null && !FileAge.IsRecent(free.Status.Modified.Utc, memory, now))
        {
            free.Remove(directory);
        }
    }

    /// <summary>Removes the file. Who waits for its lock gets it, sees that it is another's no more, and begins anew.</summary>
    public void Remove(OwnedDirectory directory) => _ = Libc.Unlink(directory.Fd, _nulTerminatedName);

    public void Dispose() => Libc.Close(Fd);

    private static Failure? Take(
        OwnedDirectory directory, byte[] nulTerminatedName, int create, Deadline bound, out LockFile? taken)
    {
        taken = null;
        do
        {
            var fd = Libc.Open(directory.Fd, nulTerminatedName, Libc.O_RDWR | create | Libc.O_NOFOLLOW | Libc.O_NONBLOCK,
                Ownership.OwnersFile);
            if (fd < 0)
            {
                return Failed("open lock file", directory, nulTerminatedName, Libc.ErrorOf(fd));
            }

            var errno = Libc.Lock(fd, wait: false);
            if (errno == Errno.EAGAIN && !bound.IsOver)
            {
                errno = Wait(fd, bound, out var isLeft);
                if (isLeft)
                {
                    return null;
                }
            }

            if (errno == 0 && IsOfItsName(directory, nulTerminatedName, fd, out var status))
            {
                taken = new LockFile(fd, nulTerminatedName, status);
                return null;
            }

            Libc.Close(fd);
            if (errno != 0)
            {
                return errno == Errno.EAGAIN ? null : Failed("take lock file", directory, nulTerminatedName, errno);
            }
        }
        while (!bound.IsOver);
        return null;
    }

    /// <summary>
    /// flock(2) has no timeout, so a wait blocks on a thread of its own: it costs no CPU, the kernel wakes the waiters in the
    /// order in which they came, and a run that gives up leaves its thread behind and ends.
    /// </summary>
    /// <param name="fd">The open file.</param>
    /// <param name="bound">How long to wait.</param>
    /// <param name="isLeft">
    /// The bound is over; the thread that still waits closes the file, as its number must not go to another one before.
    /// </param>
    /// <returns>None, or the error number.</returns>
    private static Errno Wait(int fd, Deadline bound, out bool isLeft)
    {
        var errno = Errno.None;
        var state = 0;
        var waiter = new Thread(() =>
        {
            errno = Libc.Lock(fd, wait: true);
            if (Interlocked.CompareExchange(ref state, WaiterIsDone, 0) == WaiterIsLeft)
            {
                Libc.Close(fd);
            }
        }, WaiterStackBytes)
        {
            IsBackground = true,
        };
        isLeft = false;
        try
        {
            waiter.Start();
        }
        catch (OutOfMemoryException)
        {
            return Errno.ENOMEM; // also where the kernel gives no more threads (pids.max)
        }

        isLeft = !waiter.Join(bound.Remaining) && Interlocked.CompareExchange(ref state, WaiterIsLeft, 0) != WaiterIsDone;
        return errno;
    }

    private static bool IsOfItsName(OwnedDirectory directory, byte[] nulTerminatedName, int fd, out Libc.FileStatus status) =>
        Libc.Status(fd, out status) == 0 && Libc.Status(directory.Fd, nulTerminatedName, out var named) == 0
        && named.IsSameFile(status);

    private static Failure Failed(string what, OwnedDirectory directory, byte[] nulTerminatedName, Errno errno) => new(
        $"cannot {what} {directory.Path}/{Encoding.UTF8.GetString(nulTerminatedName.AsSpan(..^1))}: {errno.Words()}");
}
