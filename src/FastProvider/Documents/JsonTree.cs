using System;
using System.Collections.Generic;
using System.Text.Json;

namespace FastProvider.Documents;

/// <summary>Reads JSON into the same nodes as <see cref="YamlReader"/>.</summary>
internal static class JsonTree
{
    /// <summary>Reads a file of one value.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="root">The value at the top.</param>
    public static Failure? Read(ReadOnlyMemory<byte> document, string path, out DocumentNode root) =>
        Read(document, path, null, out root);

    /// <summary>Reads one value after another, as kubectl takes them.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="roots">Takes the values at the top, but for nulls.</param>
    public static Failure? ReadAll(ReadOnlyMemory<byte> document, string path, List<DocumentNode> roots) =>
        Read(document, path, roots, out _);

    // One value if there is no list to take more.
    private static Failure? Read(ReadOnlyMemory<byte> document, string path, List<DocumentNode>? roots, out DocumentNode root)
    {
        root = new DocumentNode(DocumentNodeKind.Null, 0);
        try
        {
            var reader = new Utf8JsonReader(document.Span, new JsonReaderOptions { AllowMultipleValues = roots is not null });
            var isWhole = reader.Read() && TryValue(ref reader, document, out root);
            while (isWhole)
            {
                if (root.Kind is not DocumentNodeKind.Null)
                {
                    roots?.Add(root);
                }

                if (!reader.Read())
                {
                    break;
                }

                isWhole = TryValue(ref reader, document, out root);
            }

            return isWhole ? null : new Failure($"{path}: a key is there twice");
        }
        catch (JsonException exception)
        {
            return new Failure($"{path}: no valid JSON in line {exception.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            return new Failure($"{path}: a text is no valid UTF-8 or UTF-16");
        }
    }

    // The reader itself bounds the depth (64), and with it this recursion.
    private static bool TryValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document, out DocumentNode node)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node = new DocumentNode(DocumentNodeKind.Mapping, 0);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text(ref reader, document);
                    reader.Read();
                    if (!TryValue(ref reader, document, out var value) || !node.TryAdd(key, value))
                    {
                        return false;
                    }
                }

                return node.FindRepeated() is null;

            case JsonTokenType.StartArray:
                node = new DocumentNode(DocumentNodeKind.Sequence, 0);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (!TryValue(ref reader, document, out var item))
                    {
                        return false;
                    }

                    node.Children.Add(item);
                }

                return true;

            case JsonTokenType.Null:
                node = new DocumentNode(DocumentNodeKind.Null, 0);
                return true;

            default:
                var isQuoted = reader.TokenType is JsonTokenType.String;
                node = new DocumentNode(DocumentNodeKind.Scalar, 0) { Text = Text(ref reader, document), IsQuoted = isQuoted };
                return true;
        }
    }

    private static ReadOnlyMemory<byte> Text(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        if (!reader.ValueIsEscaped)
        {
            var quote = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? 1 : 0;
            return document.Slice((int)reader.TokenStartIndex + quote, reader.ValueSpan.Length);
        }

        var buffer = new byte[reader.ValueSpan.Length];
        return buffer.AsMemory(0, reader.CopyString(buffer));
    }
}
