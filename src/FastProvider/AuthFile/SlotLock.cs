using System;
using System.Globalization;
using System.Text;
using System.Threading;
using FastProvider.Native;
using FastProvider.Transport;

namespace FastProvider.AuthFile;

/// <summary>
/// The lock of one slot: flock(2) on a file of our own, as CRI-O moves the auth file itself away. The kernel releases it when its
/// holder ends, however that ends. The file is never removed, as two runs could then hold two locks of one name; it is empty
/// until a run waits in vain, and its time of modification then says when.
/// </summary>
internal sealed class SlotLock : IDisposable
{
    private const uint OwnerOnlyFile = 0x180; // 0600
    private const int WaiterStackBytes = 64 * 1024;
    private const int WaiterIsDone = 1, WaiterIsLeft = 2;

    private readonly int _fd;
    private int _waiter; // the first to set it decides who closes

    private SlotLock(int fd) => _fd = fd;

    /// <param name="lockDirectory">Where the lock files are; made if missing.</param>
    /// <param name="authDirectory">The directory of the slot: two directories on one node are two worlds.</param>
    /// <param name="authFileName">The file's name in it, <c>NAMESPACE-SHA256.json</c>.</param>
    /// <param name="slotLock">The lock, not taken yet; dispose it to release.</param>
    public static Failure? Open(string lockDirectory, string authDirectory, string authFileName, out SlotLock? slotLock)
    {
        slotLock = null;
        if (OwnedDirectory.Open("lock directory", lockDirectory, out var directory) is { } failure)
        {
            return failure;
        }

        using (directory)
        {
            return Open(directory!, authDirectory, authFileName, out slotLock);
        }
    }

    /// <summary>As above, in a lock directory that is open.</summary>
    public static Failure? Open(OwnedDirectory locks, string authDirectory, string authFileName, out SlotLock? slotLock)
    {
        var name = FileName(authDirectory, authFileName);
        var fd = Libc.Open(locks.Fd, FileBytes.NulTerminated(name), Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_NONBLOCK, OwnerOnlyFile);
        slotLock = fd < 0 ? null : new SlotLock(fd);
        return fd < 0 ? new Failure($"cannot open lock file {locks.Path}/{name}: {Libc.Explain(-fd)}") : null;
    }

    /// <summary>When a run last waited at this slot for a pull that did not come, in UTC, or null if none did.</summary>
    public DateTime? InVainAt => Libc.Status(_fd, out var status) == 0 && status.SizeBytes > 0 ? status.Modified.Utc : null;

    /// <summary>Remembers that this run waited in vain. If it cannot (no space), the next run waits, too.</summary>
    public void RememberInVain() => _ = Libc.WriteFirstByte(_fd, (byte)'v');

    /// <summary>Takes the lock if nobody holds it.</summary>
    public bool TryTake() => Libc.Lock(_fd, wait: false) == 0;

    /// <summary>
    /// Takes the lock, waiting for its turn. flock(2) has no timeout, so a wait blocks on a thread of its own: it costs no
    /// CPU, the kernel wakes the waiters in the order in which they came, and a run that gives up leaves its thread behind and ends.
    /// </summary>
    /// <returns>False if others held it until the bound.</returns>
    public bool Take(Deadline bound)
    {
        var errno = Libc.Lock(_fd, wait: false);
        if (errno != Libc.EWOULDBLOCK)
        {
            return errno == 0;
        }

        var waiter = new Thread(() =>
        {
            errno = Libc.Lock(_fd, wait: true);
            if (Interlocked.CompareExchange(ref _waiter, WaiterIsDone, 0) == WaiterIsLeft)
            {
                Libc.Close(_fd);
            }
        }, WaiterStackBytes)
        {
            IsBackground = true,
        };
        waiter.Start();
        return (waiter.Join(bound.Remaining) || Interlocked.CompareExchange(ref _waiter, WaiterIsLeft, 0) == WaiterIsDone) && errno == 0;
    }

    public void Dispose()
    {
        // The number must not go to another file while a thread still waits with it; that thread closes it then.
        if (_waiter != WaiterIsLeft)
        {
            Libc.Close(_fd);
        }
    }

    private static string FileName(string authDirectory, string authFileName)
    {
        Span<byte> digest = stackalloc byte[32];
        OpenSsl.Sha256(Encoding.UTF8.GetBytes(authDirectory.TrimEnd('/')), digest);
        return string.Create(CultureInfo.InvariantCulture, $"{authFileName[..^".json".Length]}-{Convert.ToHexStringLower(digest[..4])}.lock");
    }
}
