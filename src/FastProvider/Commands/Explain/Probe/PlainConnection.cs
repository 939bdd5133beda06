using System;
using FastProvider.Native;
using FastProvider.Transport;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// A connection without TLS, for an endpoint that registries.conf calls insecure. It lives here and not with
/// <see cref="TlsConnection"/>: nothing of a pull may speak in clear.
/// </summary>
/// <param name="fd">A connected, non-blocking socket, owned by the connection.</param>
internal sealed unsafe class PlainConnection(int fd) : ByteStream
{
    private bool _isClosed;

    /// <inheritdoc/>
    public override ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                var count = (int)Libc.write(fd, start + written, (nuint)(bytes.Length - written));
                if (count > 0)
                {
                    written += count;
                }
                else if (Libc.Errno is not (Libc.EAGAIN or Libc.EINTR))
                {
                    return Broken(Libc.Errno);
                }
                else if (!Libc.Wait(fd, Libc.POLLOUT, deadline.RemainingMs))
                {
                    return new ConnectionFault(FaultKind.Late, "it did not answer in time");
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
            if (deadline.IsOver || !Libc.Wait(fd, Libc.POLLIN, deadline.RemainingMs))
            {
                return new ConnectionFault(FaultKind.Late, "it did not answer in time");
            }

            var result = Libc.Read(fd, buffer);
            if (result >= 0)
            {
                count = result;
                return null;
            }

            if (result != -Libc.EAGAIN)
            {
                return Broken(-result);
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

    private static ConnectionFault Broken(int errno) => new(FaultKind.Broken, Libc.Explain(errno));
}
