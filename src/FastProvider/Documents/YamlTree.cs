using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FastProvider.Documents;

/// <summary>
/// Builds nodes from the events of YamlDotNet's parser, as Kubernetes' decoder does from go-yaml's (sigs.k8s.io/yaml): the first
/// document counts and nothing behind it is looked at, aliases stand for what their anchors name, and merge keys bring their
/// mapping's values to the place where they stand.
/// </summary>
internal sealed class YamlTree
{
    /// <summary>How deep values may lie in one another, aliases spelled out. Nobody writes a tenth of it.</summary>
    public const int MostLevels = 64;

    /// <summary>How many values a document of people may have, aliases spelled out.</summary>
    public const int MostValues = 200_000;

    /// <summary>
    /// The same for a file that a pull may have to read. A value takes up to 500 bytes while the text is read, and a run
    /// has 64 MB.
    /// </summary>
    public const int MostValuesOfNode = 60_000;

    // How much of a text is read anew after its blanks were put right: what is beyond that, nobody has.
    private const int MostBytesAgain = 8 * 1024 * 1024;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly string _path;
    private readonly int _linesBefore;
    private readonly bool _isStrict;
    private readonly int _mostValues;

    // Null for an anchor whose value is still being read.
    private readonly Dictionary<string, DocumentNode?> _anchors = [];

    private int _valueCount;
    private Failure? _failure;

    private YamlTree(ReadOnlyMemory<byte> text, string path, int linesBefore, bool isStrict, int mostValues)
    {
        _scanner = new Scanner(new YamlCharacters(text), skipComments: true);
        _parser = new Parser(_scanner);
        _path = path;
        _linesBefore = linesBefore;
        _isStrict = isStrict;
        _mostValues = mostValues;
    }

    /// <summary>Reads the first document.</summary>
    /// <param name="text">UTF-8 without a byte order mark.</param>
    /// <param name="path">For messages.</param>
    /// <param name="linesBefore">How many lines of the file stand before the text.</param>
    /// <param name="isStrict">Whether a repeated key is a failure; if not, its last value counts.</param>
    /// <param name="mostValues"><see cref="MostValues"/>, or <see cref="MostValuesOfNode"/>.</param>
    /// <returns>The value at the top, of the kind null for an empty document.</returns>
    public static Result<DocumentNode> Read(
        ReadOnlyMemory<byte> text, string path, int linesBefore, bool isStrict, int mostValues)
    {
        if (YamlCharacters.LineOfControlCharacter(text.Span) is var control and >= 0)
        {
            return new Failure($"{path} line {linesBefore + control + 1}: a control character");
        }

        for (var readBytes = text.Length; ; readBytes += text.Length)
        {
            var tree = new YamlTree(text, path, linesBefore, isStrict, mostValues);
            try
            {
                _ = tree.TryFirstDocument(out var root);
                return tree._failure is { } failure ? failure : root;
            }
            catch (Exception refused) when (refused is YamlException or ArgumentException or InvalidOperationException)
            {
                if (readBytes > MostBytesAgain || !YamlLayout.TryMend(ref text, refused, tree._scanner.CurrentPosition.Line))
                {
                    return tree.Unread(refused);
                }
            }
        }
    }

    private bool TryFirstDocument(out DocumentNode root)
    {
        root = new DocumentNode(DocumentNodeKind.Null, LineOf(1));
        while (_parser.MoveNext() && _parser.Current is not DocumentStart)
        {
            if (_parser.Current is StreamEnd)
            {
                return true;
            }
        }

        return TryNext(0, out root);
    }

    // The value that begins with the next event.
    private bool TryNext(int level, out DocumentNode node)
    {
        node = new DocumentNode(DocumentNodeKind.Null, 0);
        return (_parser.MoveNext() || Refuse(_scanner.CurrentPosition.Line, "the text ends within a value"))
            && TryValue(level, out node);
    }

    // The value that begins with the current event.
    private bool TryValue(int level, out DocumentNode node)
    {
        var start = _parser.Current!;
        node = new DocumentNode(DocumentNodeKind.Null, LineOf(start.Start.Line));
        if (++_valueCount > _mostValues)
        {
            return TooMany(start.Start.Line);
        }

        return start switch
        {
            AnchorAlias alias => TryAlias(alias, level, ref node),
            Scalar scalar => TryScalar(scalar, ref node),
            MappingStart or SequenceStart when level > MostLevels => TooDeep(start.Start.Line),
            MappingStart mapping => TryMapping(mapping, level, out node),
            SequenceStart sequence => TrySequence(sequence, level, out node),
            _ => Refuse(start.Start.Line, "a value is expected"),
        };
    }

    private bool TryMapping(MappingStart start, int level, out DocumentNode mapping)
    {
        mapping = new DocumentNode(DocumentNodeKind.Mapping, LineOf(start.Start.Line));
        Open(start);
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var line = _parser.Current!.Start.Line;
            var isMerge = _parser.Current is Scalar { Value: "<<" } arrows
                && (arrows.Tag.IsEmpty ? arrows.Style is ScalarStyle.Plain : YamlScalar.IsMerge(arrows.Tag.Value));
            if (!TryValue(level + 1, out var key) || !TryKey(key, line, out var name))
            {
                return false;
            }

            _valueCount--; // A key is no value.

            if (!_parser.MoveNext())
            {
                return Refuse(line, "the key has no value");
            }

            var isAlias = _parser.Current is AnchorAlias;
            if (!TryValue(level + 1, out var value) || (isMerge && !TryMerge(mapping, value, isAlias, line)))
            {
                return false;
            }

            if (!isMerge)
            {
                mapping.Add(name, LineOf(line), value);
            }
        }

