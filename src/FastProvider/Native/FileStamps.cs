using System;

namespace FastProvider.Native;

/// <summary>
/// What was looked at while something was read from the node's files, so that it can be told later whether reading again would
/// give the same: for files and directories device, inode, size and both times in nanoseconds, for the files of the kernel, which
/// have no such times, what they say. A stamp is taken before its file is read, so a change meanwhile counts.
/// </summary>
internal sealed class FileStamps
{
    /// <summary>
    /// A file that changed just now may change once more within the same tick of the file system's clock, and show the same
    /// times.
    /// </summary>
    private static readonly TimeSpan TooYoung = TimeSpan.FromMilliseconds(100);

    private Stamp? _last;
    private bool _isVolatile;

    /// <summary>Notes a file or a directory, be it there or not.</summary>
    /// <param name="nulTerminatedPath">UTF-8 with a final NUL; links are followed.</param>
    public void Note(ReadOnlySpan<byte> nulTerminatedPath)
    {
        var stamp = new Stamp(nulTerminatedPath.ToArray(), _last);
        stamp.Errno = Libc.StatusOfTarget(stamp.Path, out stamp.Status);
        var now = DateTime.UtcNow;
        _isVolatile |= stamp.Errno == 0 && now - stamp.Status.Changed.Utc < TooYoung;
        _last = stamp;
    }

    /// <summary>Notes a file of the kernel by what it says.</summary>
    /// <param name="nulTerminatedPath">UTF-8 with a final NUL.</param>
    /// <param name="content">What it says; empty if it cannot be read.</param>
    public void NoteContent(ReadOnlySpan<byte> nulTerminatedPath, ReadOnlySpan<byte> content) =>
        _last = new Stamp(nulTerminatedPath.ToArray(), _last) { Digest = Digest(content) };

    /// <summary>Notes what an object of the kernel is, by its inode.</summary>
    /// <param name="nulTerminatedPath">UTF-8 with a final NUL; links are followed.</param>
    public void NoteInode(ReadOnlySpan<byte> nulTerminatedPath)
    {
        var stamp = new Stamp(nulTerminatedPath.ToArray(), _last) { IsInodeAlone = true };
        stamp.Errno = Libc.StatusOfTarget(stamp.Path, out stamp.Status);
        _last = stamp;
    }

    /// <summary>Something was looked at that is another every time, such as all processes.</summary>
    public void NoteVolatile() => _isVolatile = true;

    /// <summary>Whether all is as it was.</summary>
    public bool Hold()
    {
        if (_isVolatile)
        {
            return false;
        }

        for (var stamp = _last; stamp is not null; stamp = stamp.Before)
        {
            if (!Holds(stamp))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds(Stamp stamp)
    {
        if (stamp.Digest is not null)
        {
            _ = FileBytes.Read(stamp.Path, int.MaxValue / 2, out var bytes);
            using (bytes)
            {
                return Digest(bytes.Span).AsSpan().SequenceEqual(stamp.Digest);
            }
        }

        var errno = Libc.StatusOfTarget(stamp.Path, out var status);
        return errno == stamp.Errno && (errno != 0
            || stamp.IsInodeAlone ? status.Inode == stamp.Status.Inode : status.IsUnchanged(stamp.Status));
    }

    /// <summary>Not the text itself: a command line or an environment may hold a password.</summary>
    private static byte[] Digest(ReadOnlySpan<byte> content)
    {
        var digest = new byte[32];
        OpenSsl.Sha256(content, digest);
        return digest;
    }

    // A list of such would cost four static objects at each start of the program, also of those that keep nothing.
    private sealed class Stamp(byte[] path, Stamp? before)
    {
        public Libc.FileStatus Status;

        public byte[] Path { get; } = path;

        public Stamp? Before { get; } = before;

        public Errno Errno { get; set; }

        public byte[]? Digest { get; init; }

        public bool IsInodeAlone { get; init; }
    }
}
