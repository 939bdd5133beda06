using System;
using FastProvider.Base;

namespace FastProvider.Native;

/// <summary>
/// A directory, opened and checked: it belongs to us, nobody else may write in it, and it is no symbolic link. Everything in
/// it is done relative to the open directory, so it cannot be swapped in between.
/// </summary>
internal sealed class OwnedDirectory : IDisposable
{
    private OwnedDirectory(string path, int fd)
    {
        Path = path;
        Fd = fd;
    }

    public string Path { get; }

    public int Fd { get; }

    /// <summary>Opens the directory; a missing one is made, for its owner alone.</summary>
    /// <param name="kind">What to call it in a failure.</param>
    /// <param name="path">Its path.</param>
    /// <returns>The directory; dispose it.</returns>
    public static Result<OwnedDirectory> Open(string kind, string path)
    {
        path = WithoutSlash(path);
        var fd = OpenDirectory(path);
        if (Libc.ErrorOf(fd) == Errno.ENOENT)
        {
            if (Make(kind, path) is { } notMade)
            {
                return notMade;
            }

            fd = OpenDirectory(path);
        }

        return Take(kind, path, fd);
    }

    /// <summary>The same, but a missing directory stays missing: null, and no failure.</summary>
    public static Failure? Find(string kind, string path, out OwnedDirectory? directory)
    {
        directory = null;
        path = WithoutSlash(path);
        var fd = OpenDirectory(path);
        if (Libc.ErrorOf(fd) == Errno.ENOENT)
        {
            return null;
        }

        var taken = Take(kind, path, fd);
        directory = taken.Value;
        return taken.Failure;
    }

    /// <summary>Opens and checks a directory; null if it is missing or not ours.</summary>
    public static OwnedDirectory? OpenExisting(string path) => Checked(path, OpenDirectory(WithoutSlash(path)));

    /// <summary>The same for one that is in this directory.</summary>
    public OwnedDirectory? OpenBelow(ReadOnlySpan<byte> nulTerminatedName) =>
        Checked(Path, Libc.Open(Fd, nulTerminatedName, OnlyDirectory));

    /// <summary>What it holds.</summary>
    public DirectoryList List() => DirectoryList.Of(Fd);

    public void Dispose() => Libc.Close(Fd);

    private static int OnlyDirectory => Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW;

    private static int OpenDirectory(string path) => Libc.Open(Libc.AT_FDCWD, FileBytes.NulTerminated(path), OnlyDirectory);

    /// <summary>With a slash at its end a symbolic link would be followed, whatever the flags say.</summary>
    private static string WithoutSlash(string path) => path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";

    private static Result<OwnedDirectory> Take(string kind, string path, int fd)
    {
        if (fd < 0)
        {
            return new Failure(FailureCause.AuthDir, Libc.ErrorOf(fd) is Errno.ELOOP or Errno.ENOTDIR
                ? $"{kind} {path} is a symbolic link or no directory: remove it, it is made anew"
                : $"cannot open {kind} {path}: {Libc.ErrorOf(fd).Words()}");
        }

        if (Check(kind, path, fd) is { } unsafeDirectory)
        {
            Libc.Close(fd);
            return unsafeDirectory;
        }

        return new OwnedDirectory(path, fd);
    }

    private static OwnedDirectory? Checked(string path, int fd)
    {
        if (fd < 0 || Check("directory", path, fd) is null)
        {
            return fd < 0 ? null : new OwnedDirectory(path, fd);
        }

        Libc.Close(fd);
        return null;
    }

    private static Failure? Make(string kind, string path)
    {
        var errno = Libc.MakeDirectory(FileBytes.NulTerminated(path), Ownership.OwnersDirectory);
        // As CRI-O does, with all that is missing above it (os.MkdirAll in pkg/config/config.go).
        for (var slash = path.IndexOf('/', 1); errno == Errno.ENOENT && slash > 0; slash = path.IndexOf('/', slash + 1))
        {
            _ = Libc.MakeDirectory(FileBytes.NulTerminated(path[..slash]), Ownership.WorldReadable);
        }

        errno = errno == Errno.ENOENT ? Libc.MakeDirectory(FileBytes.NulTerminated(path), Ownership.OwnersDirectory) : errno;
        return errno is 0 or Errno.EEXIST ? null : new Failure(FailureCause.AuthDir,
            $"cannot make {kind} {path}: {errno.Words()}");
    }

    private static Failure? Check(string kind, string path, int fd)
    {
        var errno = Libc.Status(fd, out var status);
        if (errno != 0)
        {
            return new Failure(FailureCause.AuthDir, $"cannot look at {kind} {path}: {errno.Words()}");
        }

        var ownership = Ownership.Of(status);
        return ownership.Fault is { } fault ? new Failure(FailureCause.AuthDir, $"{kind} {path} {fault}: {ownership.Cure(path)}")
            : null;
    }
}
