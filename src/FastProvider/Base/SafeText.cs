using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FastProvider.Base;

/// <summary>
/// One line for people, built as UTF-8 in pooled memory. Names in it come from tokens and Secrets that tenants write, so a
/// control character never gets through: it could forge a line or colour a terminal.
/// </summary>
internal sealed class SafeText
{
    private const int FirstBytes = 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>The line with its end; the line itself goes on without one.</summary>
    public ReadOnlySpan<byte> WithNewLine()
    {
        Free(1)[0] = (byte)'\n';
        return _bytes.AsSpan(0, Length + 1);
    }

    /// <summary>Begins anew, with the memory that it has.</summary>
    public void Clear() => Length = 0;

    /// <summary>Goes on in another line, where a text of several is built.</summary>
    public SafeText EndLine()
    {
        Free(1)[0] = (byte)'\n';
        Length++;
        return this;
    }

    public SafeText Append(ReadOnlySpan<byte> utf8)
    {
        var free = Free(utf8.Length);
        utf8.CopyTo(free);
        Length += Sanitise(free[..utf8.Length]);
        return this;
    }

    public SafeText Append(string text)
    {
        var free = Free(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Sanitise(free[..Encoding.UTF8.GetBytes(text, free)]);
        return this;
    }

    public SafeText Append(long number)
    {
        Utf8Formatter.TryFormat(number, Free(20), out var count);
        Length += count;
        return this;
    }

    /// <summary>Milliseconds with two digits after the point.</summary>
    public SafeText AppendMs(TimeSpan time)
    {
        var hundredths = time.Ticks / (TimeSpan.TicksPerMillisecond / 100);
        Append(hundredths / 100);
        Append("."u8);
        if (hundredths % 100 < 10)
        {
            Append("0"u8);
        }

        return Append(hundredths % 100).Append(" ms"u8);
    }

    /// <summary>The start of a text in UTF-8, not in the midst of a character.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length <= maxBytes)
        {
            return utf8;
        }

        while (maxBytes > 0 && (utf8[maxBytes] & 0xC0) == 0x80)
        {
            maxBytes--;
        }

        return utf8[..maxBytes];
    }

    private Span<byte> Free(int count)
    {
        if (Length + count > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Math.Max(FirstBytes, 2 * _bytes.Length)));
            Bytes.CopyTo(larger);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        return _bytes.AsSpan(Length, count);
    }

    /// <summary>
    /// Makes a question mark of each character that could forge a line, colour a terminal or turn the text around: the controls,
    /// the separators of lines and paragraphs, what directs writing from right to left (Unicode, UAX 9), and bytes that are no
    /// UTF-8.
    /// </summary>
    /// <returns>How many bytes are left.</returns>
    private static int Sanitise(Span<byte> added)
    {
        var first = added.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        if (first < 0)
        {
            return added.Length;
        }

        var kept = first;
        for (var i = first; i < added.Length;)
        {
            var isText = Rune.DecodeFromUtf8(added[i..], out var rune, out var count) is OperationStatus.Done
                && !IsDangerous(rune.Value);
            if (isText)
            {
                added.Slice(i, count).CopyTo(added[kept..]);
                kept += count;
            }
            else
            {
                added[kept++] = (byte)'?';
            }

            i += count;
        }

        return kept;
    }

    private static bool IsDangerous(int codePoint) => codePoint is < 0x20 or (>= 0x7F and < 0xA0)
        or 0x61C or 0x200E or 0x200F or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
