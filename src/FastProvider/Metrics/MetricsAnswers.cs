using System;
using System.Text;
using FastProvider.Base;

namespace FastProvider.Metrics;

/// <summary>The answers of the server of metrics, each with its head (RFC 9112).</summary>
/// <param name="text">The metrics.</param>
internal sealed class MetricsAnswers(AgentMetricsText text)
{
    private readonly SafeText _scratch = new();

    /// <summary>The whole answer of a status.</summary>
    public byte[] Of(int status)
    {
        if (status == 200)
        {
            text.WriteTo(_scratch);
            return Whole("200 OK", "text/plain; version=0.0.4; charset=utf-8", _scratch.Bytes);
        }

        return status == 404
            ? Whole("404 Not Found", "text/plain", "There is GET /metrics.\n"u8)
            : Whole("400 Bad Request", "text/plain", "No request that can be read.\n"u8);
    }

    private static byte[] Whole(string status, string type, ReadOnlySpan<byte> body)
    {
        var head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
        var whole = new byte[head.Length + body.Length];
        Encoding.ASCII.GetBytes(head, whole);
        body.CopyTo(whole.AsSpan(head.Length));
        return whole;
    }
}
