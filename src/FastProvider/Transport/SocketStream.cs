using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>A TCP connection as it is. What a pull sends goes over TLS, so to it this is only what lies below.</summary>
/// <param name="fd">A connected, non-blocking socket, owned by the stream.</param>
internal sealed unsafe class SocketStream(int fd) : ByteStream
{
    private bool _isClosed;

    /// <summary>The socket.</summary>
    public int Fd => fd;

    /// <inheritdoc/>
    public override bool HasInput => Libc.Wait(fd, Libc.POLLIN, 0);

    /// <inheritdoc/>
    public override ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                // Not only where it waits: a peer that always takes a little more never lets a wait run out.
                if (deadline.IsOver)
                {
                    return Late("it did not take the request in time");
                }

                var count = (int)Libc.write(fd, start + written, (nuint)(bytes.Length - written));
                if (count > 0)
                {
                    written += count;
                }
                else if (Libc.Errno is not (Errno.EAGAIN or Errno.EINTR))
                {
                    return Broken(Libc.Errno);
                }
                else if (!Libc.Wait(fd, Libc.POLLOUT, deadline.RemainingMs))
                {
                    return Late("it did not take the request in time");
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override ConnectionFault? Read(Span<byte> buffer, Deadline deadline, out int count)
    {
        while (true)
        {
            count = 0;
            if (deadline.IsOver)
            {
                // A peer that never pauses never lets the wait below run out.
                return Late("it did not come to an end in time");
            }

            var result = Libc.Read(fd, buffer);
            if (result >= 0)
            {
                count = result;
                return null;
            }

            if (Libc.ErrorOf(result) != Errno.EAGAIN)
            {
                return Broken(Libc.ErrorOf(result));
            }

            if (!Libc.Wait(fd, Libc.POLLIN, deadline.RemainingMs))
            {
                return Late("it did not answer in time");
            }
        }
    }

    public override void Dispose()
    {
        if (!_isClosed)
        {
            _isClosed = true;
            Libc.Close(fd);
        }
    }

    private static ConnectionFault Late(string what) => new(FaultKind.Late, what);

    private static ConnectionFault Broken(Errno errno) => new(FaultKind.Broken, errno.Words());
}
