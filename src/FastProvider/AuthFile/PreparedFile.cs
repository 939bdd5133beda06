using System;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// A whole auth file under a temporary name (<see cref="AuthDirectory.Prepare"/>), locked as that of a live run is.
/// </summary>
/// <param name="directory">The open directory.</param>
/// <param name="temporary">Its name there, with a NUL behind it.</param>
/// <param name="file">The open file.</param>
internal sealed class PreparedFile(int directory, byte[] temporary, int file) : IDisposable
{
    private bool _isPut;

    /// <summary>Puts it under a name that is free.</summary>
    /// <param name="nulTerminatedName">The name that CRI-O looks for.</param>
    /// <param name="written">The file.</param>
    /// <returns>None, or the error number; EEXIST if a file has the name.</returns>
    public Errno Put(ReadOnlySpan<byte> nulTerminatedName, out Libc.FileStatus written)
    {
        written = default;
        var errno = Libc.RenameToFree(directory, temporary, nulTerminatedName);
        _isPut = errno == 0;
        return errno == 0 ? Libc.Status(file, out written) : errno;
    }

    public void Dispose()
    {
        if (!_isPut)
        {
            _ = Libc.Unlink(directory, temporary);
        }

        Libc.Close(file);
    }
}
