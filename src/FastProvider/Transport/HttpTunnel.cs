using System;
using System.Security.Cryptography;
using System.Text;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>The method CONNECT of HTTP proxies (RFC 9110 section 9.3.6).</summary>
internal static class HttpTunnel
{
    private const int MaxAnswerBytes = 8 * 1024;

    /// <param name="proxy">Its credentials.</param>
    /// <param name="stream">A connection to it.</param>
    /// <param name="target">Host and port of the server.</param>
    /// <param name="deadline">When to give up.</param>
    public static ConnectionFault? Open(ProxyServer proxy, ByteStream stream, string target, Deadline deadline)
    {
        var authorization = proxy.BasicCredentials is null ? "" : $"Proxy-Authorization: Basic {proxy.BasicCredentials}\r\n";
        var request = Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n");
        var unsent = stream.Write(request, deadline);
        CryptographicOperations.ZeroMemory(request);
        return unsent ?? ReadAnswer(proxy, stream, deadline);
    }

    private static ConnectionFault? ReadAnswer(ProxyServer proxy, ByteStream stream, Deadline deadline)
    {
        Span<byte> answer = stackalloc byte[MaxAnswerBytes];
        for (var length = 0; length < answer.Length;)
        {
            if (stream.Read(answer[length..], deadline, out var count) is { } unread)
            {
                return unread;
            }

            if (count == 0)
            {
                return new ConnectionFault(FaultKind.Broken, "it closed the connection");
            }

            length += count;
            if (!HttpHead.CanBeginWith(answer[..length]))
            {
                return NoHttp();
            }

            var end = answer[..length].IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return HttpHead.TryRead(answer[..(end + 4)], out var head)
                    ? Judge(proxy, head.Status, isEnd: length == end + 4)
                    : NoHttp();
            }
        }

        return NoHttp();
    }

    private static ConnectionFault? Judge(ProxyServer proxy, int status, bool isEnd) => status switch
    {
        // The server behind the tunnel waits for our ClientHello, so it has sent nothing yet.
        >= 200 and < 300 =>
            isEnd ? null : new ConnectionFault(FaultKind.Untrusted, "it sent bytes before the TLS of the tunnel began"),
        407 => new ConnectionFault(FaultKind.Refused, proxy.HasLogin
            ? $"it does not accept the user and password of {proxy.Origin} (status 407)"
            : $"it wants a login (status 407); write USER:PASSWORD@ before the host in {proxy.Origin}, percent-encoded"),
        >= 500 => new ConnectionFault(FaultKind.Broken, $"it refuses the tunnel with status {status}"),
        _ => new ConnectionFault(FaultKind.Refused, $"it refuses the tunnel with status {status}"),
    };

    private static ConnectionFault NoHttp() => new(FaultKind.Untrusted, "it does not answer in HTTP");
}
