using System;

namespace FastProvider.Node;

/// <summary>
/// Reads the block form of YAML (YAML 1.2, chapters 7.3 and 8) that kubeadm, OpenShift, MicroShift, k3s and kubectl write:
/// mappings, sequences, scalars on one line, comments. What lies outside is refused with its line: a guess would decide to
/// whom a token is sent. This part reads the blocks, the others what stands on a line and what is passed over.
/// </summary>
internal sealed partial class KubeconfigYaml
{
    private const int MostLevels = 64;

    private readonly ReadOnlyMemory<byte> _document;
    private readonly string _path;

    // The current line is the next one with content; _start moves right when "- " before it was taken.
    private int _nextLineStart;
    private int _line;
    private int _start;
    private int _end;
    private int _indent;
    private bool _atEnd;
    private bool _began;

    private KubeconfigYaml(ReadOnlyMemory<byte> document, string path)
    {
        _document = document.Span.StartsWith("\uFEFF"u8) ? document[3..] : document;
        _path = path;
    }

    private ReadOnlySpan<byte> Bytes => _document.Span;

    /// <summary>Reads a whole document.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="root">The value at the top, null for an empty document.</param>
    public static Failure? Read(ReadOnlyMemory<byte> document, string path, out KubeconfigNode root)
    {
        var reader = new KubeconfigYaml(document, path);
        root = new KubeconfigNode(KubeconfigNodeKind.Null, 1);
        if ((reader.CheckCharacters() ?? reader.Advance()) is { } failure)
        {
            return failure;
        }

        if (reader._atEnd)
        {
            return null;
        }

        return reader.Block(-1, 0, out root) ?? (reader._atEnd ? null : reader.Refuse("the indentation fits nothing above it"));
    }

    private Failure? Block(int parentIndent, int level, out KubeconfigNode node)
    {
        if (level > MostLevels)
        {
            node = new KubeconfigNode(KubeconfigNodeKind.Null, _line);
            return Refuse("nested too deeply");
        }

        return IsSequenceEntry() ? Sequence(level, out node)
            : IsMappingEntry() ? Mapping(level, out node)
            : Inline(_start, parentIndent, out node);
    }

    private Failure? Mapping(int level, out KubeconfigNode mapping)
    {
        mapping = new KubeconfigNode(KubeconfigNodeKind.Mapping, _line);
        var indent = _indent;
        while (!_atEnd && _indent == indent && !IsSequenceEntry())
        {
            var line = _line;
            if (Key(out var key, out var valueStart) is { } badKey)
            {
                return badKey;
            }

            if (key.Span.SequenceEqual("<<"u8))
            {
                return Refuse("merge keys are not read", line);
            }

            if (MappingValue(valueStart, indent, level, out var value) is { } badValue)
            {
                return badValue;
            }

            if (!mapping.TryAdd(key, value))
            {
                return Refuse("the key is there twice", line);
            }
        }

        return DeeperThan(indent);
    }

    private Failure? MappingValue(int start, int indent, int level, out KubeconfigNode value)
    {
        if (!IsBlankFrom(start))
        {
            return Inline(start, indent, out value);
        }

        value = new KubeconfigNode(KubeconfigNodeKind.Null, _line);
        if (Advance() is { } failure)
        {
            return failure;
        }

        // A sequence may stand at the indentation of its key; kubectl writes it so.
        return !_atEnd && (_indent > indent || (_indent == indent && IsSequenceEntry()))
            ? Block(indent, level + 1, out value)
            : null;
    }

    private Failure? Sequence(int level, out KubeconfigNode sequence)
    {
        sequence = new KubeconfigNode(KubeconfigNodeKind.Sequence, _line);
        var indent = _indent;
        while (!_atEnd && _indent == indent && IsSequenceEntry())
        {
            var item = new KubeconfigNode(KubeconfigNodeKind.Null, _line);
            var itemStart = SkipSpaces(_start + 1);
            Failure? failure;
            if (IsBlankFrom(itemStart))
            {
                failure = Advance();
                if (failure is null && !_atEnd && _indent > indent)
                {
                    failure = Block(indent, level + 1, out item);
                }
            }
            else
            {
                // What follows the dash is a block of its own that begins in this column.
                _indent += itemStart - _start;
                _start = itemStart;
                failure = Block(indent, level + 1, out item);
            }

            if (failure is not null)
            {
                return failure;
            }

            sequence.Children.Add(item);
        }

        return DeeperThan(indent);
    }

    private Failure? DeeperThan(int indent) =>
        !_atEnd && _indent > indent ? Refuse("the indentation, or a text over several lines, is not understood") : null;

    // Moves to the next line that is neither blank nor a comment.
    private Failure? Advance()
    {
        while (NextRawLine())
        {
            var bytes = Bytes;
            if (_start == _end || bytes[_start] == '#' || IsBlankFrom(_start))
            {
                continue;
            }

            if (bytes[_start] == '\t')
            {
                return Refuse("a tab in the indentation");
            }

            if (_indent == 0 && _end - _start >= 3)
            {
                var marker = bytes.Slice(_start, 3);
                var alone = IsBlankFrom(_start + 3);
                if (marker.SequenceEqual("---"u8) && alone && !_began)
                {
                    _began = true;
                    continue;
                }

                if (!alone && EndsToken(_start + 3) && (marker.SequenceEqual("---"u8) || marker.SequenceEqual("..."u8)))
                {
                    return Refuse("text beside a document marker");
                }

                if (alone && (marker.SequenceEqual("---"u8) || marker.SequenceEqual("..."u8)))
                {
                    return Refuse("a second document");
                }
            }

            _began = true;
            return null;
        }

        _atEnd = true;
        return null;
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

    private Failure Refuse(string what, int? line = null) => new(
        $"kubeconfig {_path} line {line ?? _line}: {what}; mend it or set --api-server and --certificate-authority");
}
