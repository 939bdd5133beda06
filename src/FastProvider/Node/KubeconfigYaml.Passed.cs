using System;

namespace FastProvider.Node;

/// <content>
/// What is not read but passed over, block scalars and flow collections: where exactly it ends decides what is read after it.
/// </content>
internal sealed partial class KubeconfigYaml
{
    private const string Unended = "a flow collection over several lines, or of brackets that do not match";

    /// <summary>YAML 1.2, chapter 8.1: an indentation given or found, the lines that have it, and blank ones.</summary>
    /// <param name="header">Where the <c>|</c> or <c>&gt;</c> stands.</param>
    /// <param name="parentIndent">The indentation of the mapping or sequence around it, -1 for none.</param>
    private Failure? PassBlockScalar(int header, int parentIndent)
    {
        if (!TryBlockHeader(header + 1, out var indicator))
        {
            return Refuse("a block scalar's header is not understood");
        }

        var textIndent = indicator > 0 ? Math.Max(parentIndent, 0) + indicator : 0;
        var longestBlank = 0;
        while (true)
        {
            var before = (_nextLineStart, _line);
            if (!NextRawLine())
            {
                break;
            }

            if (_start == _end || (textIndent > 0 && _indent >= textIndent))
            {
                longestBlank = Math.Max(longestBlank, _start == _end && textIndent == 0 ? _indent : 0);
                continue;
            }

            if (Bytes[_start] == '\t')
            {
                return Refuse("a tab in the indentation");
            }

            var isWithin = _indent > Math.Max(parentIndent, 0);
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
            break;
        }

        return Advance();
    }

    /// <summary>An indentation indicator and a chomping indicator in any order, then nothing but a comment.</summary>
    private bool TryBlockHeader(int index, out int indicator)
    {
        indicator = 0;
        var hasChomping = false;
        for (; index < _end; index++)
        {
            var current = Bytes[index];
            if (current is >= (byte)'1' and <= (byte)'9' && indicator == 0)
            {
                indicator = current - '0';
            }
            else if (current is (byte)'+' or (byte)'-' && !hasChomping)
            {
                hasChomping = true;
            }
            else
            {
                break;
            }
        }

        return IsBlankFrom(index);
    }

    private Failure? Flow(int start, out KubeconfigNode node)
    {
        node = new KubeconfigNode(KubeconfigNodeKind.Unread, _line);
        if (FlowEnd(start, out var end) is { } failure)
        {
            return failure;
        }

        if (!IsBlankFrom(end))
        {
            return Refuse("text after a flow collection");
        }

        if (SkipSpaces(start + 1) == end - 1)
        {
            node = new KubeconfigNode(Bytes[start] == '{' ? KubeconfigNodeKind.Mapping : KubeconfigNodeKind.Sequence, _line);
        }

        return null;
    }

    /// <summary>
    /// Finds the bracket that closes the one at <paramref name="start"/>; brackets in quotes do not count (YAML 1.2, chapter 7.4).
    /// </summary>
    private Failure? FlowEnd(int start, out int end)
    {
        ulong kinds = 0;
        var depth = 0;
        var beginsToken = true;
        var wasQuoted = false;
        for (end = start; end < _end; end++)
        {
            var current = Bytes[end];
            switch (current)
            {
                case (byte)'{' or (byte)'[':
                    if (++depth > MostLevels)
                    {
                        return Refuse("nested too deeply");
                    }

                    kinds = (kinds << 1) | (current == '{' ? 1u : 0);
                    beginsToken = true;
                    break;

                case (byte)'}' or (byte)']':
                    if ((kinds & 1) != (current == '}' ? 1u : 0))
                    {
                        return Refuse(Unended);
                    }

                    kinds >>= 1;
                    beginsToken = false;
                    if (--depth == 0)
                    {
                        end++;
                        return null;
                    }

                    break;

                case (byte)'"' or (byte)'\'' when beginsToken:
                    if (Quoted(end, out _, out var after) is not null)
                    {
                        return Refuse(Unended);
                    }

                    end = after - 1;
                    beginsToken = false;
                    wasQuoted = true;
                    continue;

                case (byte)'&' or (byte)'*' or (byte)'!' or (byte)'?' when beginsToken:
                    return Refuse("anchors, aliases, tags and question marks in a flow collection are not read");

                case (byte)'#' when Bytes[end - 1] is (byte)' ' or (byte)'\t':
                    return Refuse(Unended);

                case (byte)' ' or (byte)'\t':
                    continue;

                case (byte)',':
                    beginsToken = true;
                    break;

                case (byte)':':
                    // "a":'b' are two texts, a:'b' is one.
                    beginsToken = wasQuoted || end + 1 >= _end
                        || Bytes[end + 1] is (byte)' ' or (byte)'\t' or (byte)',' or (byte)'[' or (byte)'{';
                    break;

                default:
                    beginsToken = false;
                    break;
            }

            wasQuoted = false;
        }

        return Refuse(Unended);
    }
}
