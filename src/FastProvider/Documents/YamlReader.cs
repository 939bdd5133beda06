using System;
using System.Collections.Generic;

namespace FastProvider.Documents;

/// <summary>
/// Reads YAML (YAML 1.2) as people and Kubernetes write it: mappings, sequences, scalars of every style, flow collections,
/// comments, several documents. Anchors, aliases, tags, merge keys, <c>?</c> and directives are refused with their line: a
/// guess would decide to whom a token is sent. This part reads the blocks and the documents.
/// </summary>
internal sealed partial class YamlReader
{
    private const int MostLevels = 64;

    private readonly ReadOnlyMemory<byte> _document;
    private readonly string _path;
    private readonly bool _isOne;

    // The current line is the next one with content; _start moves right when "- " before it was taken.
    private int _nextLineStart;
    private int _line;
    private int _start;
    private int _end;
    private int _indent;

    // What stood between the current line and the one before.
    private int _blankLines;
    private bool _passedComment;

    // At the end of a document, and whether another one may follow; whether the document has its "---" or content, and
    // whether the one before ended with "...".
    private bool _atEnd;
    private bool _mayHaveMore;
    private bool _began;
    private bool _hasEnded;

    private YamlReader(ReadOnlyMemory<byte> document, string path, bool isOne)
    {
        _document = document.Span.StartsWith("\uFEFF"u8) ? document[3..] : document;
        _path = path;
        _isOne = isOne;
    }

    private ReadOnlySpan<byte> Bytes => _document.Span;

    /// <summary>Reads a file of one document; a second one is refused.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="root">The value at the top, null for an empty document.</param>
    public static Failure? Read(ReadOnlyMemory<byte> document, string path, out DocumentNode root)
    {
        var reader = new YamlReader(document, path, isOne: true);
        root = new DocumentNode(DocumentNodeKind.Null, 1);
        return reader.CheckCharacters() ?? reader.Document(ref root);
    }

    /// <summary>Reads all documents of a file.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="roots">Takes the values at the top, but for nulls.</param>
    public static Failure? ReadAll(ReadOnlyMemory<byte> document, string path, List<DocumentNode> roots)
    {
        var reader = new YamlReader(document, path, isOne: false);
        var failure = reader.CheckCharacters();
        do
        {
            var root = new DocumentNode(DocumentNodeKind.Null, 1);
            failure ??= reader.Document(ref root);
            if (failure is null && root.Kind is not DocumentNodeKind.Null)
            {
                roots.Add(root);
            }
        }
        while (failure is null && reader._mayHaveMore);

        return failure;
    }

    // Leaves the root as it is if there is nothing in the document.
    private Failure? Document(ref DocumentNode root)
    {
        (_atEnd, _mayHaveMore) = (false, false);
        return Advance() is { } failure ? failure
            : _atEnd ? null
            : StartsWithColon() is { } unread ? Refuse(unread)
            : Block(-1, 0, out root) ?? (_atEnd ? null : Refuse("the indentation fits nothing above it"));
    }

    private Failure? Block(int parentIndent, int level, out DocumentNode node)
    {
        if (level > MostLevels)
        {
            node = new DocumentNode(DocumentNodeKind.Null, _line);
            return Refuse("nested too deeply");
        }

        return IsSequenceEntry() ? Sequence(level, out node)
            : IsMappingEntry() ? Mapping(level, out node)
            : Inline(_start, parentIndent, level, out node);
    }

    private Failure? Mapping(int level, out DocumentNode mapping)
    {
        mapping = new DocumentNode(DocumentNodeKind.Mapping, _line);
        var indent = _indent;
        while (!_atEnd && _indent == indent && !IsSequenceEntry())
        {
            var line = _line;
            if ((Key(out var key, out var valueStart) ?? CheckKey(key)) is { } badKey)
            {
                return badKey;
            }

            if (MappingValue(valueStart, indent, level, out var value) is { } badValue)
            {
                return badValue;
            }

            if (!mapping.TryAdd(key, value))
            {
                return Refuse(Repeated, line);
            }
        }

        return DeeperThan(indent) ?? CheckRepeated(mapping);
    }

    private Failure? MappingValue(int start, int indent, int level, out DocumentNode value)
    {
        if (!IsBlankFrom(start))
        {
            return Inline(start, indent, level, out value);
        }

        value = new DocumentNode(DocumentNodeKind.Null, _line);
        if (Advance() is { } failure)
        {
            return failure;
        }

        // A sequence may stand at the indentation of its key; kubectl writes it so.
        return !_atEnd && (_indent > indent || (_indent == indent && IsSequenceEntry()))
            ? Block(indent, level + 1, out value)
            : null;
    }

    private Failure? Sequence(int level, out DocumentNode sequence)
    {
        sequence = new DocumentNode(DocumentNodeKind.Sequence, _line);
        var indent = _indent;
        while (!_atEnd && _indent == indent && IsSequenceEntry())
        {
            var item = new DocumentNode(DocumentNodeKind.Null, _line);
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

    private Failure Refuse(string what, int? line = null) => new($"{_path} line {line ?? _line}: {what}");
}
