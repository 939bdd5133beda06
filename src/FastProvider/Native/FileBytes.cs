using System;
using System.Buffers;
using System.Text;

namespace FastProvider.Native;

/// <summary>Reads a whole file into pooled memory: regular files only, and none over a bound.</summary>
internal static class FileBytes
{
    /// <summary>
    /// Reads <paramref name="path"/>. A FIFO or a device is refused rather than waited for: a pull must not hang on what
    /// somebody put in a configuration directory.
    /// </summary>
    /// <param name="path">An absolute path.</param>
    /// <param name="maxBytes">More than this is an error.</param>
    /// <param name="missingIsEmpty">No such file is no error then: <paramref name="bytes"/> stays empty.</param>
    /// <param name="bytes">The content; dispose it to give the memory back.</param>
    public static Failure? Read(string path, int maxBytes, bool missingIsEmpty, out PooledBytes bytes)
    {
        bytes = default;
        var fd = Libc.Open(Libc.AT_FDCWD, NulTerminated(path), Libc.O_RDONLY | Libc.O_NONBLOCK);
        if (fd == -Libc.ENOENT && missingIsEmpty)
        {
            return null;
        }

        if (fd < 0)
        {
            return new Failure($"cannot read {path}: {Libc.Explain(-fd)}");
        }

        try
        {
            return Read(fd, path, maxBytes, out bytes);
        }
        finally
        {
            Libc.Close(fd);
        }
    }

    /// <summary>A path as the C library takes it.</summary>
    public static byte[] NulTerminated(string path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }

    private static Failure? Read(int fd, string path, int maxBytes, out PooledBytes bytes)
    {
        bytes = default;
        if (Libc.Status(fd, out var status) is not 0 and var errno)
        {
            return new Failure($"cannot read {path}: {Libc.Explain(errno)}");
        }

        if (status.Kind != Libc.S_IFREG)
        {
            return new Failure($"cannot read {path}: it is not a regular file");
        }

        if (status.SizeBytes > (ulong)maxBytes)
        {
            return new Failure($"cannot read {path}: {status.SizeBytes} bytes, more than the {maxBytes} that are taken");
        }

        // One byte more than the size: the read that finds the end needs no second buffer.
        var buffer = ArrayPool<byte>.Shared.Rent((int)status.SizeBytes + 1);
        var length = 0;
        while (length < buffer.Length)
        {
            var count = Libc.Read(fd, buffer.AsSpan(length));
            if (count < 0)
            {
                new PooledBytes(buffer, length).Dispose();
                return new Failure($"cannot read {path}: {Libc.Explain(-count)}");
            }

            if (count == 0)
            {
                break;
            }

            length += count;
        }

        bytes = new PooledBytes(buffer, length);
        return null;
    }
}
