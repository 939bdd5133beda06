using System;
using System.IO;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// The directory where CRI-O takes auth files from: writing, looking at and removing files by their names in it.
/// </summary>
internal sealed class AuthDirectory : IDisposable
{
    private const string Kind = "auth directory";

    private readonly OwnedDirectory _directory;

    private AuthDirectory(OwnedDirectory directory) => _directory = directory;

    /// <summary>The open directory.</summary>
    public int Fd => _directory.Fd;

    /// <summary>Its path, for people.</summary>
    public string FullPath => _directory.Path;

    /// <summary>Opens and checks the directory; a missing one is made, for its owner alone.</summary>
    public static Result<AuthDirectory> Open(string path)
    {
        var opened = OwnedDirectory.Open(Kind, path);
        return opened.IsOk ? new AuthDirectory(opened.Value) : opened.Failure;
    }

    /// <summary>Opens and checks the directory; null and no failure if it is missing.</summary>
    public static Failure? Find(string path, out AuthDirectory? directory)
    {
        var failure = OwnedDirectory.Find(Kind, path, out var opened);
        directory = opened is null ? null : new AuthDirectory(opened);
        return failure;
    }

    public string FilePath(string name) => Path.Join(_directory.Path, name);

    /// <summary>What it holds.</summary>
    public DirectoryList List() => _directory.List();

    /// <summary>Whether a file of this name is there, and its times.</summary>
    public bool Find(string name, out Libc.FileStatus status) => Libc.Status(Fd, FileBytes.NulTerminated(name), out status) == 0;

    /// <summary>
    /// Puts a whole file under <paramref name="name"/> in one step: CRI-O sees the file that was there before, or this one.
    /// Not synced to the disk: the file is for a pull that follows within seconds, and a crash of the node ends that, too.
    /// </summary>
    /// <param name="name">The name that CRI-O looks for.</param>
    /// <param name="content">All of it.</param>
    /// <param name="modified">The time of modification that the file is to have, in UTC; null for now.</param>
    public Failure? Write(string name, ReadOnlySpan<byte> content, DateTime? modified = null)
    {
        var errno = WriteOnce(name, content, modified);
        // A sweep that came between the making of the temporary file and its lock has taken it for one of a killed run.
        errno = errno == Errno.ENOENT ? WriteOnce(name, content, modified) : errno;
        return errno == 0 ? null
            : new Failure(FailureCause.AuthFile, $"cannot write auth file {FilePath(name)}: {errno.Words()}");
    }

    /// <summary>Removes a file that an earlier run left: without a decision for it, no pull may use it.</summary>
    /// <returns>Null also when there was none.</returns>
    public Failure? Remove(string name)
    {
        var errno = Libc.Unlink(Fd, FileBytes.NulTerminated(name));
        return errno is 0 or Errno.ENOENT
            ? null
            : new Failure(FailureCause.AuthFile, $"cannot remove the stale auth file {FilePath(name)}: {errno.Words()}");
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>The temporary file is locked until it has its name: by that a sweep knows that its run is alive.</summary>
    /// <returns>None, or the error number.</returns>
    private Errno WriteOnce(string name, ReadOnlySpan<byte> content, DateTime? modified)
    {
        var temporary = FileBytes.NulTerminated(AuthFileName.Temporary());
        var file = Libc.Open(Fd, temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, Ownership.OwnersFile);
        if (file < 0)
        {
            return Libc.ErrorOf(file);
        }

        _ = Libc.Lock(file, wait: false);
        var errno = Libc.WriteAll(file, content);
        if (errno == 0 && modified is { } utc)
        {
            errno = Libc.SetModified(file, utc);
        }

        if (errno == 0)
        {
            errno = Libc.Rename(Fd, temporary, FileBytes.NulTerminated(name));
        }

        if (errno != 0)
        {
            _ = Libc.Unlink(Fd, temporary);
        }

        Libc.Close(file);
        return errno;
    }
}
