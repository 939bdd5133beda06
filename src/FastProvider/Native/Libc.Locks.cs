using System;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Locks between processes, and the times of files that they go by.</content>
internal static unsafe partial class Libc
{
    public const int EWOULDBLOCK = EAGAIN;

    private const int LOCK_EX = 2, LOCK_NB = 4;
    private const long UTIME_OMIT = (1L << 30) - 2;

    /// <summary>A moment as statx(2) and utimensat(2) count it, from 1970 in UTC.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct TimeStamp
    {
        private const long LastSecond = 253_402_300_799; // of the year 9999: any file time is a DateTime then

        public long Seconds;
        public uint Nanoseconds;

        public readonly DateTime Utc =>
            DateTime.UnixEpoch.AddTicks(Math.Clamp(Seconds, 0, LastSecond) * TimeSpan.TicksPerSecond + Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }

    [DllImport("libc")]
    private static extern int flock(int fd, int operation);

    [DllImport("libc")]
    private static extern int futimens(int fd, TimeSpec* accessedAndModified);

    [DllImport("libc")]
    private static extern int utimensat(int directory, byte* path, TimeSpec* accessedAndModified, int flags);

    [DllImport("libc")]
    private static extern nint pwrite(int fd, byte* buffer, nuint count, long offset);

    /// <summary>Takes the exclusive lock of an open file; it ends with the last descriptor, so also when its holder is killed.</summary>
    /// <returns>0, or the error number: <see cref="EWOULDBLOCK"/> if another holds it and this call was not to wait.</returns>
    public static int Lock(int fd, bool wait)
    {
        while (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
        {
            if (Errno is not EINTR)
            {
                return Errno;
            }
        }

        return 0;
    }

    /// <summary>Sets the time of modification of an open file.</summary>
    /// <returns>0, or the error number.</returns>
    public static int SetModified(int fd, DateTime utc)
    {
        var times = stackalloc TimeSpec[2];
        Modified(utc, times);
        return futimens(fd, times) == 0 ? 0 : Errno;
    }

    /// <summary>The same of a name in a directory, without following it if it is a symbolic link.</summary>
    /// <returns>0, or the error number.</returns>
    public static int SetModified(int directory, ReadOnlySpan<byte> nulTerminatedPath, DateTime utc)
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
    /// <returns>0, or the error number.</returns>
    public static int WriteFirstByte(int fd, byte value) => pwrite(fd, &value, 1, 0) == 1 ? 0 : Errno;

    /// <summary>What a name in a directory is, without following it if it is a symbolic link.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Status(int directory, ReadOnlySpan<byte> nulTerminatedPath, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
        fixed (FileStatus* target = &status)
        {
            return statx(directory, path, AT_SYMLINK_NOFOLLOW, StatusMask, target) == 0 ? 0 : Errno;
        }
    }

    /// <summary>What a path leads to, through symbolic links.</summary>
    /// <returns>0, or the error number.</returns>
    public static int StatusOfTarget(ReadOnlySpan<byte> nulTerminatedPath, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
        fixed (FileStatus* target = &status)
        {
            return statx(AT_FDCWD, path, 0, StatusMask, target) == 0 ? 0 : Errno;
        }
    }
}
