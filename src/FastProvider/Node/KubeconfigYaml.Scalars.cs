using System;
using System.Globalization;
using System.Text;

namespace FastProvider.Node;

/// <summary>What stands on one line: keys, plain and quoted scalars (YAML 1.2, chapter 7.3).</summary>
internal sealed partial class KubeconfigYaml
{
    private bool IsSequenceEntry() => Bytes[_start] == '-' && EndsToken(_start + 1);

    private bool IsMappingEntry() => Bytes[_start] is (byte)'"' or (byte)'\''
        ? Quoted(_start, out _, out var after) is null && IsColon(SkipSpaces(after))
        : Bytes[_start] is not ((byte)'{' or (byte)'[') && PlainKeyEnd() >= 0;

    private Failure? Key(out ReadOnlyMemory<byte> key, out int valueStart)
    {
        int colon;
        key = default;
        valueStart = _end;
        if (Bytes[_start] is (byte)'"' or (byte)'\'')
        {
            if (Quoted(_start, out key, out var after) is { } failure)
            {
                return failure;
            }

            colon = SkipSpaces(after);
            if (!IsColon(colon))
            {
                return Refuse("a key and a colon are expected");
            }
        }
        else
        {
            colon = PlainKeyEnd();
            if (colon < 0)
            {
                return Refuse("a key and a colon are expected");
            }

            if (StartsUnread(_start) is { } unread)
            {
                return Refuse(unread);
            }

            key = _document[_start..TrimEnd(_start, colon)];
            if (key.Span.Contains((byte)'\t'))
            {
                // It ends the key if it follows a colon.
                return Refuse("a tab in a key");
            }
        }

        valueStart = SkipSpaces(colon + 1);
        return null;
    }

    // Reads the rest of the current line as one value and moves on.
    private Failure? Inline(int start, int parentIndent, out KubeconfigNode node)
    {
        node = new KubeconfigNode(KubeconfigNodeKind.Null, _line);
        var first = Bytes[start];
        switch (first)
        {
            case (byte)'"' or (byte)'\'':
                if (Quoted(start, out var text, out var after) is { } failure)
                {
                    return failure;
                }

                if (!IsBlankFrom(after))
                {
                    return Refuse("text after a closing quote");
                }

                node = new KubeconfigNode(KubeconfigNodeKind.Scalar, _line) { Text = text };
                return Advance();

            case (byte)'|' or (byte)'>':
                node = new KubeconfigNode(KubeconfigNodeKind.Unread, _line);
                return PassBlockScalar(start, parentIndent);

            case (byte)'{' or (byte)'[':
                return Flow(start, out node) ?? Advance();
        }

        if (StartsUnread(start) is { } unread)
        {
            return Refuse(unread);
        }

        var plain = _document[start..TrimEnd(start, CommentStart(start))];
        if (plain.Span.Contains((byte)'\t') || plain.Span.IndexOf(": "u8) >= 0 || plain.Span[^1] == ':')
        {
            return Refuse("a tab or a second colon in a plain text");
        }

        if (!IsNull(plain.Span))
        {
            node = new KubeconfigNode(KubeconfigNodeKind.Scalar, _line) { Text = plain };
        }

        return Advance();
    }

    // What a plain text may not begin with, and why it is not read; null if it may.
    private string? StartsUnread(int start) => Bytes[start] switch
    {
        (byte)'&' or (byte)'*' => "anchors and aliases are not read",
        (byte)'!' => "tags are not read",
        (byte)'?' or (byte)'-' or (byte)':' when EndsToken(start + 1) => "a key or a value is expected",
        (byte)',' or (byte)']' or (byte)'}' or (byte)'{' or (byte)'[' or (byte)'%' or (byte)'@' or (byte)'`' or (byte)'#'
            or (byte)'|' or (byte)'>' => "a plain text begins with a reserved character",
        _ => null,
    };

    private Failure? Quoted(int start, out ReadOnlyMemory<byte> text, out int after)
    {
        var quote = Bytes[start];
        var rest = Bytes[(start + 1).._end];
        var end = 0;
        var isPlain = true;
        while (end < rest.Length && (rest[end] != quote || (quote == '\'' && end + 1 < rest.Length && rest[end + 1] == '\'')))
        {
            // A backslash and a doubled single quote both take the character after them along.
            var isEscape = rest[end] == '\'' ? quote == '\'' : rest[end] == '\\' && quote == '"';
            isPlain &= !isEscape;
            end += isEscape ? 2 : 1;
        }

        after = Math.Min(start + 1 + end + 1, _end);
        text = default;
        if (end >= rest.Length)
        {
            return Refuse("a quoted text does not end on its line");
        }

        text = _document.Slice(start + 1, end);
        return isPlain ? null : Unescape(rest[..end], quote, out text);
    }

    private Failure? Unescape(ReadOnlySpan<byte> escaped, byte quote, out ReadOnlyMemory<byte> text)
    {
        // Twice the room, as \P and \L take two bytes and stand for three.
        var buffer = new byte[escaped.Length * 2];
        var length = 0;
        for (var index = 0; index < escaped.Length; index++)
        {
            var current = escaped[index];
            if (current != (quote == '"' ? (byte)'\\' : quote))
            {
                buffer[length++] = current;
                continue;
            }

            index++;
            if (quote == '\'')
            {
                buffer[length++] = quote;
                continue;
            }

            if (!TryEscape(escaped[index..], out var rune, out var extraBytes))
            {
                text = default;
                return Refuse("an escape is not understood");
            }

            length += rune.EncodeToUtf8(buffer.AsSpan(length));
            index += extraBytes;
        }

        text = buffer.AsMemory(0, length);
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

    private static bool IsNull(ReadOnlySpan<byte> plain) =>
        plain.SequenceEqual("~"u8) || plain.SequenceEqual("null"u8)
        || plain.SequenceEqual("Null"u8) || plain.SequenceEqual("NULL"u8);

    private int PlainKeyEnd()
    {
        var end = CommentStart(_start);
        for (var index = _start + 1; index < end; index++)
        {
            if (IsColon(index))
            {
                return index;
            }
        }

        return -1;
    }

    private bool IsColon(int index) => index < _end && Bytes[index] == ':' && EndsToken(index + 1);

    private bool EndsToken(int index) => index >= _end || Bytes[index] == ' ';

    private bool IsBlankFrom(int start)
    {
        var index = start;
        while (index < _end && Bytes[index] is (byte)' ' or (byte)'\t')
        {
            index++;
        }

        // A comment needs white space before it.
        return index >= _end || (Bytes[index] == '#' && index > 0 && Bytes[index - 1] is (byte)' ' or (byte)'\t');
    }

    private int CommentStart(int start)
    {
        var comment = Bytes[start.._end].IndexOf(" #"u8);
        return comment < 0 ? _end : start + comment;
    }

    private int SkipSpaces(int index)
    {
        while (index < _document.Length && Bytes[index] == ' ')
        {
            index++;
        }

        return index;
    }

    private int TrimEnd(int start, int end)
    {
        while (end > start && Bytes[end - 1] == ' ')
        {
            end--;
        }

        return end;
    }
}
