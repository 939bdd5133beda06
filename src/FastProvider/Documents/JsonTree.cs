using System;
using System.Collections.Generic;
using System.Text.Json;
using FastProvider.Base;

namespace FastProvider.Documents;

/// <summary>Reads JSON into the same nodes as <see cref="YamlTree"/>.</summary>
internal ref struct JsonTree
{
    private readonly ReadOnlyMemory<byte> _document;
    private readonly bool _isStrict;
    private Utf8JsonReader _reader;
    private int _valueCount;
    private bool _hasRepeatedKey;

    private JsonTree(ReadOnlyMemory<byte> document, bool isStrict, bool hasMany)
    {
        _document = document;
        _isStrict = isStrict;
        _reader = new Utf8JsonReader(document.Span, new JsonReaderOptions { AllowMultipleValues = hasMany });
    }

    /// <summary>Reads a file of one value.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="isStrict">Whether a repeated key is a failure; if not, its last value counts.</param>
    /// <returns>The value at the top.</returns>
    public static Result<DocumentNode> Read(ReadOnlyMemory<byte> document, string path, bool isStrict) =>
        Read(new JsonTree(document, isStrict, hasMany: false), path, 0, null);

    /// <summary>Reads one value after another, as kubectl takes them.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="linesBefore">How many lines of the file stand before the document.</param>
    /// <param name="roots">Takes the values at the top, but for nulls: those before the failure if there is one.</param>
    public static Failure? ReadAll(ReadOnlyMemory<byte> document, string path, int linesBefore, List<DocumentNode> roots) =>
        Read(new JsonTree(document, isStrict: false, hasMany: true), path, linesBefore, roots).Failure;

    // One value if there is no list to take more; the last one is returned.
    private static Result<DocumentNode> Read(JsonTree tree, string path, int linesBefore, List<DocumentNode>? roots)
    {
        var root = new DocumentNode(DocumentNodeKind.Null, 0);
        try
        {
            var hasMore = tree._reader.Read();
            while (hasMore)
            {
                if (tree.Value(out root) is { } refused)
                {
                    return tree._hasRepeatedKey
                        ? new RepeatedKeyFailure($"{path}: {refused}")
                        : new Failure($"{path}: {refused}");
                }

                if (root.Kind is not DocumentNodeKind.Null)
                {
                    roots?.Add(root);
                }

                hasMore = tree._reader.Read();
            }

            return root;
        }
        catch (JsonException exception)
        {
            return new Failure($"{path}: no valid JSON in line {linesBefore + exception.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            return new Failure($"{path}: a text is no valid UTF-8 or UTF-16");
        }
    }

    // The reader itself bounds the depth (64), and with it this recursion. What is wrong, if something is.
    private string? Value(out DocumentNode node)
    {
        node = new DocumentNode(KindOf(_reader.TokenType), 0) { Type = TypeOf(_reader) };
        if (++_valueCount > YamlTree.MostValues)
        {
            return "more values than any such file has";
        }

        switch (node.Kind)
        {
            case DocumentNodeKind.Mapping:
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text();
                    _reader.Read();
                    if (Value(out var value) is { } refused)
                    {
                        return refused;
                    }

                    node.Add(key, 0, value);
                }

                _hasRepeatedKey = node.DropRepeated() is not null && _isStrict;
                return _hasRepeatedKey ? "a key is there twice" : null;

            case DocumentNodeKind.Sequence:
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    if (Value(out var item) is { } refused)
                    {
                        return refused;
                    }

                    node.Children.Add(item);
                }

                return null;

            case DocumentNodeKind.Scalar:
                node = new DocumentNode(DocumentNodeKind.Scalar, 0) { Text = Text(), Type = node.Type };
                return null;

            default:
                return null;
        }
    }

    private static DocumentNodeKind KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => DocumentNodeKind.Mapping,
        JsonTokenType.StartArray => DocumentNodeKind.Sequence,
        JsonTokenType.Null => DocumentNodeKind.Null,
        _ => DocumentNodeKind.Scalar,
    };

    private static ScalarType TypeOf(in Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True or JsonTokenType.False => ScalarType.Truth,
        JsonTokenType.Number => reader.ValueSpan.IndexOfAny(".eE"u8) < 0 ? ScalarType.Integer : ScalarType.Float,
        _ => ScalarType.Text,
    };

    private ReadOnlyMemory<byte> Text()
    {
        if (!_reader.ValueIsEscaped)
        {
            var quote = _reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? 1 : 0;
            return _document.Slice((int)_reader.TokenStartIndex + quote, _reader.ValueSpan.Length);
        }

        var buffer = new byte[_reader.ValueSpan.Length];
        return buffer.AsMemory(0, _reader.CopyString(buffer));
    }
}
