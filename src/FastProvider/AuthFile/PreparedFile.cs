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
/// A whole auth file under a temporary name (<see cref="AuthDirectory.Prepare(ReadOnlySpan{byte})"/>), locked as that of a live
/// run is.
/// </summary>
/// <param name="directory">The open directory.</param>
/// <param name="temporary">Its name there, with a NUL behind it.</param>
/// <param name="file">The open file.</param>
internal sealed class PreparedFile(int directory, byte[] temporary, int file) : IDisposable
{
    private bool _isTemporary = true;

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
            Placing.Free => Libc.RenameToFree(directory, temporary, nulTerminatedName),
            Placing.Taken => Libc.ExchangeNames(directory, temporary, nulTerminatedName),
            _ => Libc.Rename(directory, temporary, nulTerminatedName),
        };
        // After an exchange the temporary name is that of the file that was there before.
        _isTemporary = errno != 0 || placing is Placing.Taken;
        return errno != 0 || placing is Placing.AnyCase ? errno : Libc.Status(file, out written);
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            _ = Libc.Unlink(directory, temporary);
        }

        Libc.Close(file);
    }
}
