using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Commands.Install;

/// <summary>
/// One program of a directory, the one that stood in its place before, and the steps from one to the other. The name is there at
/// every moment, whenever the process is killed: it goes from one whole program to the other in a rename, and the old one has got
/// a second name before that. What a killed process left half done <see cref="Finish"/> completes.
/// </summary>
internal sealed class InstalledProgram(ProgramDirectory directory, string name)
{
    /// <summary>Far above any build of ours.</summary>
    public const int MaxBytes = 256 * 1024 * 1024;

    private readonly byte[] _place = FileBytes.NulTerminated(name);

    /// <summary>The candidate, until it takes the place.</summary>
    private readonly byte[] _new = FileBytes.NulTerminated($".{name}.new");

    /// <summary>The second name of the program that is about to lose its place.</summary>
    private readonly byte[] _kept = FileBytes.NulTerminated($".{name}.kept");

    private readonly byte[] _previous = FileBytes.NulTerminated($".{name}.previous");

    /// <summary>Another name of the program that a rollback took the place from: no watcher is to put it back.</summary>
    private readonly byte[] _refused = FileBytes.NulTerminated($".{name}.refused");

    public string Path => PathOf(name);

    public string CandidatePath => PathOf($".{name}.new");

    public string PreviousPath => PathOf($".{name}.previous");

    public bool Exists => Find(_place, out _);

    public bool HasPrevious => Find(_previous, out _);

    /// <summary>Completes what a killed process began, and removes what it never completed.</summary>
    public Failure? Finish()
    {
        _ = Libc.Unlink(directory.Fd, _new);
        if (!Find(_kept, out var kept))
        {
            return null;
        }

        // The place was taken already if the kept one is no longer in it.
        var errno = Find(_place, out var place) && place.Inode == kept.Inode
            ? Libc.Unlink(directory.Fd, _kept)
            : Libc.Rename(directory.Fd, _kept, _previous);
        return errno == 0 ? null : Failed("keep the previous program beside", errno);
    }

    /// <summary>The place may hold nothing or a file; anything else somebody put there for a reason.</summary>
    public Failure? CheckPlace() => Find(_place, out var status) && status.Kind != Libc.S_IFREG
        ? new Failure($"{Path} is no regular file: remove it, or give another --name")
        : null;

    /// <summary>Whether the program in the place has this content; its mode and owner are mended then.</summary>
    public bool Holds(ReadOnlySpan<byte> content)
    {
        if (!HasContent(_place, Path, content))
        {
            return false;
        }

        var fd = Libc.Open(directory.Fd, _place, Libc.O_RDONLY | Libc.O_NOFOLLOW);
        if (fd >= 0)
        {
            _ = Libc.Own(fd, Ownership.WorldReadable);
            Libc.Close(fd);
        }

        return true;
    }

    /// <summary>
    /// Whether a rollback took the place from a program of this content. It counts only while another one has the place.
    /// </summary>
    public bool Refuses(ReadOnlySpan<byte> content) => Exists && HasContent(_refused, PathOf($".{name}.refused"), content);

    /// <summary>Writes a candidate to the disk, with the label of the program that has the place.</summary>
    public Failure? Write(ReadOnlySpan<byte> content)
    {
        var fd = Libc.Open(directory.Fd, _new, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW,
            Ownership.WorldReadable);
        if (fd < 0)
        {
            return Failed("write", Libc.ErrorOf(fd));
        }

        var errno = Libc.WriteAll(fd, content);
        errno = errno != 0 ? errno : Libc.Own(fd, Ownership.WorldReadable);
        errno = errno != 0 ? errno : CopyLabel(fd);
        errno = errno != 0 ? errno : Libc.Sync(fd);
        Libc.Close(fd);
        return errno == 0 ? null : Failed("write", errno);
    }

    /// <summary>Removes a candidate that is not to take the place.</summary>
    public void Discard() => _ = Libc.Unlink(directory.Fd, _new);

    /// <summary>The candidate takes the place; a rollback of the past says nothing any more.</summary>
    public Failure? TakeOver()
    {
        var failure = Place(_new);
        _ = failure is null ? Libc.Unlink(directory.Fd, _refused) : 0;
        return failure;
    }

    /// <summary>Whether the previous program may take the place again: it is a file of ours that nobody else can write.</summary>
    public Failure? CheckPrevious() =>
        !Find(_previous, out var status)
        ? new Failure($"there is no {PreviousPath}: nothing was installed over another program there")
        : status.Kind != Libc.S_IFREG || !Ownership.Of(status).IsSafe
            ? new Failure($"{PreviousPath} is no file that its owner alone can write: it is left where it is")
        : null;

    /// <summary>The previous program and the one in the place change places.</summary>
    public Failure? Exchange()
    {
        var isForward = Find(_refused, out var refused) && Find(_previous, out var previous) && refused.Inode == previous.Inode;
        if (!isForward && Exists)
        {
            _ = Libc.Unlink(directory.Fd, _refused);
            if (Libc.Link(directory.Fd, _place, _refused) is var errno and not 0)
            {
                return Failed("remember the rollback beside", errno);
            }
        }

        var failure = Place(_previous);
        _ = isForward && failure is null ? Libc.Unlink(directory.Fd, _refused) : 0;
        return failure;
    }

    private Failure? Place(byte[] successor)
    {
        var errno = Exists ? Libc.Link(directory.Fd, _place, _kept) : 0;
        if (errno == 0)
        {
            errno = Libc.Rename(directory.Fd, successor, _place);
        }

        if (errno == 0 && Find(_kept, out _))
        {
            errno = Libc.Rename(directory.Fd, _kept, _previous);
            // Still there if both are names of one file already: rename(2) does nothing then.
            _ = Libc.Unlink(directory.Fd, _kept);
        }

        if (errno == 0)
        {
            // EINVAL: it is not that kind of file system
            errno = Libc.Sync(directory.Fd) is var synced and not Errno.EINVAL ? synced : 0;
        }

        return errno == 0 ? null : Failed("put the program into its place at", errno);
    }

    private Errno CopyLabel(int candidate)
    {
        var fd = Libc.Open(directory.Fd, _place, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        if (fd < 0)
        {
            return Libc.ErrorOf(fd) == Errno.ENOENT ? Errno.None : Libc.ErrorOf(fd);
        }

        var errno = Libc.CopyLabel(fd, candidate);
        Libc.Close(fd);
        return errno;
    }

    private bool HasContent(byte[] file, string path, ReadOnlySpan<byte> content)
    {
        if (!Find(file, out var status) || status.Kind != Libc.S_IFREG || status.SizeBytes != (ulong)content.Length)
        {
            return false;
        }

        var fault = FileBytes.Read(path, MaxBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && bytes.Span.SequenceEqual(content);
        }
    }

    private bool Find(byte[] file, out Libc.FileStatus status) => Libc.Status(directory.Fd, file, out status) == 0;

    private string PathOf(string file) => $"{directory.Path.TrimEnd('/')}/{file}";

    private Failure Failed(string what, Errno errno) =>
        new($"cannot {what} {Path}: {errno.Words()}; what was there is still there");
}
