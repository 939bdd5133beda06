using System;
using System.IO;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>What a file is: its kind, its owner, its mode and its times.</content>
internal static unsafe partial class Libc
{
    // STATX_TYPE, MODE, UID, GID, SIZE, MTIME and CTIME.
    private const uint StatusMask = 0x1 | 0x2 | 0x8 | 0x10 | 0x200 | 0x40 | 0x80;

    public const uint S_IFMT = 0xF000, S_IFCHR = 0x2000, S_IFDIR = 0x4000, S_IFREG = 0x8000,
        S_IFSOCK = 0xC000;

    /// <summary>The start of Linux's <c>struct statx</c> (the same layout on every architecture), see statx(2).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct FileStatus
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint LinkCount, OwnerUserId, OwnerGroupId;
        public ushort Mode, Spare;
        public ulong Inode, SizeBytes, Blocks, AttributesMask;
        public TimeStamp Accessed, Born, Changed, Modified;
        public uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;

        public readonly uint Kind => Mode & S_IFMT;

        public readonly UnixFileMode Permissions => (UnixFileMode)(Mode & 0xFFF);

        public readonly bool IsSameFile(in FileStatus other) =>
            Inode == other.Inode && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor;

        /// <summary>The same file, which nobody has written, renamed or given another mode since.</summary>
        public readonly bool IsUnchanged(in FileStatus since) => IsSameFile(since) && SizeBytes == since.SizeBytes
            && Modified.Is(since.Modified) && Changed.Is(since.Changed);
    }

    /// <summary>A moment as statx(2) and utimensat(2) count it, from 1970 in UTC.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct TimeStamp
    {
        private const long LastSecond = 253_402_300_799; // of the year 9999: any file time is a DateTime then

        public long Seconds;
        public uint Nanoseconds;

        public readonly bool Is(in TimeStamp other) => Seconds == other.Seconds && Nanoseconds == other.Nanoseconds;

        public readonly DateTime Utc =>
            DateTime.UnixEpoch.AddTicks(Math.Clamp(Seconds, 0, LastSecond) * TimeSpan.TicksPerSecond
                + Nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    [DllImport("libc")]
    private static extern int statx(int directory, byte* path, int flags, uint mask, FileStatus* status);

    /// <summary>What kind of file an open descriptor is, who owns it and who may write it.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Status(int fd, out FileStatus status)
    {
        fixed (FileStatus* target = &status)
        {
            byte empty = 0;
            return statx(fd, &empty, AT_EMPTY_PATH, StatusMask, target) == 0 ? 0 : Errno;
        }
    }

    /// <summary>What a name in a directory is, without following it if it is a symbolic link.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Status(int directory, ReadOnlySpan<byte> nulTerminatedPath, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
        fixed (FileStatus* target = &status)
        {
            return statx(directory, path, AT_SYMLINK_NOFOLLOW, StatusMask, target) == 0 ? 0 : Errno;
        }
    }

    /// <summary>What a path leads to, through symbolic links.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno StatusOfTarget(ReadOnlySpan<byte> nulTerminatedPath, out FileStatus status)
    {
        fixed (byte* path = nulTerminatedPath)
        fixed (FileStatus* target = &status)
        {
            return statx(AT_FDCWD, path, 0, StatusMask, target) == 0 ? 0 : Errno;
        }
    }
}
