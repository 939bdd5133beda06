using FastProvider.Generators;

namespace FastProvider.Native;

/// <summary>
/// The error numbers of system calls that somebody decides by, or that have words: those of Linux on x86-64 and AArch64
/// (asm-generic/errno-base.h and errno.h).
/// </summary>
internal enum Errno
{
    None,
    [Utf8Name("operation not permitted (EPERM)")] EPERM = 1,
    [Utf8Name("no such file or directory (ENOENT)")] ENOENT = 2,
    EINTR = 4,
    [Utf8Name("input/output error (EIO)")] EIO = 5,
    ENXIO = 6,
    [Utf8Name("no program for this machine (ENOEXEC)")] ENOEXEC = 8,
    [Utf8Name("closed (EBADF)")] EBADF = 9,
    EAGAIN = 11,
    [Utf8Name("out of memory or threads (ENOMEM)")] ENOMEM = 12,
    [Utf8Name("permission denied (EACCES)")] EACCES = 13,
    [Utf8Name("exists already (EEXIST)")] EEXIST = 17,
    [Utf8Name("not a directory (ENOTDIR)")] ENOTDIR = 20,
    [Utf8Name("is a directory (EISDIR)")] EISDIR = 21,
    [Utf8Name("not possible there (EINVAL)")] EINVAL = 22,
    [Utf8Name("too many open files on this node (ENFILE): see fs.file-max")] ENFILE = 23,

    [Utf8Name("too many open files in this process (EMFILE): raise the limit that the kubelet's unit hands on (LimitNOFILE)")]
    EMFILE = 24,

    [Utf8Name("a limit of the file size is reached (EFBIG)")] EFBIG = 27,
    [Utf8Name("no space left on device (ENOSPC)")] ENOSPC = 28,
    [Utf8Name("read-only file system (EROFS)")] EROFS = 30,
    [Utf8Name("the other side has closed (EPIPE)")] EPIPE = 32,
    [Utf8Name("no locks available (ENOLCK)")] ENOLCK = 37,
    [Utf8Name("not supported by this kernel (ENOSYS)")] ENOSYS = 38,
    [Utf8Name("a symbolic link stands there (ELOOP)")] ELOOP = 40,
    ENODATA = 61,
    [Utf8Name("not supported there (EOPNOTSUPP)")] EOPNOTSUPP = 95,
    [Utf8Name("in use already (EADDRINUSE)")] EADDRINUSE = 98,
    [Utf8Name("no address of this node (EADDRNOTAVAIL)")] EADDRNOTAVAIL = 99,
    [Utf8Name("network unreachable (ENETUNREACH)")] ENETUNREACH = 101,
    [Utf8Name("connection reset (ECONNRESET)")] ECONNRESET = 104,
    [Utf8Name("timed out (ETIMEDOUT)")] ETIMEDOUT = 110,
    [Utf8Name("connection refused (ECONNREFUSED)")] ECONNREFUSED = 111,
    [Utf8Name("no route to host (EHOSTUNREACH)")] EHOSTUNREACH = 113,
    EINPROGRESS = 115,
    [Utf8Name("disk quota exceeded (EDQUOT)")] EDQUOT = 122,
}

/// <summary>The words for error numbers.</summary>
internal static partial class ErrnoWords
{
    /// <summary>For a line for people.</summary>
    public static string Words(this Errno errno) => Known(errno) ?? $"error number {(int)errno}";

    [Utf8Word]
    private static partial string? Known(Errno errno);
}
