using System;

namespace FastProvider.Documents;

/// <content>Flow collections, on one line or several (YAML 1.2, chapter 7.4).</content>
internal sealed partial class YamlReader
{
    /// <summary>Reads one and moves on.</summary>
    /// <param name="start">Where the bracket stands.</param>
    /// <param name="parentIndent">The indentation of the mapping or sequence around it, -1 for none.</param>
    /// <param name="level">How deep it is nested.</param>
    /// <param name="node">The mapping or sequence.</param>
    private Failure? Flow(int start, int parentIndent, int level, out DocumentNode node)
    {
        var at = start;
        return FlowCollection(ref at, parentIndent + 1, level, out node)
            ?? (IsBlankFrom(at) ? Advance() : Refuse("text after a flow collection"));
    }

    private Failure? FlowCollection(ref int at, int leastIndent, int level, out DocumentNode collection)
    {
        var line = _line;
        var isMapping = Bytes[at] == '{';
        var close = isMapping ? (byte)'}' : (byte)']';
        collection = new DocumentNode(isMapping ? DocumentNodeKind.Mapping : DocumentNodeKind.Sequence, line);
        if (level > MostLevels)
        {
            return Refuse("nested too deeply");
        }

        at++;
        while (true)
        {
            if (SkipToToken(ref at, leastIndent, line) is { } unended)
            {
                return unended;
            }

            if (Bytes[at] == close)
            {
                at++;
                return CheckRepeated(collection);
            }

            var failure = isMapping
                ? FlowPair(ref at, leastIndent, level, line, collection)
                : FlowItem(ref at, leastIndent, level, collection);
            failure ??= SkipToToken(ref at, leastIndent, line);
            if (failure is not null)
            {
                return failure;
            }

            if (Bytes[at] == ',')
            {
                at++;
            }
            else if (Bytes[at] != close)
            {
                return Refuse(isMapping ? "a comma or } is expected" : "a comma or ] is expected");
            }
        }
    }

    private Failure? FlowItem(ref int at, int leastIndent, int level, DocumentNode sequence)
    {
        if (FlowValue(ref at, leastIndent, level, out var item) is { } failure)
        {
            return failure;
        }

        sequence.Children.Add(item);
        return null;
    }

    private Failure? FlowPair(ref int at, int leastIndent, int level, int line, DocumentNode mapping)
    {
        var keyLine = _line;
        var isQuoted = Bytes[at] is (byte)'"' or (byte)'\'';
        var failure = isQuoted ? QuotedKey(at, out var key, out at) : FlowPlain(ref at, out key);
        if ((failure ?? CheckKey(key) ?? SkipToToken(ref at, leastIndent, line)) is { } badKey)
        {
            return badKey;
        }

        // After a quoted key alone the value may follow at once.
        if (Bytes[at] != ':' || _line != keyLine || !(isQuoted || EndsToken(at + 1) || Bytes[at + 1] == '\t'))
        {
            return Refuse(KeyExpected);
        }

        at++;
        if (SkipToToken(ref at, leastIndent, line) is { } unended)
        {
            return unended;
        }

        var value = new DocumentNode(DocumentNodeKind.Null, _line);
        if (Bytes[at] is not ((byte)',' or (byte)'}') && FlowValue(ref at, leastIndent, level, out value) is { } badValue)
        {
            return badValue;
        }

        return mapping.TryAdd(key, value) ? null : Refuse(Repeated, keyLine);
    }

    private Failure? FlowValue(ref int at, int leastIndent, int level, out DocumentNode node)
    {
        var line = _line;
        switch (Bytes[at])
        {
            case (byte)'{' or (byte)'[':
                return FlowCollection(ref at, leastIndent, level + 1, out node);

            case (byte)'"' or (byte)'\'':
                var failure = Quoted(at, leastIndent, out var text, out at);
                node = new DocumentNode(DocumentNodeKind.Scalar, line) { Text = text, IsQuoted = true };
                return failure;

            default:
                var unread = FlowPlain(ref at, out var plain);
                node = PlainNode(plain, line);
                return unread;
        }
    }

    // A plain text within brackets: it ends on its line, and before what has a meaning there.
    private Failure? FlowPlain(ref int at, out ReadOnlyMemory<byte> plain)
    {
        plain = default;
        if (StartsUnread(at) is { } unread)
        {
            return Refuse(unread);
        }

        // Readers differ about a colon that begins a text here.
        if (Bytes[at] is (byte)'?' or (byte)':' || (Bytes[at] == '-' && EndsFlowToken(at + 1)))
        {
            return Refuse("a key or a value is expected");
        }

        // Not by way of the comment's start: to look for that in each text would take the square of a long line's length.
        var start = at;
        while (at < _end && !IsFlowIndicator(at) && !(Bytes[at] == ':' && EndsFlowToken(at + 1))
            && !(Bytes[at] == '#' && Bytes[at - 1] == ' '))
        {
            at++;
        }

        plain = _document[start..TrimEnd(start, at)];
        return plain.Span.Contains((byte)'\t') ? Refuse("a tab in a plain text") : null;
    }

    private bool IsFlowIndicator(int at) =>
        Bytes[at] is (byte)',' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}';

    private bool EndsFlowToken(int at) => EndsToken(at) || Bytes[at] == '\t' || IsFlowIndicator(at);

    /// <summary>Goes on to what is neither white space nor a comment, on this line or a later one.</summary>
    /// <param name="at">From where, and where it is.</param>
    /// <param name="leastIndent">The indentation that a later line must have.</param>
    /// <param name="line">Where the collection began, for what is said if it does not end.</param>
    private Failure? SkipToToken(ref int at, int leastIndent, int line)
    {
        while (true)
        {
            while (at < _end && Bytes[at] is (byte)' ' or (byte)'\t')
            {
                at++;
            }

            if (at < _end && !(Bytes[at] == '#' && (at == _start || Bytes[at - 1] is (byte)' ' or (byte)'\t')))
            {
                return null;
            }

            if (Continue(leastIndent, true, "a flow collection does not end", line) is { } failure)
            {
                return failure;
            }

            at = _start;
        }
    }
}
