using System;
using System.IO;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Directories: making and listing them, and entering another root.</content>
internal static unsafe partial class Libc
{
    public const byte DT_UNKNOWN = 0, DT_DIR = 4, DT_REG = 8, DT_LNK = 10;

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

    [DllImport(Lazily)]
    private static extern int mkdirat(int directory, byte* path, uint mode);

    [DllImport(Lazily)]
    private static extern int chroot(byte* path);

    [DllImport(Lazily)]
    private static extern int chdir(byte* path);

    /// <returns>None, or the error number.</returns>
    public static Errno MakeDirectory(ReadOnlySpan<byte> nulTerminatedPath, UnixFileMode mode)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            return mkdir(path, (uint)mode) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Starts to list a directory; end it with <see cref="CloseDirectory"/>.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno OpenDirectory(ReadOnlySpan<byte> nulTerminatedPath, out nint directory)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            directory = opendir(path);
            return directory != 0 ? 0 : Errno;
        }
    }

    /// <summary>As above, of a directory that is open; its descriptor is closed with it.</summary>
    public static Errno OpenDirectory(int fd, out nint directory)
    {
        directory = fdopendir(fd);
        return directory != 0 ? 0 : Errno;
    }

    /// <summary>The next entry: its name with its final NUL, and its kind as the <c>d_type</c> of readdir(3), which may be
    /// unknown.</summary>
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

    /// <returns>None, or the error number.</returns>
    public static Errno MakeDirectory(int directory, ReadOnlySpan<byte> nulTerminatedName, UnixFileMode mode)
    {
        fixed (byte* name = nulTerminatedName)
        {
            return mkdirat(directory, name, (uint)mode) == 0 ? 0 : Errno;
        }
    }

    /// <summary>From here on every path begins below this directory.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno EnterRoot(ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath, root = "/\0"u8)
        {
            return chroot(path) == 0 && chdir(root) == 0 ? 0 : Errno;
        }
    }
}
