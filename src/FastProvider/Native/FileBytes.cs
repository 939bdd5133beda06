using System;
using System.Buffers;
using System.Text;

namespace FastProvider.Native;

/// <summary>
/// Reads a whole file into pooled memory: regular files and /dev/null, and none over a bound. A FIFO is refused rather
/// than waited for: a pull must not hang on what somebody put in a configuration directory.
/// </summary>
internal static class FileBytes
{
    private const int FirstBufferBytes = 4096;

    /// <summary>Whether two paths lead to one file, through whatever links.</summary>
    public static bool IsSameFile(string path, string other)
    {
        int first = Libc.Open(Libc.AT_FDCWD, NulTerminated(path), Libc.O_RDONLY | Libc.O_NONBLOCK),
            second = Libc.Open(Libc.AT_FDCWD, NulTerminated(other), Libc.O_RDONLY | Libc.O_NONBLOCK);
        var isSame = first >= 0 && second >= 0 && Libc.Status(first, out var status) == 0
            && Libc.Status(second, out var otherStatus) == 0 && status.IsSameFile(otherStatus);
        if (first >= 0)
        {
            Libc.Close(first);
        }

        if (second >= 0)
        {
            Libc.Close(second);
        }

        return isSame;
    }

    /// <summary>Reads a file.</summary>
    /// <param name="nulTerminatedPath">UTF-8 with a final NUL.</param>
    /// <param name="maxBytes">More than this is a fault.</param>
    /// <param name="bytes">The content; dispose it to give the memory back. Empty on a fault.</param>
    public static FileFault Read(ReadOnlySpan<byte> nulTerminatedPath, int maxBytes, out PooledBytes bytes)
    {
        bytes = default;
        var fd = Libc.Open(Libc.AT_FDCWD, nulTerminatedPath, Libc.O_RDONLY | Libc.O_NONBLOCK);
        if (fd < 0)
        {
            // ENXIO: a socket, or a device that is not there.
            return Libc.ErrorOf(fd) == Errno.ENXIO ? FileFault.NotRegular : FileFault.Of(Libc.ErrorOf(fd));
        }

        try
        {
            return ReadOpen(fd, maxBytes, out bytes);
        }
        finally
        {
            Libc.Close(fd);
        }
    }

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, int, out PooledBytes)"/>
    public static FileFault Read(string path, int maxBytes, out PooledBytes bytes) =>
        Read(NulTerminated(path), maxBytes, out bytes);

    /// <summary>A path as the C library takes it.</summary>
    public static byte[] NulTerminated(string path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }

    private static FileFault ReadOpen(int fd, int maxBytes, out PooledBytes bytes)
    {
        bytes = default;
        var errno = Libc.Status(fd, out var status);
        if (errno != 0)
        {
            return FileFault.Of(errno);
        }

        // /dev/null is how people say "no configuration"; any other device ends at the bound.
        if (status.Kind is not (Libc.S_IFREG or Libc.S_IFCHR))
        {
            return FileFault.NotRegular;
        }

        if (status.SizeBytes > (ulong)maxBytes)
        {
            return FileFault.TooLarge;
        }

        // The files of /proc say that they are empty, so the end is where a read finds it.
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max((int)status.SizeBytes + 1, FirstBufferBytes));
        var length = 0;
        while (true)
        {
            var count = Libc.Read(fd, buffer.AsSpan(length));
            if (count < 0 || length + count > maxBytes)
            {
                new PooledBytes(buffer, length + Math.Max(count, 0)).Dispose();
                return count < 0 ? FileFault.Of(Libc.ErrorOf(count)) : FileFault.TooLarge;
            }

            length += count;
            if (count == 0 || status.SizeBytes > 0 && length < buffer.Length)
            {
                bytes = new PooledBytes(buffer, length);
                return default;
            }

            if (length == buffer.Length && length >= maxBytes)
            {
                // No larger buffer for what may only be the end.
                Span<byte> more = stackalloc byte[1];
                if (Libc.Read(fd, more) == 0)
                {
                    bytes = new PooledBytes(buffer, length);
                    return default;
                }

                new PooledBytes(buffer, length).Dispose();
                return FileFault.TooLarge;
            }

            if (length == buffer.Length)
            {
                buffer = Grow(buffer, Math.Min(2 * length, maxBytes));
            }
        }
    }

    private static byte[] Grow(byte[] buffer, int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        buffer.CopyTo(larger, 0);
        new PooledBytes(buffer, buffer.Length).Dispose();
        return larger;
    }
}

/// <summary>Why a file could not be read; the default value is that it could.</summary>
internal readonly record struct FileFault
{
    private const int NotRegularCode = -1, TooLargeCode = -2;

    private readonly int _code;

    private FileFault(int code) => _code = code;

    /// <summary>A directory, a FIFO, a socket, a disk.</summary>
    public static FileFault NotRegular => new(NotRegularCode);

    /// <summary>Over the reader's bound.</summary>
    public static FileFault TooLarge => new(TooLargeCode);

    public bool IsNone => _code == 0;

    /// <summary>Nothing is there; a file in place of a directory on the way counts as another fault.</summary>
    public bool IsMissing => _code == (int)Errno.ENOENT;

    public static FileFault Of(Errno errno) => new((int)errno);

    /// <summary>In words that follow the path: "cannot read PATH: ...".</summary>
    public override string ToString() => _code switch
    {
        NotRegularCode => "it is not a regular file",
        TooLargeCode => "it is too large",
        _ => ((Errno)_code).Words(),
    };
}
