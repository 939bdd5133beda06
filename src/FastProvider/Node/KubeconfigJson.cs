using System;
using System.Text.Json;

namespace FastProvider.Node;

/// <summary>Reads the JSON form of a kubeconfig into the same nodes as <see cref="KubeconfigYaml"/>.</summary>
internal static class KubeconfigJson
{
    /// <summary>Reads a whole document.</summary>
    /// <param name="document">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="root">The value at the top.</param>
    public static Failure? Read(ReadOnlyMemory<byte> document, string path, out KubeconfigNode root)
    {
        root = new KubeconfigNode(KubeconfigNodeKind.Null, 0);
        try
        {
            var reader = new Utf8JsonReader(document.Span);
            var isWhole = reader.Read() && TryValue(ref reader, document, out root) && !reader.Read();
            return isWhole ? null : Refuse(path, "a key is there twice");
        }
        catch (JsonException exception)
        {
            return Refuse(path, $"no valid JSON in line {exception.LineNumber + 1}");
        }
        catch (InvalidOperationException)
        {
            return Refuse(path, "a text is no valid UTF-8 or UTF-16");
        }
    }

    // The reader itself bounds the depth (64), and with it this recursion.
    private static bool TryValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document, out KubeconfigNode node)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node = new KubeconfigNode(KubeconfigNodeKind.Mapping, 0);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = Text(ref reader, document);
                    reader.Read();
                    if (!TryValue(ref reader, document, out var value) || !node.TryAdd(key, value))
                    {
                        return false;
                    }
                }

                return true;

            case JsonTokenType.StartArray:
                node = new KubeconfigNode(KubeconfigNodeKind.Sequence, 0);
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
                node = new KubeconfigNode(KubeconfigNodeKind.Null, 0);
                return true;

            default:
                node = new KubeconfigNode(KubeconfigNodeKind.Scalar, 0) { Text = Text(ref reader, document) };
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

    private static Failure Refuse(string path, string what) =>
        new($"kubeconfig {path}: {what}; mend it or set --api-server and --certificate-authority");
}
