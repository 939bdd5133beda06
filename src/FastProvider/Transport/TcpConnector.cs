using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>Connects to a host by the first of its addresses that answers.</summary>
internal static unsafe class TcpConnector
{
    /// <summary>
    /// A host with several addresses (dual stack, DNS round robin) must not spend the whole budget on a dead first one.
    /// </summary>
    private static readonly TimeSpan PerAddress = TimeSpan.FromSeconds(3);

    /// <param name="host">A name or an address literal, without brackets.</param>
    /// <param name="port">The TCP port.</param>
    /// <param name="deadline">When to give up.</param>
    public static ConnectionTry Connect(string host, int port, Deadline deadline)
    {
        if (HostLookup.Find(host, port, deadline, out var addresses) is { } unresolved)
        {
            return unresolved;
        }

        try
        {
            ConnectionFault? fault = null;
            for (var address = addresses; address is not null; address = address->Next)
            {
                fault = Connect(address, address->Next is null ? deadline : deadline.OrAfter(PerAddress), out var fd);
                if (fault is null)
                {
                    return new SocketStream(fd);
                }

                if (deadline.IsOver)
                {
                    return fault;
                }
            }

            return fault ?? new ConnectionFault(FaultKind.Unreachable, $"{host} has no address");
        }
        finally
        {
            Libc.freeaddrinfo(addresses);
        }
    }

    private static ConnectionFault? Connect(Libc.AddressInfo* address, Deadline deadline, out int fd)
    {
        fd = Libc.socket(address->Family, address->SocketType | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, address->Protocol);
        if (fd < 0)
        {
            var cause = Libc.Errno;
            return new ConnectionFault(
                cause is Errno.EMFILE or Errno.ENFILE ? FaultKind.Local : FaultKind.Unreachable,
                $"no socket: {cause.Words()}");
        }

        var errno = Libc.StartConnect(fd, address);
        if (errno == 0)
        {
            errno = Libc.Wait(fd, Libc.POLLOUT, deadline.RemainingMs) ? Libc.SocketError(fd) : Errno.ETIMEDOUT;
        }

        if (errno == 0)
        {
            return null;
        }

        Libc.Close(fd);
        fd = -1;
        var kind = errno == Errno.ETIMEDOUT && deadline.IsOver ? FaultKind.Late : FaultKind.Unreachable;
        return new ConnectionFault(kind, errno.Words());
    }
}
