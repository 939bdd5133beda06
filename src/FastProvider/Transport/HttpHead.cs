using System;
using System.Buffers.Text;
using System.Text;

namespace FastProvider.Transport;

/// <summary>Status and framing of one HTTP/1.1 answer (RFC 9112), and nothing else of its header.</summary>
internal struct HttpHead
{
    public int Status;

    /// <summary>Bytes of the body, or -1 when the header does not say.</summary>
    public long ContentLength;

    public bool IsChunked;

    /// <summary>The connection cannot carry another answer.</summary>
    public bool ClosesAfter;

    /// <summary>application/json, with or without parameters.</summary>
    public bool IsJson;

    /// <summary>The body is compressed, although nobody asked for it.</summary>
    public bool IsEncoded;

    /// <summary>How long the server asks to wait, or null. A date instead of seconds counts as absent.</summary>
    public TimeSpan? RetryAfter;

    /// <summary>These have no body, whatever the header says (RFC 9112 section 6.3).</summary>
    public readonly bool HasNoBody => Status is 204 or 304 or (>= 100 and < 200);

    /// <summary>Reads a header section.</summary>
    /// <param name="section">From the status line to the empty line, which is included.</param>
    /// <param name="head">The head.</param>
    /// <returns>False if this is not HTTP/1, or its framing contradicts itself.</returns>
    public static bool TryRead(ReadOnlySpan<byte> section, out HttpHead head)
    {
        head = new HttpHead { ContentLength = -1 };
        var line = TakeLine(ref section);
        if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || line[8] is not (byte)' ' || line.Length > 12 && line[12] is not (byte)' '
            || !Utf8Parser.TryParse(line.Slice(9, 3), out head.Status, out var digits) || digits != 3 || head.Status < 100)
        {
            return false;
        }

        head.ClosesAfter = line[7] is (byte)'0';
        while (!section.IsEmpty)
        {
            line = TakeLine(ref section);
            if (line.IsEmpty)
            {
                break;
            }

            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || !head.Take(line[..colon], line[(colon + 1)..].Trim(" \t"u8)))
            {
                return false;
            }
        }

        if (head.IsChunked)
        {
            // RFC 9112 section 6.3: the chunks decide; what follows on such a connection is not trusted.
            head.ClosesAfter |= head.ContentLength >= 0;
            head.ContentLength = -1;
        }
        else if (head.ContentLength < 0 && !head.HasNoBody)
        {
            head.ClosesAfter = true;
        }

        return true;
    }

    private bool Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, "content-length"u8))
        {
            var known = ContentLength;
            return Utf8Parser.TryParse(value, out ContentLength, out var used) && used == value.Length && ContentLength >= 0
                && (known < 0 || known == ContentLength);
        }

        if (Is(name, "transfer-encoding"u8))
        {
            IsChunked = Is(value, "chunked"u8);
            return IsChunked;
        }

        if (Is(name, "connection"u8))
        {
            ClosesAfter |= Is(value, "close"u8);
        }
        else if (Is(name, "content-type"u8))
        {
            var semicolon = value.IndexOf((byte)';');
            IsJson = Is(semicolon < 0 ? value : value[..semicolon].TrimEnd((byte)' '), "application/json"u8);
        }
        else if (Is(name, "content-encoding"u8))
        {
            IsEncoded = !Is(value, "identity"u8);
        }
        else if (Is(name, "retry-after"u8)
            && Utf8Parser.TryParse(value, out int seconds, out var used) && used == value.Length && seconds >= 0)
        {
            RetryAfter = TimeSpan.FromSeconds(seconds);
        }

        return true;
    }

    private static bool Is(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> lowerCase) =>
        Ascii.EqualsIgnoreCase(actual, lowerCase);

    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> section)
    {
        var end = section.IndexOf((byte)'\n');
        var line = end < 0 ? section : section[..end];
        section = end < 0 ? default : section[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }
}
