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

    /// <summary>
    /// Whether its path still leads to it, and nobody else may write there: it may have been removed, and made anew.
    /// </summary>
    public bool IsAtItsPath =>
        Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(_directory.Path), out var named) == 0
        && Libc.Status(Fd, out var status) == 0
        && named.IsSameFile(status) && Ownership.Of(status).Fault is null;

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
    public bool Find(string name, out Libc.FileStatus status) => Find(FileBytes.NulTerminated(name), out status);

    /// <inheritdoc cref="Find(string, out Libc.FileStatus)"/>
    public bool Find(ReadOnlySpan<byte> nulTerminatedName, out Libc.FileStatus status) =>
        Libc.Status(Fd, nulTerminatedName, out status) == 0;

    /// <summary>
    /// Puts a whole file under <paramref name="name"/> in one step: CRI-O sees the file that was there before, or this one.
    /// Not synced to the disk: the file is for a pull that follows within seconds, and a crash of the node ends that, too.
    /// </summary>
    /// <param name="name">The name that CRI-O looks for.</param>
    /// <param name="content">All of it.</param>
    /// <param name="modified">The time of modification that the file is to have, in UTC; null for now.</param>
    public Failure? Write(string name, ReadOnlySpan<byte> content, DateTime? modified = null)
    {
        var errno = WriteOnce(name, content, modified, Placing.AnyCase, out _);
        // A sweep that came between the making of the temporary file and its lock has taken it for one of a killed run.
        errno = errno == Errno.ENOENT ? WriteOnce(name, content, modified, Placing.AnyCase, out _) : errno;
        return errno == 0 ? null : NotWritten(name, errno);
    }

    /// <summary>Puts a whole file under a name that is free.</summary>
    /// <param name="name">The name that CRI-O looks for.</param>
    /// <param name="content">All of it.</param>
    /// <param name="written">The file.</param>
    /// <returns>None, or the error number; EEXIST if a file has the name.</returns>
    public Errno Put(string name, ReadOnlySpan<byte> content, out Libc.FileStatus written) =>
        WriteOnce(name, content, modified: null, Placing.Free, out written);

    /// <summary>
    /// Writes a whole file that can be put under a name later, in one step. Its own name is a temporary file's.
    /// </summary>
    /// <param name="content">All of it.</param>
    /// <returns>The file; dispose it before this directory. Null if it could not be written.</returns>
    public PreparedFile? Prepare(ReadOnlySpan<byte> content) => Prepare(content, modified: null, out _);

    /// <summary>Puts a whole file in the place of the one that has the name.</summary>
    /// <param name="name">The name that CRI-O looks for.</param>
    /// <param name="content">All of it.</param>
    /// <param name="modified">The time of modification that the file is to have, in UTC.</param>
    /// <param name="written">The file.</param>
    /// <returns>None, or the error number; ENOENT if no file has the name any more.</returns>
    public Errno Replace(string name, ReadOnlySpan<byte> content, DateTime modified, out Libc.FileStatus written) =>
        WriteOnce(name, content, modified, Placing.Taken, out written);

    /// <summary>Says that a file could not be written.</summary>
    public Failure NotWritten(string name, Errno errno) =>
        new(FailureCause.AuthFile, $"cannot write auth file {FilePath(name)}: {errno.Words()}");

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

    /// <returns>None, or the error number.</returns>
    private Errno WriteOnce(
        string name, ReadOnlySpan<byte> content, DateTime? modified, Placing placing, out Libc.FileStatus written)
    {
        written = default;
        using var prepared = Prepare(content, modified, out var errno);
        return prepared is null ? errno : prepared.Put(FileBytes.NulTerminated(name), placing, out written);
    }

    private PreparedFile? Prepare(ReadOnlySpan<byte> content, DateTime? modified, out Errno errno) =>
        PreparedFile.Make(Fd, FileBytes.NulTerminated(AuthFileName.Temporary()), content, modified, out errno);
}
