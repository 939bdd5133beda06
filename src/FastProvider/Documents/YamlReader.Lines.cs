using System;

namespace FastProvider.Documents;

/// <content>From line to line, and the markers between documents (YAML 1.2, chapters 6 and 9).</content>
internal sealed partial class YamlReader
{
    private const string TabInIndentation = "a tab in the indentation";

    // Moves to the next line that is neither blank nor a comment.
    private Failure? Advance()
    {
        (_blankLines, _passedComment) = (0, false);
        while (NextRawLine())
        {
            var bytes = Bytes;
            if (_start == _end)
            {
                _blankLines++;
                continue;
            }

            if (bytes[_start] == '#' || IsBlankFrom(_start))
            {
                // Blanks after tabs are taken for a comment: no text goes on after them.
                _passedComment = true;
                continue;
            }

            if (bytes[_start] == '\t')
            {
                return Refuse(TabInIndentation);
            }

            if (IsMarker(out var isAlone))
            {
                if (!isAlone)
                {
                    return Refuse("text beside a document marker");
                }

                var isStart = bytes[_start] == '-';
                if (isStart && !_began)
                {
                    _began = true;
                    continue;
                }

                if (_isOne || !_began)
                {
                    return Refuse(_began ? "a second document" : "the end of a document that did not begin");
                }

                (_atEnd, _mayHaveMore, _began, _hasEnded) = (true, true, isStart, !isStart);
                return null;
            }

            if (_hasEnded && !_began)
            {
                // YAML 1.1 has it so, and with it Kubernetes.
                return Refuse("a document after ... must begin with ---");
            }

            _began = true;
            return null;
        }

        _atEnd = true;
        return null;
    }

    /// <summary>Whether the current line is <c>---</c> or <c>...</c>.</summary>
    /// <param name="isAlone">False if something else follows on the line.</param>
    private bool IsMarker(out bool isAlone)
    {
        isAlone = false;
        var rest = Bytes[_start.._end];
        if (_indent > 0 || !(rest.StartsWith("---"u8) || rest.StartsWith("..."u8)))
        {
            return false;
        }

        isAlone = IsBlankFrom(_start + 3);
        return isAlone || EndsToken(_start + 3);
    }

    private bool NextRawLine()
    {
        if (_nextLineStart >= _document.Length)
        {
            return false;
        }

        var bytes = Bytes;
        var lineStart = _nextLineStart;
        var length = bytes[lineStart..].IndexOf((byte)'\n');
        _end = length < 0 ? bytes.Length : lineStart + length;
        _nextLineStart = _end + 1;
        if (_end > lineStart && bytes[_end - 1] == '\r')
        {
            _end--;
        }

        _line++;
        _start = SkipSpaces(lineStart);
        _indent = _start - lineStart;
        return true;
    }

    /// <summary>Moves to the line where a quoted text or a flow collection goes on.</summary>
    /// <param name="leastIndent">The indentation that the line must have.</param>
    /// <param name="isFlow">
    /// In a flow collection: comments are passed over, and every reader takes a closing bracket beneath its key.
    /// </param>
    /// <param name="unended">What to say if the file or document ends before.</param>
    /// <param name="line">Where it began.</param>
    private Failure? Continue(int leastIndent, bool isFlow, string unended, int line)
    {
        _blankLines = 0;
        while (NextRawLine())
        {
            if (_start == _end)
            {
                _blankLines++;
                continue;
            }

            var first = Bytes[_start];
            if (isFlow && first == '#')
            {
                continue;
            }

            if (first == '\t' || IsMarker(out _))
            {
                return first == '\t' ? Refuse(TabInIndentation) : Refuse(unended, line);
            }

            return _indent + (isFlow && first is (byte)']' or (byte)'}' ? 1 : 0) < leastIndent
                ? Refuse("the indentation of what goes on over several lines is less than above")
                : null;
        }

        return Refuse(unended, line);
    }
}
