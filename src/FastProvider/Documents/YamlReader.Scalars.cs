using System;

namespace FastProvider.Documents;

/// <content>Keys and plain scalars (YAML 1.2, chapter 7.3.3), and which style a value has.</content>
internal sealed partial class YamlReader
{
    private const string KeyExpected = "a key and a colon are expected";
    private const string Repeated = "the key is there twice";

    private bool IsSequenceEntry() => Bytes[_start] == '-' && EndsToken(_start + 1);

    private bool IsMappingEntry() => Bytes[_start] is (byte)'"' or (byte)'\''
        ? QuoteEnd(_start, out _) is var end and >= 0 && IsColon(SkipSpaces(end + 1))
        : Bytes[_start] is not ((byte)'{' or (byte)'[') && PlainKeyEnd() >= 0;

    private Failure? Key(out ReadOnlyMemory<byte> key, out int valueStart)
    {
        int colon;
        key = default;
        valueStart = _end;
        if (Bytes[_start] is (byte)'"' or (byte)'\'')
        {
            if (QuotedKey(_start, out key, out var after) is { } failure)
            {
                return failure;
            }

            colon = SkipSpaces(after);
            if (!IsColon(colon))
            {
                return Refuse(KeyExpected);
            }
        }
        else
        {
            colon = PlainKeyEnd();
            if (colon < 0)
            {
                return Refuse(KeyExpected);
            }

            if ((StartsUnread(_start) ?? StartsWithColon()) is { } unread)
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

    private Failure? CheckKey(ReadOnlyMemory<byte> key) =>
        key.Span.SequenceEqual("<<"u8) ? Refuse("merge keys are not read") : null;

    private Failure? CheckRepeated(DocumentNode mapping) =>
        mapping.FindRepeated() is { } repeated ? Refuse(Repeated, repeated.Line) : null;

    // Reads a value that begins on the current line and moves on.
    private Failure? Inline(int start, int parentIndent, int level, out DocumentNode node)
    {
        var line = _line;
        node = new DocumentNode(DocumentNodeKind.Null, line);
        var first = Bytes[start];
        switch (first)
        {
            case (byte)'"' or (byte)'\'':
                if (Quoted(start, parentIndent + 1, out var text, out var after) is { } failure)
                {
                    return failure;
                }

                if (!IsBlankFrom(after))
                {
                    return Refuse("text after a closing quote");
                }

                node = new DocumentNode(DocumentNodeKind.Scalar, line) { Text = text, IsQuoted = true };
                return Advance();

            case (byte)'|' or (byte)'>':
                return BlockScalar(start, parentIndent, out node);

            case (byte)'{' or (byte)'[':
                return Flow(start, parentIndent, level, out node);
        }

        if (StartsUnread(start) is { } unread)
        {
            return Refuse(unread);
        }

        if ((Plain(start, out var plain, out var isEnded) ?? Advance()) is { } bad)
        {
            return bad;
        }

        if (!isEnded && !_passedComment && !_atEnd && _indent > parentIndent)
        {
            return PlainOverLines(plain, parentIndent, line, out node);
        }

        node = PlainNode(plain, line);
        return null;
    }

    // The part of a plain text that stands on the current line; a comment after it ends the text.
    private Failure? Plain(int start, out ReadOnlyMemory<byte> plain, out bool isEnded)
    {
        var end = CommentStart(start);
        isEnded = end < _end;
        plain = _document[start..TrimEnd(start, end)];
        return plain.Span.Contains((byte)'\t') || plain.Span.IndexOf(": "u8) >= 0 || plain.Span[^1] == ':'
            ? Refuse("a tab or a second colon in a plain text")
            : null;
    }

    private Failure? PlainOverLines(ReadOnlyMemory<byte> first, int parentIndent, int line, out DocumentNode node)
    {
        node = new DocumentNode(DocumentNodeKind.Null, line);
        var text = new DecodedText(2 * first.Length);
        text.Append(first.Span);
        var isEnded = false;
        while (!isEnded && !_passedComment && !_atEnd && _indent > parentIndent)
        {
            text.Fold(_blankLines);
            if (Plain(_start, out var part, out isEnded) is { } failure)
            {
                return failure;
            }

            text.Append(part.Span);
            if (Advance() is { } unread)
            {
                return unread;
            }
        }

        node = new DocumentNode(DocumentNodeKind.Scalar, line) { Text = text.Memory };
        return null;
    }

    private static DocumentNode PlainNode(ReadOnlyMemory<byte> plain, int line) => IsNull(plain.Span)
        ? new DocumentNode(DocumentNodeKind.Null, line)
        : new DocumentNode(DocumentNodeKind.Scalar, line) { Text = plain };

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

    // Readers differ about it on the line after a closing bracket: it may belong to that.
    private string? StartsWithColon() => Bytes[_start] == ':' ? "a key or a document begins with a colon" : null;

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