        if (mapping.DropRepeated() is { } repeated && _isStrict)
        {
            _failure = new RepeatedKeyFailure($"{_path} line {repeated.KeyLine}: the key is there twice");
            return false;
        }

        Close(start, mapping);
        return true;
    }

    private bool TrySequence(SequenceStart start, int level, out DocumentNode sequence)
    {
        sequence = new DocumentNode(DocumentNodeKind.Sequence, LineOf(start.Start.Line));
        Open(start);
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            if (!TryValue(level + 1, out var item))
            {
                return false;
            }

            sequence.Children.Add(item);
        }

        Close(start, sequence);
        return true;
    }

    private bool TryScalar(Scalar scalar, ref DocumentNode node)
    {
        var tag = scalar.Tag.IsEmpty ? null : scalar.Tag.Value;
        if (!YamlScalar.TryResolve(scalar.Value, scalar.Style is ScalarStyle.Plain, tag, out var type))
        {
            return Refuse(scalar.Start.Line, "the tag does not fit the value behind it");
        }

        if (type is not ScalarType.Null)
        {
            var text = Encoding.UTF8.GetBytes(scalar.Value);
            if (YamlScalar.IsBinary(tag) && !YamlScalar.TryDecode(ref text))
            {
                return Refuse(scalar.Start.Line, "the value of a !!binary tag is no base64");
            }

            node = new DocumentNode(DocumentNodeKind.Scalar, node.Line) { Text = text, Type = type };
        }

        Close(scalar, node);
        return true;
    }

    private bool TryAlias(AnchorAlias alias, int level, ref DocumentNode node)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var value))
        {
            return Refuse(alias.Start.Line, "an alias names no anchor before it");
        }

        if (value is null)
        {
            return Refuse(alias.Start.Line, "an alias stands within the value that it names");
        }

        node = value.Again();
        return TryCount(value, level, alias.Start.Line);
    }

    // Counts what an alias stands for as if it were written there.
    private bool TryCount(DocumentNode value, int level, long line)
    {
        _valueCount += value.Children.Count;
        if (_valueCount > _mostValues)
        {
            return TooMany(line);
        }

        if (level > MostLevels && value.Kind is DocumentNodeKind.Mapping or DocumentNodeKind.Sequence)
        {
            return TooDeep(line);
        }

        foreach (var child in value.Children)
        {
            if (!TryCount(child, level + 1, line))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryKey(DocumentNode key, long line, out ReadOnlyMemory<byte> name)
    {
        name = key.Type is not ScalarType.Truth ? key.Text
            : YamlScalar.IsTrue(key.Text.Span) ? "true"u8.ToArray() : "false"u8.ToArray();
        return key.Kind is DocumentNodeKind.Scalar || Refuse(line, "a key is no text");
    }

    private bool TryMerge(DocumentNode mapping, DocumentNode value, bool isAlias, long line)
    {
        const string expected = "a merge key needs a mapping or a list of them";
        if (value.Kind is DocumentNodeKind.Mapping)
        {
            return TryAddAll(mapping, value, line);
        }

        if (value.Kind is not DocumentNodeKind.Sequence || isAlias)
        {
            return Refuse(line, expected);
        }

        // Those before win over those behind.
        for (var index = value.Children.Count - 1; index >= 0; index--)
        {
            var item = value.Children[index];
            if (item.Kind is not DocumentNodeKind.Mapping)
            {
                return Refuse(line, expected);
            }

            if (!TryAddAll(mapping, item, line))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryAddAll(DocumentNode mapping, DocumentNode from, long line)
    {
        _valueCount += from.Children.Count;
        foreach (var child in from.Children)
        {
            mapping.Add(child.Key, LineOf(line), child.Again());
        }

        return _valueCount <= _mostValues || TooMany(line);
    }

    private void Open(NodeEvent start)
    {
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = null;
        }
    }

    private void Close(NodeEvent start, DocumentNode value)
    {
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor.Value] = value;
        }
    }

    private bool TooMany(long line) => Refuse(line, "more values than any such file has");

    private bool TooDeep(long line) => Refuse(line, "nested too deeply");

    private bool Refuse(long line, string what)
    {
        _failure = new Failure($"{_path} line {LineOf(line)}: {what}");
        return false;
    }

    // The parser's own messages are constants: they hold nothing of the text. Those of tags that are no URIs do not come from it.
    private Failure Unread(Exception refused)
    {
        var words = refused is YamlException ? refused.Message.TrimEnd('.') : "not understood as YAML";
        var line = refused is YamlException known && !known.End.Equals(Mark.Empty)
            ? known.Start.Line
            : _scanner.CurrentPosition.Line;
        Refuse(line, $"{char.ToLowerInvariant(words[0])}{words[1..]}");
        return _failure!;
    }

    private int LineOf(long lineOfText) => _linesBefore + (int)lineOfText;
}
