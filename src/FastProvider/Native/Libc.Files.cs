using System;
using System.IO;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Files and directories, relative to a directory that was checked.</content>
internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000;

    // The generic values of asm-generic/fcntl.h hold on x86-64; AArch64 has its own for these two.
    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? 0x8000 : 0x20000;

    public const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_EMPTY_PATH = 0x1000;

    public const byte DT_UNKNOWN = 0, DT_DIR = 4, DT_REG = 8, DT_LNK = 10;

    // STATX_TYPE, MODE, UID, GID, SIZE, MTIME and CTIME.
    private const uint StatusMask = 0x1 | 0x2 | 0x8 | 0x10 | 0x200 | 0x40 | 0x80;

    public const uint S_IFMT = 0xF000, S_IFCHR = 0x2000, S_IFDIR = 0x4000, S_IFREG = 0x8000;

    [DllImport("libc")]
    private static extern int openat(int directory, byte* path, int flags, uint mode);

    [DllImport("libc")]
    private static extern int renameat(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath);

    [DllImport("libc")]
    private static extern int unlinkat(int directory, byte* path, int flags);

    [DllImport("libc")]
    private static extern int mkdir(byte* path, uint mode);

    [DllImport("libc")]
    private static extern nint opendir(byte* path);

    [DllImport("libc")]
    private static extern nint fdopendir(int fd);

    [DllImport("libc")]
    private static extern byte* readdir(nint directory);

    [DllImport("libc")]
    private static extern int closedir(nint directory);

    [DllImport("libc")]
    private static extern int statx(int directory, byte* path, int flags, uint mask, FileStatus* status);

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
            while (fd < 0 && Errno is EINTR);
            return fd < 0 ? -Errno : fd;
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int Rename(int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo)
    {
        fixed (byte* from = nulTerminatedFrom, to = nulTerminatedTo)
        {
            return renameat(directory, from, directory, to) == 0 ? 0 : Errno;
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int Unlink(int directory, ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            return unlinkat(directory, path, 0) == 0 ? 0 : Errno;
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int MakeDirectory(ReadOnlySpan<byte> nulTerminatedPath, UnixFileMode mode)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            return mkdir(path, (uint)mode) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Starts to list a directory; end it with <see cref="CloseDirectory"/>.</summary>
    /// <returns>0, or the error number.</returns>
    public static int OpenDirectory(ReadOnlySpan<byte> nulTerminatedPath, out nint directory)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            directory = opendir(path);
            return directory != 0 ? 0 : Errno;
        }
    }

    /// <summary>As above, of a directory that is open; its descriptor is closed with it.</summary>
    public static int OpenDirectory(int fd, out nint directory)
    {
        directory = fdopendir(fd);
        return directory != 0 ? 0 : Errno;
    }

    /// <summary>The next entry: its name with its final NUL, and its kind as the <c>d_type</c> of readdir(3), which may be unknown.</summary>
    /// <returns>False at the end.</returns>
    public static bool ReadDirectory(nint directory, out ReadOnlySpan<byte> nulTerminatedName, out byte kind)
    {
        // struct dirent of 64-bit Linux.
        const int typeOffset = 18, nameOffset = 19;
        var entry = readdir(directory);
        nulTerminatedName = entry is null ? default : new ReadOnlySpan<byte>(
            entry + nameOffset, MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + nameOffset).Length + 1);
        kind = entry is null ? (byte)0 : entry[typeOffset];
        return entry is not null;
    }

    public static void CloseDirectory(nint directory) => _ = closedir(directory);

    /// <summary>What kind of file an open descriptor is, who owns it and who may write it.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Status(int fd, out FileStatus status)
    {
        fixed (FileStatus* target = &status)
        {
            byte empty = 0;
            return statx(fd, &empty, AT_EMPTY_PATH, StatusMask, target) == 0 ? 0 : Errno;
        }
    }
}
