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

    /// <summary>How long the server asks to wait, or null. A date instead of seconds counts as absent, so does a sign.</summary>
    public TimeSpan? RetryAfter;

    /// <summary>The server's clock, in UTC; null if it does not say, or not as RFC 9110 section 5.6.7 wants it.</summary>
    public DateTime? Date;

    /// <summary>These have no body, whatever the header says (RFC 9112 section 6.3).</summary>
    public readonly bool HasNoBody => Status is 204 or 304 or (>= 100 and < 200);

    /// <summary>
    /// Whether an answer may begin with these bytes, so far as they go: a peer of another protocol need not be heard to its end,
    /// which may never come.
    /// </summary>
    public static bool CanBeginWith(ReadOnlySpan<byte> bytes)
    {
        var version = "HTTP/1."u8;
        return bytes.Length <= version.Length
            ? version.StartsWith(bytes)
            : bytes.StartsWith(version) && char.IsAsciiDigit((char)bytes[7]) && (bytes.Length < 9 || bytes[8] is (byte)' ');
    }

    /// <summary>
    /// Reads a header section, to the letter of RFC 9112: what two readers may take differently (lone line feeds, folded lines,
    /// a space before a colon, a sign before a length, a length that is there twice or beside chunks) is refused, as the one
    /// who reads it otherwise may be the proxy in between.
    /// </summary>
    /// <param name="section">From the status line to the empty line, which is included.</param>
    /// <param name="head">The head.</param>
    /// <returns>False if this is not HTTP/1, or its framing contradicts itself.</returns>
    public static bool TryRead(ReadOnlySpan<byte> section, out HttpHead head)
    {
        head = new HttpHead { ContentLength = -1 };
        if (!TryTakeLine(ref section, out var line)
            || !CanBeginWith(line) || line.Length < 12 || line.Length > 12 && line[12] is not (byte)' '
            || !TryReadDigits(line.Slice(9, 3), out var status) || status < 100)
        {
            return false;
        }

        head.Status = (int)status;
        head.ClosesAfter = line[7] is (byte)'0';
        while (true)
        {
            if (!TryTakeLine(ref section, out var field))
            {
                return false;
            }

            if (field.IsEmpty)
            {
                break;
            }

            var colon = field.IndexOf((byte)':');
            if (colon <= 0 || !IsToken(field[..colon]) || !head.Take(field[..colon], field[(colon + 1)..].Trim(" \t"u8)))
            {
                return false;
            }
        }

        if (head.IsChunked)
        {
            // RFC 9112 section 6.1: chunks are not of HTTP/1.0; section 6.3: with a length beside them two readers may see two
            // bodies.
            return head.ContentLength < 0 && line[7] is not (byte)'0';
        }

        if (head.ContentLength < 0 && !head.HasNoBody)
        {
            head.ClosesAfter = true;
        }

        return true;
    }

    private bool Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (Is(name, "content-length"u8))
        {
            var isFirst = ContentLength < 0;
            var isLength = TryReadDigits(value, out var length) && length <= long.MaxValue;
            ContentLength = (long)length;
            return isFirst && isLength;
        }

        if (Is(name, "transfer-encoding"u8))
        {
            var isFirst = !IsChunked;
            IsChunked = Is(value, "chunked"u8);
            return isFirst && IsChunked;
        }

        if (Is(name, "connection"u8))
        {
            ClosesAfter |= Lists(value, "close"u8);
        }
        else if (Is(name, "content-type"u8))
        {
            var semicolon = value.IndexOf((byte)';');
            IsJson = Is(semicolon < 0 ? value : value[..semicolon].TrimEnd((byte)' '), "application/json"u8);
        }
        else if (Is(name, "content-encoding"u8))
        {
            IsEncoded |= !Is(value, "identity"u8);
        }
        else if (Is(name, "date"u8))
        {
            // 'R' is the form of RFC 1123.
            Date = Utf8Parser.TryParse(value, out DateTimeOffset date, out var length, 'R') && length == value.Length
                ? date.UtcDateTime
                : null;
        }
        else if (Is(name, "retry-after"u8) && TryReadDigits(value, out var seconds))
        {
            RetryAfter = TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
        }

        return true;
    }

    private static bool Is(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> lowerCase) =>
        Ascii.EqualsIgnoreCase(actual, lowerCase);

    private static bool Lists(ReadOnlySpan<byte> value, ReadOnlySpan<byte> lowerCase)
    {
        foreach (var range in value.Split((byte)','))
        {
            if (Is(value[range].Trim(" \t"u8), lowerCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Digits alone, no sign; a number beyond all bounds is the largest.</summary>
    private static bool TryReadDigits(ReadOnlySpan<byte> text, out ulong number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            var value = (ulong)(digit - '0');
            number = number > (ulong.MaxValue - value) / 10 ? ulong.MaxValue : (number * 10) + value;
        }

        return !text.IsEmpty;
    }

    private static bool IsToken(ReadOnlySpan<byte> name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)character) && "!#$%&'*+-.^_`|~"u8.IndexOf(character) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Cuts a line off that ends in CR and LF and holds no other control character than tabs (RFC 9110 section 5.5).
    /// </summary>
    private static bool TryTakeLine(ref ReadOnlySpan<byte> section, out ReadOnlySpan<byte> line)
    {
        for (var end = 0; end < section.Length; end++)
        {
            if (section[end] is < (byte)' ' and not (byte)'\t' or 0x7F)
            {
                line = section[..end];
                var isEnd = section[end..].StartsWith("\r\n"u8);
                section = isEnd ? section[(end + 2)..] : default;
                return isEnd;
            }
        }

        line = default;
        return false;
    }
}
