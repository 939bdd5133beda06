using System;
using System.Buffers;

namespace FastProvider.Metrics;

/// <summary>What a client asks for: of HTTP/1.1 as much as a scrape needs.</summary>
internal static class MetricsRequest
{
    /// <summary>Far more than a scrape sends.</summary>
    public const int MaxBytes = 8 * 1024;

    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    /// <summary>Reads a request's head, which may have come in any pieces.</summary>
    /// <param name="received">What has come so far.</param>
    /// <param name="wantsHead">The head of the answer is wanted, without what follows it (RFC 9110 section 9.3.2).</param>
    /// <returns>
    /// The status of the answer: 200 for the metrics, 404, 405, or 400; null as long as the head has not ended.
    /// </returns>
    public static int? StatusOf(in ReadOnlySequence<byte> received, out bool wantsHead)
    {
        wantsHead = false;
        var reader = new SequenceReader<byte>(received);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> head, EndOfHead))
        {
            return received.Length > MaxBytes ? 400 : null;
        }

        var lines = new SequenceReader<byte>(head);
        if (!lines.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            line = head;
        }

        return line.Length > MaxBytes || head.Length > MaxBytes ? 400 : OfLine(line, out wantsHead);
    }

    /// <summary>Method, target, version (RFC 9112 section 3).</summary>
    private static int OfLine(in ReadOnlySequence<byte> line, out bool wantsHead)
    {
        wantsHead = false;
        var reader = new SequenceReader<byte>(line);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> method, (byte)' ')
            || !reader.TryReadTo(out ReadOnlySequence<byte> target, (byte)' ')
            || method.IsEmpty || target.IsEmpty || !IsVersion(reader.UnreadSequence))
        {
            return 400;
        }

        wantsHead = Is(method, "HEAD"u8);
        return !Is(target, "/metrics"u8) && !IsMetricsWithQuery(target) ? 404 : wantsHead || Is(method, "GET"u8) ? 200 : 405;
    }

    /// <summary>Prometheus may be set up with parameters; they mean nothing here.</summary>
    private static bool IsMetricsWithQuery(in ReadOnlySequence<byte> target)
    {
        var reader = new SequenceReader<byte>(target);
        return reader.IsNext("/metrics?"u8);
    }

    private static bool IsVersion(in ReadOnlySequence<byte> bytes) => Is(bytes, "HTTP/1.1"u8) || Is(bytes, "HTTP/1.0"u8);

    private static bool Is(in ReadOnlySequence<byte> bytes, ReadOnlySpan<byte> text)
    {
        var reader = new SequenceReader<byte>(bytes);
        return bytes.Length == text.Length && reader.IsNext(text);
    }
}
