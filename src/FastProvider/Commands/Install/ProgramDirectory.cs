using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>
/// A directory that the kubelet runs programs from, opened, checked and locked. What others can write, on any step of the way to
/// it, they could have the kubelet run as root; so that is refused.
/// </summary>
internal sealed class ProgramDirectory : IDisposable
{
    private ProgramDirectory(string path, int fd)
    {
        Path = path;
        Fd = fd;
    }

    public string Path { get; }

    public int Fd { get; }

    /// <param name="path">
    /// An absolute path. Links on the way are followed (/usr/local is one on ostree nodes), its last name must be none.
    /// </param>
    /// <param name="make">Whether to make it, and what is missing on the way, as <c>install -D</c> does.</param>
    /// <returns>The directory; dispose it to give up the lock.</returns>
    public static Result<ProgramDirectory> Open(string path, bool make)
    {
        path = path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";
        if (!path.StartsWith('/') || path.Contains('\0'))
        {
            return new Failure($"--to {path}: an absolute path is needed", Failure.WrongUsage);
        }

        var fd = OpenOrMake(path, make, Libc.O_NOFOLLOW);
        if (fd < 0)
        {
            var errno = Libc.ErrorOf(fd);
            return new Failure(errno is Errno.ELOOP or Errno.ENOTDIR
                ? $"{path} is a symbolic link or no directory: give the real directory with --to"
                : $"cannot {(make ? "make or " : "")}open {path}: {errno.Words()}"
                    + (errno is Errno.EROFS ? "; --to names a directory that can be written" : ""));
        }

        if (CheckWay(path, fd) is { } failure)
        {
            Libc.Close(fd);
            return failure;
        }

        if (Libc.Lock(fd, wait: false) != 0)
        {
            Libc.Close(fd);
            return new Failure($"another process installs in {path} just now: try again");
        }

        return new ProgramDirectory(path, fd);
    }

    public void Dispose() => Libc.Close(Fd);

    /// <returns>A file descriptor, or the negated error number.</returns>
    private static int OpenOrMake(string path, bool make, int flags)
    {
        var fd = Libc.Open(Libc.AT_FDCWD, FileBytes.NulTerminated(path), Libc.O_RDONLY | Libc.O_DIRECTORY | flags);
        if (Libc.ErrorOf(fd) != Errno.ENOENT || !make || path == "/")
        {
            return fd;
        }

        var slash = path.LastIndexOf('/');
        var parent = OpenOrMake(path[..Math.Max(slash, 1)], make, 0);
        if (parent < 0)
        {
            return parent;
        }

        var errno = Libc.MakeDirectory(parent, FileBytes.NulTerminated(path[(slash + 1)..]), Ownership.WorldReadable);
        Libc.Close(parent);
        return errno is 0 or Errno.EEXIST ? OpenOrMake(path, false, flags) : -(int)errno;
    }

    /// <summary>
    /// The directory, then by <c>..</c> all above it: those that it really lies in, whatever links its path goes over.
    /// </summary>
    private static Failure? CheckWay(string path, int fd)
    {
        if (Libc.Status(fd, out var status) is var errno and not 0)
        {
            return new Failure($"cannot look at {path}: {errno.Words()}");
        }

        if (Ownership.Of(status) is { Fault: { } fault } ownership)
        {
            var cure = ownership.IsOurs ? ownership.Cure(path) : "run this as its owner, root on a node";
            return new Failure($"{path} {fault}: {cure}");
        }

        var at = Libc.Open(fd, "..\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
        while (at >= 0)
        {
            var inode = status.Inode;
            var device = (status.DeviceMajor, status.DeviceMinor);
            errno = Libc.Status(at, out status);
            if (errno == 0 && inode == status.Inode && device == (status.DeviceMajor, status.DeviceMinor))
            {
                Libc.Close(at);
                return null; // the root, which is its own parent
            }

            var above = Ownership.Of(status);
            if (errno != 0 || !above.IsSafeWay)
            {
                Libc.Close(at);
                return new Failure(
                    $"a directory above {path} can be changed by others (owner {status.OwnerUserId}, mode {above.Octal}):"
                    + " chown root and chmod 0755 it");
            }

            var parent = Libc.Open(at, "..\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY);
            Libc.Close(at);
            at = parent;
        }

        return new Failure($"cannot look at the directories above {path}: {Libc.ErrorOf(at).Words()}");
    }
}
