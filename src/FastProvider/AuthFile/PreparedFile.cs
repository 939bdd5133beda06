using System;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>What a file needs to find under the name that it is to have.</summary>
internal enum Placing
{
    AnyCase,

    /// <summary>Nothing (RENAME_NOREPLACE of rename(2)).</summary>
    Free,

    /// <summary>Another file (RENAME_EXCHANGE).</summary>
    Taken,
}

/// <summary>
/// A whole file under a temporary name. It is locked until it has its own: by that a sweep knows that its run is alive.
/// </summary>
internal sealed class PreparedFile : IDisposable
{
    private readonly int _directory, _file;
    private readonly byte[] _temporary;
    private bool _isTemporary = true;

    private PreparedFile(int directory, byte[] temporary, int file) =>
        (_directory, _temporary, _file) = (directory, temporary, file);

    /// <summary>Writes one.</summary>
    /// <param name="directory">The open directory, which stays open for longer.</param>
    /// <param name="temporary">Its name there until it is put, with a NUL behind it; nothing may have it.</param>
    /// <param name="content">All of it.</param>
    /// <param name="modified">The time of modification that the file is to have, in UTC; null for now.</param>
    /// <param name="errno">Why it could not be written; none otherwise.</param>
    /// <returns>The file; dispose it. Null if it could not be written: nothing is left of it then.</returns>
    public static PreparedFile? Make(
        int directory, byte[] temporary, ReadOnlySpan<byte> content, DateTime? modified, out Errno errno)
    {
        var file = Libc.Open(
            directory, temporary, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, Ownership.OwnersFile);
        if (file < 0)
        {
            errno = Libc.ErrorOf(file);
            return null;
        }

        _ = Libc.Lock(file, wait: false);
        var prepared = new PreparedFile(directory, temporary, file);
        errno = Libc.WriteAll(file, content);
        if (errno == 0 && modified is { } utc)
        {
            errno = Libc.SetModified(file, utc);
        }

        if (errno == 0)
        {
            return prepared;
        }

        prepared.Dispose();
        return null;
    }

    /// <summary>Puts it under a name, in one step.</summary>
    /// <param name="nulTerminatedName">The name that CRI-O looks for.</param>
    /// <param name="placing">What is to have the name.</param>
    /// <param name="written">The file; not for <see cref="Placing.AnyCase"/>.</param>
    /// <returns>None, or the error number; EEXIST if a file has the name, ENOENT if none has it any more.</returns>
    public Errno Put(ReadOnlySpan<byte> nulTerminatedName, Placing placing, out Libc.FileStatus written)
    {
        written = default;
        var errno = placing switch
        {
            Placing.Free => Libc.RenameToFree(_directory, _temporary, nulTerminatedName),
            Placing.Taken => Libc.ExchangeNames(_directory, _temporary, nulTerminatedName),
            _ => Libc.Rename(_directory, _temporary, nulTerminatedName),
        };
        // After an exchange the temporary name is that of the file that was there before.
        _isTemporary = errno != 0 || placing is Placing.Taken;
        return errno != 0 || placing is Placing.AnyCase ? errno : Libc.Status(_file, out written);
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            _ = Libc.Unlink(_directory, _temporary);
        }

        Libc.Close(_file);
    }
}
