using System;
using System.Globalization;
using System.Text;

namespace FastProvider.Documents;

/// <content>Scalars in quotes (YAML 1.2, chapters 5.7, 7.3.1 and 7.3.2).</content>
internal sealed partial class YamlReader
{
    // Where the closing quote is on the current line, -1 if it is not; verbatim means that there is nothing to decode.
    private int QuoteEnd(int start, out bool isVerbatim)
    {
        var quote = Bytes[start];
        isVerbatim = true;
        for (var index = start + 1; index < _end; index++)
        {
            var current = Bytes[index];
            if (current == quote && !(quote == '\'' && index + 1 < _end && Bytes[index + 1] == '\''))
            {
                return index;
            }

            // A backslash and a doubled single quote both take the character after them along.
            if (current == (quote == '"' ? '\\' : '\''))
            {
                isVerbatim = false;
                index++;
            }
        }

        return -1;
    }

    private Failure? QuotedKey(int start, out ReadOnlyMemory<byte> text, out int after)
    {
        if (QuoteEnd(start, out _) >= 0)
        {
            return Quoted(start, 0, out text, out after);
        }

        (text, after) = (default, _end);
        return Refuse("a quoted key does not end on its line");
    }

    private Failure? Quoted(int start, int leastIndent, out ReadOnlyMemory<byte> text, out int after)
    {
        var end = QuoteEnd(start, out var isVerbatim);
        if (end < 0 || !isVerbatim)
        {
            return Decode(start, leastIndent, out text, out after);
        }

        text = _document[(start + 1)..end];
        after = end + 1;
        return null;
    }

    private Failure? Decode(int start, int leastIndent, out ReadOnlyMemory<byte> text, out int after)
    {
        var line = _line;
        var isDouble = Bytes[start] == '"';
        var decoded = new DecodedText(_end - start);
        var at = start + 1;
        (text, after) = (default, at);
        while (true)
        {
            if (Part(isDouble, ref at, ref decoded, out var isClosed, out var isJoined) is { } failure)
            {
                return failure;
            }

            if (isClosed)
            {
                (text, after) = (decoded.Memory, at);
                return null;
            }

            if (Continue(leastIndent, false, "a quoted text does not end", line) is { } unended)
            {
                return unended;
            }

            if (isJoined)
            {
                decoded.AppendLineFeeds(_blankLines);
            }
            else
            {
                decoded.Fold(_blankLines);
            }

            at = _start;
        }
    }

    /// <summary>Decodes what stands on the current line, without white space before its end.</summary>
    /// <param name="isDouble">In double quotes.</param>
    /// <param name="at">From where; then after the closing quote, or at the end of the line.</param>
    /// <param name="decoded">Takes the text.</param>
    /// <param name="isClosed">Whether the closing quote was met.</param>
    /// <param name="isJoined">Whether a backslash before the end takes the line break away.</param>
    private Failure? Part(bool isDouble, ref int at, ref DecodedText decoded, out bool isClosed, out bool isJoined)
    {
        var kept = decoded.Length;
        (isClosed, isJoined) = (false, false);
        while (at < _end)
        {
            var current = Bytes[at++];
            if (current == '"' && isDouble)
            {
                isClosed = true;
                return null;
            }

            if (current == '\'' && !isDouble)
            {
                if (at >= _end || Bytes[at] != '\'')
                {
                    isClosed = true;
                    return null;
                }

                at++;
            }
            else if (current == '\\' && isDouble)
            {
                if (at == _end)
                {
                    isJoined = true;
                    return null;
                }

                if (!TryEscape(Bytes[at.._end], out var rune, out var extraBytes))
                {
                    return Refuse("an escape is not understood");
                }

                decoded.Append(rune);
                at += 1 + extraBytes;
                kept = decoded.Length;
                continue;
            }

            decoded.Append(current);
            if (current is not ((byte)' ' or (byte)'\t'))
            {
                kept = decoded.Length;
            }
        }

        decoded.Truncate(kept);
        return null;
    }

    private static bool TryEscape(ReadOnlySpan<byte> escape, out Rune rune, out int extraBytes)
    {
        extraBytes = escape[0] switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (extraBytes > 0)
        {
            rune = default;
            return escape.Length > extraBytes
                && uint.TryParse(escape.Slice(1, extraBytes), NumberStyles.AllowHexSpecifier, null, out var value)
                && Rune.TryCreate(value, out rune);
        }

        var code = escape[0] switch
        {
            (byte)'0' => 0,
            (byte)'a' => 7,
            (byte)'b' => 8,
            (byte)'t' or (byte)'\t' => 9,
            (byte)'n' => 10,
            (byte)'v' => 11,
            (byte)'f' => 12,
            (byte)'r' => 13,
            (byte)'e' => 27,
            (byte)' ' => ' ',
            (byte)'"' => '"',
            (byte)'/' => '/',
            (byte)'\\' => '\\',
            (byte)'N' => 0x85,
            (byte)'_' => 0xA0,
            (byte)'L' => 0x2028,
            (byte)'P' => 0x2029,
            _ => -1,
        };
        rune = new Rune(Math.Max(code, 0));
        return code >= 0;
    }
}
