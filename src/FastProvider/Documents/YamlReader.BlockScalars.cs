using System;

namespace FastProvider.Documents;

/// <content>
/// Texts of several lines after <c>|</c> and <c>&gt;</c> (YAML 1.2, chapter 8.1). Where exactly one ends decides what is read
/// after it.
/// </content>
internal sealed partial class YamlReader
{
    /// <summary>Reads one and moves on.</summary>
    /// <param name="header">Where the <c>|</c> or <c>&gt;</c> stands.</param>
    /// <param name="parentIndent">The indentation of the mapping or sequence around it, -1 for none.</param>
    /// <param name="node">The text.</param>
    private Failure? BlockScalar(int header, int parentIndent, out DocumentNode node)
    {
        var line = _line;
        node = new DocumentNode(DocumentNodeKind.Null, line);
        if (parentIndent < 0)
        {
            // Its lines need no indentation, so that they may look like comments.
            return Refuse("a block scalar that is a whole document is not read");
        }

        if (!TryBlockHeader(header + 1, out var indicator, out var chomping))
        {
            return Refuse("a block scalar's header is not understood");
        }

        var isFolded = Bytes[header] == '>';
        var textIndent = indicator > 0 ? parentIndent + indicator : 0;
        var begin = _nextLineStart;
        if (PassBlockScalar(parentIndent, ref textIndent) is { } failure)
        {
            return failure;
        }

        var text = BlockText(begin, Math.Min(_nextLineStart, _document.Length), textIndent, isFolded, chomping);
        node = new DocumentNode(DocumentNodeKind.Scalar, line) { Text = text, IsQuoted = true };
        return Advance();
    }

    /// <summary>Moves behind the lines of a text: an indentation given or found, the lines that have it, and blank ones.</summary>
    /// <param name="parentIndent">The indentation of the mapping or sequence around it.</param>
    /// <param name="textIndent">The indentation; 0 if it is not known, and afterwards if all lines are blank.</param>
    private Failure? PassBlockScalar(int parentIndent, ref int textIndent)
    {
        var longestBlank = 0;
        while (true)
        {
            var before = (_nextLineStart, _line);
            if (!NextRawLine())
            {
                return null;
            }

            if (_start == _end || (textIndent > 0 && _indent >= textIndent))
            {
                longestBlank = Math.Max(longestBlank, _start == _end && textIndent == 0 ? _indent : 0);
                continue;
            }

            if (Bytes[_start] == '\t')
            {
                return Refuse(TabInIndentation);
            }

            var isWithin = _indent > parentIndent;
            if (isWithin && textIndent == 0 && _indent >= longestBlank)
            {
                textIndent = _indent;
                continue;
            }

            // A comment may stand between the text and what comes after it.
            if (isWithin && (textIndent == 0 || Bytes[_start] != '#'))
            {
                return Refuse("the indentation of a block scalar is not that of its other lines");
            }

            (_nextLineStart, _line) = before;
            return null;
        }
    }

    /// <summary>An indentation indicator and a chomping indicator in any order, then nothing but a comment.</summary>
    private bool TryBlockHeader(int index, out int indicator, out byte chomping)
    {
        (indicator, chomping) = (0, 0);
        for (; index < _end; index++)
        {
            var current = Bytes[index];
            if (current is >= (byte)'1' and <= (byte)'9' && indicator == 0)
            {
                indicator = current - '0';
            }
            else if (current is (byte)'+' or (byte)'-' && chomping == 0)
            {
                chomping = current;
            }
            else
            {
                break;
            }
        }

        return IsBlankFrom(index);
    }

    /// <summary>Takes the text out of its lines: a slice if it is one line, as a credential often is.</summary>
    /// <param name="at">Where the first line begins.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="indent">What every line has that is not blank; 0 if all are.</param>
    /// <param name="isFolded">A line break between two lines of text is a space.</param>
    /// <param name="chomping"><c>-</c> for no line feed at the end, <c>+</c> for all, else one.</param>
    private ReadOnlyMemory<byte> BlockText(int at, int end, int indent, bool isFolded, byte chomping)
    {
        if (indent > 0 && end - at > indent)
        {
            var lines = Bytes[at..end];
            var lineFeed = lines.IndexOf((byte)'\n');
            if (lineFeed < 0)
            {
                return _document[(at + indent)..end];
            }

            if (lineFeed > indent && lineFeed + 1 == lines.Length && lines[lineFeed - 1] != '\r')
            {
                return _document[(at + indent)..(chomping == '-' ? end - 1 : end)];
            }
        }

        return JoinedLines(at, end, indent, isFolded, chomping);
    }

    private ReadOnlyMemory<byte> JoinedLines(int at, int end, int indent, bool isFolded, byte chomping)
    {
        var text = new DecodedText(end - at);
        var blankLines = 0;
        var hasBreak = false;
        var wasSpaced = true;
        while (at < end)
        {
            var length = Bytes[at..end].IndexOf((byte)'\n');
            var lineEnd = length < 0 ? end : at + length;
            var next = lineEnd + 1;
            if (lineEnd > at && Bytes[lineEnd - 1] == '\r')
            {
                lineEnd--;
            }

            // Blank lines may be shorter than the indentation; spaces beyond it are text.
            if (lineEnd - at <= indent || (indent == 0 && SkipSpaces(at) >= lineEnd))
            {
                blankLines += length < 0 ? 0 : 1;
                at = next;
                continue;
            }

            var line = Bytes[(at + indent)..lineEnd];
            var isSpaced = line[0] is (byte)' ' or (byte)'\t';
            if (isFolded && !isSpaced && !wasSpaced)
            {
                text.Fold(blankLines);
            }
            else
            {
                text.AppendLineFeeds(blankLines + (hasBreak ? 1 : 0));
            }

            text.Append(line);
            (blankLines, hasBreak, wasSpaced, at) = (0, length >= 0, isSpaced, next);
        }

        text.AppendLineFeeds(chomping switch
        {
            (byte)'-' => 0,
            (byte)'+' => blankLines + (hasBreak ? 1 : 0),
            _ => hasBreak ? 1 : 0,
        });
        return text.Memory;
    }
}
