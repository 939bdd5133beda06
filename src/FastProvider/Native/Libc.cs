using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
// Never from the folder of the binary: on a node that folder holds other vendors' plugins.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace FastProvider.Native;

/// <summary>
/// The calls of the C library that a pull makes itself. The .NET classes over them (Console, Socket, FileStream) each cost
/// more at start than the whole unmirrored pull, and none of them can open a file relative to a checked directory.
/// Names, constants and layouts are those of Linux on x86-64 and AArch64, see the man pages of section 2.
/// </summary>
internal static unsafe partial class Libc
{
    public const int EINTR = 4, EAGAIN = 11, EEXIST = 17, ENOENT = 2, EINPROGRESS = 115, ECONNREFUSED = 111, ECONNRESET = 104,
        EPIPE = 32, ETIMEDOUT = 110, EHOSTUNREACH = 113, ENETUNREACH = 101, ELOOP = 40, ENOTDIR = 20, ENXIO = 6,
        ENOMEM = 12, ENFILE = 23, EMFILE = 24;

    [DllImport("libc")]
    public static extern nint read(int fd, byte* buffer, nuint count);

    [DllImport("libc")]
    public static extern nint write(int fd, byte* buffer, nuint count);

    [DllImport("libc")]
    private static extern int close(int fd);

    [DllImport("libc")]
    public static extern int getpid();

    [DllImport("libc")]
    public static extern int getppid();

    [DllImport("libc")]
    public static extern uint geteuid();

    [DllImport("libc")]
    public static extern void _exit(int status);

    [DllImport("libc")]
    private static extern int* __errno_location();

    /// <summary>The error number of the last call on this thread.</summary>
    public static int Errno => *__errno_location();

    /// <summary>Closes a descriptor. On Linux it is closed whatever the call answers, see close(2), so there is nothing to do then.</summary>
    public static void Close(int fd) => _ = close(fd);

    /// <summary>Writes all bytes, whatever signals and short writes come between.</summary>
    /// <returns>0, or the error number of the call that failed.</returns>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
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
                else if (Errno is not EINTR)
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

                if (Errno is not EINTR)
                {
                    return -Errno;
                }
            }
        }
    }

    /// <summary>The words for an error number that belong in a line for people.</summary>
    public static string Explain(int errno) => errno switch
    {
        1 => "operation not permitted (EPERM)",
        ENOENT => "no such file or directory (ENOENT)",
        5 => "input/output error (EIO)",
        8 => "no program for this machine (ENOEXEC)",
        9 => "closed (EBADF)",
        ENOMEM => "out of memory or threads (ENOMEM)",
        13 => "permission denied (EACCES)",
        ENOTDIR => "not a directory (ENOTDIR)",
        21 => "is a directory (EISDIR)",
        EEXIST => "exists already (EEXIST)",
        22 => "not possible there (EINVAL)",
        ENFILE => "too many open files on this node (ENFILE): see fs.file-max",
        EMFILE => "too many open files in this process (EMFILE): raise the limit that the kubelet's unit hands on (LimitNOFILE)",
        27 => "a limit of the file size is reached (EFBIG)",
        28 => "no space left on device (ENOSPC)",
        30 => "read-only file system (EROFS)",
        EPIPE => "the other side has closed (EPIPE)",
        37 => "no locks available (ENOLCK)",
        38 => "not supported by this kernel (ENOSYS)",
        ELOOP => "a symbolic link stands there (ELOOP)",
        122 => "disk quota exceeded (EDQUOT)",
        95 => "not supported there (EOPNOTSUPP)",
        ENETUNREACH => "network unreachable (ENETUNREACH)",
        ECONNRESET => "connection reset (ECONNRESET)",
        ETIMEDOUT => "timed out (ETIMEDOUT)",
        ECONNREFUSED => "connection refused (ECONNREFUSED)",
        EHOSTUNREACH => "no route to host (EHOSTUNREACH)",
        _ => $"error number {errno}",
    };
}
