using System;
using YamlDotNet.Core;

namespace FastProvider.Documents;

/// <summary>
/// Blanks that YamlDotNet minds, as YAML 1.2 does, and Kubernetes' reader does not: lines of blanks before the text of a block
/// scalar, and lines of a flow collection or a quoted text that are not indented, no blank before a comment behind a quoted text,
/// a flow collection or the head of a block scalar. They are put right where they stand, and mean nothing there.
/// </summary>
internal static class YamlLayout
{
    // Deeper than any block that is read.
    private const int Indentation = 256;

    /// <summary>Puts right what a text was refused for.</summary>
    /// <param name="text">The text; a new one afterwards, of the same lines.</param>
    /// <param name="refused">What the parser threw.</param>
    /// <param name="line">Where the scanner then stood, counted from 1.</param>
    /// <returns>False if it was refused for something else.</returns>
    public static bool TryMend(ref ReadOnlyMemory<byte> text, Exception refused, long line) => refused switch
    {
        SemanticErrorException block => TryEmptyLinesAbove(ref text, block.Start.Line)
            || TryBlankBeforeComment(ref text, block.End.Index),
        SyntaxErrorException quoted when IsQuote(text.Span, quoted.Start.Index) => TryIndent(ref text, quoted.End.Line)
            || TryBlankBeforeComment(ref text, quoted.End.Index),
        // The only state that the scanner calls invalid is plain text of a flow collection that is not indented.
        InvalidOperationException => TryIndent(ref text, line),
        YamlException other => TryBlankBeforeComment(ref text, other.End.Index),
        _ => false,
    };

    private static bool TryEmptyLinesAbove(ref ReadOnlyMemory<byte> text, long line)
    {
        var bytes = text.Span;
        var end = StartOf(bytes, line) is var found and >= 0 ? found : bytes.Length;
        var start = end;
        while (start > 0 && bytes[..(start - 1)].LastIndexOf((byte)'\n') + 1 is var above && IsBlank(bytes[above..start]))
        {
            start = above;
        }

        if (!bytes[start..end].Contains((byte)' '))
        {
            return false;
        }

        var lineFeeds = bytes[start..end].Count((byte)'\n');
        var mended = new byte[start + lineFeeds + bytes.Length - end];
        bytes[..start].CopyTo(mended);
        mended.AsSpan(start, lineFeeds).Fill((byte)'\n');
        bytes[end..].CopyTo(mended.AsSpan(start + lineFeeds));
        text = mended;
        return true;
    }

    // What begins as a document's end does ends the document, also in a quoted text, so it must stay where it stands.
    private static bool TryIndent(ref ReadOnlyMemory<byte> text, long line)
    {
        var start = StartOf(text.Span, line);
        if (start < 0
            || text.Span[start..].StartsWith("---"u8) || text.Span[start..].StartsWith("..."u8)
            || text.Span[start..].StartsWith(" "u8) && text.Span[start..].IndexOfAnyExcept((byte)' ') is -1 or >= Indentation)
        {
            return false;
        }

        var mended = new byte[text.Length + Indentation];
        text.Span[..start].CopyTo(mended);
        mended.AsSpan(start, Indentation).Fill((byte)' ');
        text.Span[start..].CopyTo(mended.AsSpan(start + Indentation));
        text = mended;
        return true;
    }

    // What was refused is the comment, or what stands right before it. Behind other characters a number sign is text.
    private static bool TryBlankBeforeComment(ref ReadOnlyMemory<byte> text, long index)
    {
        var at = ByteOf(text.Span, index);
        at += at < text.Length && text.Span[at] is not (byte)'#' ? 1 : 0;
        if (at >= text.Length || text.Span[..(at + 1)] is not [.., (byte)'"' or (byte)']' or (byte)'}' or (byte)','
            or (byte)'|' or (byte)'>' or (byte)'+' or (byte)'-' or (>= (byte)'0' and <= (byte)'9'), (byte)'#'])
        {
            return false;
        }

        var mended = new byte[text.Length + 1];
        text.Span[..at].CopyTo(mended);
        mended[at] = (byte)' ';
        text.Span[at..].CopyTo(mended.AsSpan(at + 1));
        text = mended;
        return true;
    }

    private static bool IsQuote(ReadOnlySpan<byte> text, long index) =>
        ByteOf(text, index) is var at && at < text.Length && text[at] is (byte)'"' or (byte)'\'';

    // Where a character begins that is counted in UTF-16.
    private static int ByteOf(ReadOnlySpan<byte> text, long index)
    {
        var at = 0;
        for (; at < text.Length && (index > 0 || (text[at] & 0xC0) == 0x80); at++)
        {
            index -= (text[at] & 0xC0) == 0x80 ? 0 : text[at] >= 0xF0 ? 2 : 1;
        }

        return at;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.Trim(" \r\n"u8).IsEmpty;

    // Counted from 1; -1 if there are not so many.
    private static int StartOf(ReadOnlySpan<byte> text, long line)
    {
        var start = 0;
        for (; line > 1; line--)
        {
            var length = text[start..].IndexOf((byte)'\n');
            if (length < 0)
            {
                return -1;
            }

            start += length + 1;
        }

        return start;
    }
}
