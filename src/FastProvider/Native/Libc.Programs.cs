using System;
using System.IO;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Putting a program into its place: links, syncs, labels, another root, and the wait between two looks at it.</content>
internal static unsafe partial class Libc
{
    public const int EINVAL = 22, ENODATA = 61, EOPNOTSUPP = 95;

    private const int SIG_BLOCK = 0;
    private const int LongestLabel = 4096;

    [DllImport(Lazily)]
    private static extern int linkat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [DllImport(Lazily)]
    private static extern int mkdirat(int directory, byte* path, uint mode);

    [DllImport(Lazily)]
    private static extern int fsync(int fd);

    [DllImport(Lazily)]
    private static extern int fchmod(int fd, uint mode);

    [DllImport(Lazily)]
    private static extern int fchown(int fd, uint user, uint group);

    [DllImport(Lazily)]
    private static extern int chroot(byte* path);

    [DllImport(Lazily)]
    private static extern int chdir(byte* path);

    [DllImport(Lazily)]
    private static extern nint fgetxattr(int fd, byte* name, byte* value, nuint size);

    [DllImport(Lazily)]
    private static extern int fsetxattr(int fd, byte* name, byte* value, nuint size, int flags);

    [DllImport(Lazily)]
    private static extern int sigprocmask(int how, ulong* signals, ulong* old);

    [DllImport(Lazily)]
    private static extern int sigtimedwait(ulong* signals, void* information, TimeSpec* timeout);

    /// <summary>Gives a file of the directory a second name there.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Link(int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo)
    {
        fixed (byte* from = nulTerminatedFrom, to = nulTerminatedTo)
        {
            return linkat(directory, from, directory, to, 0) == 0 ? 0 : Errno;
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int MakeDirectory(int directory, ReadOnlySpan<byte> nulTerminatedName, UnixFileMode mode)
    {
        fixed (byte* name = nulTerminatedName)
        {
            return mkdirat(directory, name, (uint)mode) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Waits until a file, or the names of a directory, are on the disk.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Sync(int fd) => fsync(fd) == 0 ? 0 : Errno;

    /// <summary>Makes a file ours with this mode, whatever the umask and the directory's group are.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Own(int fd, UnixFileMode mode) =>
        fchown(fd, geteuid(), geteuid() == 0 ? 0 : uint.MaxValue) == 0 && fchmod(fd, (uint)mode) == 0 ? 0 : Errno;

    /// <summary>From here on every path begins below this directory.</summary>
    /// <returns>0, or the error number.</returns>
    public static int EnterRoot(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath, root = "/\0"u8)
        {
            return chroot(path) == 0 && chdir(root) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Gives a file the SELinux label of another; a file without one has none to give.</summary>
    /// <returns>0, or the error number.</returns>
    public static int CopyLabel(int from, int to)
    {
        var label = stackalloc byte[LongestLabel];
        var has = stackalloc byte[LongestLabel];
        fixed (byte* name = "security.selinux\0"u8)
        {
            var length = fgetxattr(from, name, label, LongestLabel);
            if (length < 0)
            {
                return Errno is ENODATA or EOPNOTSUPP ? 0 : Errno;
            }

            var hasLength = fgetxattr(to, name, has, LongestLabel);
            var isSame = hasLength >= 0 && new ReadOnlySpan<byte>(has, (int)hasLength).SequenceEqual(new ReadOnlySpan<byte>(label, (int)length));
            return isSame || fsetxattr(to, name, label, (nuint)length, 0) == 0 ? 0 : Errno;
        }
    }

    /// <summary>
    /// SIGTERM and SIGINT end the process at once from here on, also as the first process of a container, to which the kernel
    /// sends no signal that has no handler. The handler is the C library's _exit: managed code cannot be one.
    /// </summary>
    public static void EndAtTermination()
    {
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "_exit", out var exit))
        {
            _ = signal(SIGTERM, exit);
            _ = signal(SIGINT, exit);
        }
    }

    /// <summary>Waits, unless SIGTERM or SIGINT comes.</summary>
    /// <returns>True if one came.</returns>
    public static bool WaitForTermination(TimeSpan time)
    {
        var signals = stackalloc ulong[SignalSetBytes / sizeof(ulong)];
        signals[0] = (1ul << (SIGTERM - 1)) | (1ul << (SIGINT - 1));
        var rest = new TimeSpec { Seconds = (long)time.TotalSeconds, Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        // Blocked in this thread, which then waits for them; another thread of the runtime would run the handler.
        _ = sigprocmask(SIG_BLOCK, signals, null);
        return sigtimedwait(signals, null, &rest) > 0;
    }
}
