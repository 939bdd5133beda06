using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>A document as JSON, as Kubernetes would pass it on: numbers as they are written. The fuzz target shares it.</summary>
internal static class DocumentJson
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(DocumentNode node) => node.Kind switch
    {
        DocumentNodeKind.Null => "null",
        DocumentNodeKind.Scalar when node.Type is ScalarType.Truth => node.AsTruth is true ? "true" : "false",
        DocumentNodeKind.Scalar when node.Type is ScalarType.Integer or ScalarType.Float => Text(node.Text),
        DocumentNodeKind.Scalar => Quoted(node.Text),
        DocumentNodeKind.Sequence => $"[{string.Join(",", node.Children.Select(Of))}]",
        _ => $"{{{string.Join(",", node.Children.Select(child => $"{Quoted(child.Key)}:{Of(child)}"))}}}",
    };

    private static string Quoted(ReadOnlyMemory<byte> utf8) => JsonSerializer.Serialize(Text(utf8), Readable);

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
