using System;
using System.IO;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Files: opening, reading, writing, locking, renaming them. Names are relative to a directory that was
/// checked.</content>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NONBLOCK = 0x800,
        O_CLOEXEC = 0x80000;

    // The generic values of asm-generic/fcntl.h hold on x86-64; AArch64 has its own for these two.
    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;

    private const int LongestLabel = 4096; // of SELinux
    private const int LOCK_EX = 2, LOCK_NB = 4;
    private const long UTIME_OMIT = (1L << 30) - 2;

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    [DllImport("libc")]
    public static extern nint read(int fd, byte* buffer, nuint count);

    [DllImport("libc")]
    public static extern nint write(int fd, byte* buffer, nuint count);

    [DllImport("libc")]
    private static extern int close(int fd);

    [DllImport("libc")]
    private static extern int openat(int directory, byte* path, int flags, uint mode);

    [DllImport("libc")]
    private static extern int renameat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath);

    [DllImport("libc")]
    private static extern int unlinkat(int directory, byte* path, int flags);

    [DllImport("libc")]
    private static extern int flock(int fd, int operation);

    [DllImport("libc")]
    private static extern int futimens(int fd, TimeSpec* accessedAndModified);

    [DllImport("libc")]
    private static extern int utimensat(int directory, byte* path, TimeSpec* accessedAndModified, int flags);

    [DllImport("libc")]
    private static extern nint pwrite(int fd, byte* buffer, nuint count, long offset);

    [DllImport(Lazily)]
    private static extern nint readlink(byte* path, byte* target, nuint bytes);

    [DllImport(Lazily)]
    private static extern int linkat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, int flags);

    [DllImport(Lazily)]
    private static extern int fsync(int fd);

    [DllImport(Lazily)]
    private static extern int fchmod(int fd, uint mode);

    [DllImport(Lazily)]
    private static extern int fchown(int fd, uint user, uint group);

    [DllImport(Lazily)]
    private static extern nint fgetxattr(int fd, byte* name, byte* value, nuint size);

    [DllImport(Lazily)]
    private static extern int fsetxattr(int fd, byte* name, byte* value, nuint size, int flags);

    [DllImport(Lazily)]
    private static extern int ftruncate(int fd, nint length);

    /// <summary>Closes a descriptor. On Linux it is closed whatever the call answers, see close(2), so there is nothing to do
    /// then.</summary>
    public static void Close(int fd) => _ = close(fd);

    /// <summary>Writes all bytes, whatever signals and short writes come between.</summary>
    /// <returns>None, or the error number of the call that failed.</returns>
    public static Errno WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = write(fd, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                }
                else if (Errno is not Errno.EINTR)
                {
                    return Errno;
                }
            }
        }

        return 0;
    }

    /// <summary>Reads once into <paramref name="buffer"/>, repeating only what a signal interrupted.</summary>
    /// <returns>The number of bytes, 0 at the end, or the negated error number.</returns>
    public static int Read(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = read(fd, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                if (Errno is not Errno.EINTR)
                {
                    return -(int)Errno;
                }
            }
        }
    }

    /// <summary>Opens a NUL-terminated path.</summary>
    /// <returns>A file descriptor, or the negated error number.</returns>
    public static int Open(int directory, ReadOnlySpan<byte> nulTerminatedPath, int flags, UnixFileMode mode = 0)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            int fd;
            do
            {
                fd = openat(directory, path, flags | O_CLOEXEC, (uint)mode);
            }
            while (fd < 0 && Errno is Errno.EINTR);
            return fd < 0 ? -(int)Errno : fd;
        }
    }

    /// <returns>None, or the error number.</returns>
    public static Errno Rename(int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo)
    {
        fixed (byte* from = nulTerminatedFrom, to = nulTerminatedTo)
        {
            return renameat(directory, from, directory, to) == 0 ? 0 : Errno;
        }
    }

    /// <returns>None, or the error number.</returns>
    public static Errno Unlink(int directory, ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            return unlinkat(directory, path, 0) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Where a symbolic link leads.</summary>
    /// <param name="nulTerminatedPath">The link.</param>
    /// <param name="target">Takes its text, which is cut where it does not fit.</param>
    /// <returns>How many bytes it has, or the negated error number.</returns>
    public static int ReadLink(ReadOnlySpan<byte> nulTerminatedPath, Span<byte> target)
    {
        fixed (byte* path = nulTerminatedPath, text = target)
        {
            var length = readlink(path, text, (nuint)target.Length);
            return length < 0 ? -(int)Errno : (int)length;
        }
    }

    /// <summary>Takes the exclusive lock of an open file; it ends with the last descriptor, so also when its holder is
    /// killed.</summary>
    /// <returns>None, or the error number: <see cref="Errno.EAGAIN"/> if another holds it and this call was not to
    /// wait.</returns>
    public static Errno Lock(int fd, bool wait)
    {
        while (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
        {
            if (Errno is not Errno.EINTR)
            {
                return Errno;
            }
        }

        return 0;
    }

    /// <summary>Sets the time of modification of an open file.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno SetModified(int fd, DateTime utc)
    {
        var times = stackalloc TimeSpec[2];
        Modified(utc, times);
        return futimens(fd, times) == 0 ? 0 : Errno;
    }

    /// <summary>The same of a name in a directory, without following it if it is a symbolic link.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno SetModified(int directory, ReadOnlySpan<byte> nulTerminatedPath, DateTime utc)
    {
        var times = stackalloc TimeSpec[2];
        Modified(utc, times);
        fixed (byte* path = nulTerminatedPath)
        {
            return utimensat(directory, path, times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : Errno;
        }
    }

    private static void Modified(DateTime utc, TimeSpec* times)
    {
        var ticks = (utc - DateTime.UnixEpoch).Ticks;
        times[0].Nanoseconds = UTIME_OMIT;
        times[1].Seconds = ticks / TimeSpan.TicksPerSecond;
        times[1].Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>Makes the first byte of a file this one; a file of one byte keeps its size and is modified now.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno WriteFirstByte(int fd, byte value) => pwrite(fd, &value, 1, 0) == 1 ? 0 : Errno;

    /// <summary>Gives a file of the directory a second name there.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Link(int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo)
    {
        fixed (byte* from = nulTerminatedFrom, to = nulTerminatedTo)
        {
            return linkat(directory, from, directory, to, 0) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Waits until a file, or the names of a directory, are on the disk.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Sync(int fd) => fsync(fd) == 0 ? 0 : Errno;

    /// <summary>Makes a file ours with this mode, whatever the umask and the directory's group are.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Own(int fd, UnixFileMode mode) =>
        fchown(fd, geteuid(), geteuid() == 0 ? 0 : uint.MaxValue) == 0 && fchmod(fd, (uint)mode) == 0 ? 0 : Errno;

    /// <summary>Gives a file of ours this mode, whatever the umask is.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Permit(int fd, UnixFileMode mode) => fchmod(fd, (uint)mode) == 0 ? 0 : Errno;

    /// <summary>Gives a file the SELinux label of another; a file without one has none to give.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno CopyLabel(int from, int to)
    {
        var label = stackalloc byte[LongestLabel];
        var has = stackalloc byte[LongestLabel];
        fixed (byte* name = "security.selinux\0"u8)
        {
            var length = fgetxattr(from, name, label, LongestLabel);
            if (length < 0)
            {
                return Errno is Errno.ENODATA or Errno.EOPNOTSUPP ? 0 : Errno;
            }

            var hasLength = fgetxattr(to, name, has, LongestLabel);
            var isSame = hasLength >= 0 && new ReadOnlySpan<byte>(has, (int)hasLength)
                .SequenceEqual(new ReadOnlySpan<byte>(label, (int)length));
            return isSame || fsetxattr(to, name, label, (nuint)length, 0) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Makes this the whole content of a file that is open for writing.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Replace(int fd, ReadOnlySpan<byte> content)
    {
        fixed (byte* bytes = content)
        {
            return pwrite(fd, bytes, (nuint)content.Length, 0) == content.Length && ftruncate(fd, content.Length) == 0 ? 0
                : Errno;
        }
    }
}
