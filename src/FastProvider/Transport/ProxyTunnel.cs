using System;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// Asks an HTTP proxy for a tunnel (RFC 9110 section 9.3.6). TLS then runs end to end: the proxy sees the server's name,
/// never the token.
/// </summary>
internal static class ProxyTunnel
{
    private const int MaxAnswerBytes = 8 * 1024;

    /// <summary>Connects to a host through the proxy.</summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="host">A name or a literal without brackets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="fd">A connected, non-blocking socket whose other end is the host; the caller closes it.</param>
    public static ConnectionFault? Connect(HttpProxy proxy, string host, int port, Deadline deadline, out int fd)
    {
        if (TcpConnector.Connect(proxy.Host, proxy.Port, deadline, out fd) is { } unreached)
        {
            return new ConnectionFault(unreached.Kind, $"proxy {proxy}: {unreached.What}");
        }

        if (Open(fd, proxy, host, port, deadline) is { } refused)
        {
            Libc.Close(fd);
            return refused;
        }

        return null;
    }

    /// <param name="fd">A connected, non-blocking socket to the proxy.</param>
    /// <param name="proxy">Its credentials.</param>
    /// <param name="host">The server, as a name or a literal without brackets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="deadline">When to give up.</param>
    private static ConnectionFault? Open(int fd, HttpProxy proxy, string host, int port, Deadline deadline)
    {
        var target = ServerUrl.Format(host, port);
        var authorization = proxy.BasicCredentials is null ? "" : $"Proxy-Authorization: Basic {proxy.BasicCredentials}\r\n";
        var request = Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");

        // A fresh socket's buffer takes these few bytes at once.
        var errno = Libc.WriteAll(fd, request);
        Array.Clear(request);
        return errno != 0
            ? new ConnectionFault(FaultKind.Broken, $"proxy {proxy}: {Libc.Explain(errno)}")
            : ReadAnswer(fd, proxy, deadline);
    }

    /// <summary>Byte by byte at its end: what follows the empty line belongs to TLS.</summary>
    private static ConnectionFault? ReadAnswer(int fd, HttpProxy proxy, Deadline deadline)
    {
        Span<byte> answer = stackalloc byte[MaxAnswerBytes];
        var length = 0;
        while (length < answer.Length)
        {
            if (!Libc.Wait(fd, Libc.POLLIN, deadline.RemainingMs))
            {
                return new ConnectionFault(FaultKind.Late, $"proxy {proxy} did not answer in time");
            }

            var count = Libc.Read(fd, answer.Slice(length, 1));
            if (count == -Libc.EAGAIN)
            {
                continue;
            }

            if (count <= 0)
            {
                return new ConnectionFault(FaultKind.Broken, $"proxy {proxy} closed the connection");
            }

            length += count;
            if (!HttpHead.CanBeginWith(answer[..length]))
            {
                break;
            }

            if (!answer[..length].EndsWith("\r\n\r\n"u8))
            {
                continue;
            }

            return !HttpHead.TryRead(answer[..length], out var head)
                ? new ConnectionFault(FaultKind.Untrusted, $"proxy {proxy} does not answer in HTTP")
                : head.Status is >= 200 and < 300 ? null
                : new ConnectionFault(
                    head.Status >= 500 ? FaultKind.Broken : FaultKind.Untrusted,
                    $"proxy {proxy} refuses the tunnel with status {head.Status}");
        }

        return new ConnectionFault(FaultKind.Untrusted, $"proxy {proxy} does not answer in HTTP");
    }
}
