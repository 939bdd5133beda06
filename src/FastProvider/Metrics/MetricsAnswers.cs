using System;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Metrics;

/// <summary>The answers of the server of metrics, each with its head (RFC 9112).</summary>
/// <param name="text">The metrics.</param>
internal sealed class MetricsAnswers(AgentMetricsText text)
{
    private readonly SafeText _scratch = new();

    /// <summary>The answer of a status.</summary>
    /// <param name="status">As <see cref="MetricsRequest"/> has it.</param>
    /// <param name="wantsHead">Only its head, which says how long the rest would be.</param>
    public byte[] Of(int status, bool wantsHead)
    {
        if (status == 200)
        {
            text.WriteTo(_scratch);
        }

        return status switch
        {
            200 => Whole("200 OK", "text/plain; version=0.0.4; charset=utf-8", _scratch.Bytes, wantsHead),
            404 => Whole("404 Not Found", "text/plain", "There is GET /metrics.\n"u8, wantsHead),
            405 => Whole("405 Method Not Allowed\r\nAllow: GET, HEAD", "text/plain", "There is GET /metrics.\n"u8, wantsHead),
            _ => Whole("400 Bad Request", "text/plain", "No request that can be read.\n"u8, wantsHead),
        };
    }

    private static byte[] Whole(string status, string type, ReadOnlySpan<byte> body, bool wantsHead)
    {
        var head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        body = wantsHead ? default : body;
        var whole = new byte[head.Length + body.Length];
        Encoding.ASCII.GetBytes(head, whole);
        body.CopyTo(whole.AsSpan(head.Length));
        return whole;
    }
}
