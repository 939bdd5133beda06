using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <summary>JSON with the escapes of the recorded answers.</summary>
internal static class RecordedJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IBufferWriter<byte> output, JsonNode node)
    {
        using var json = new Utf8JsonWriter(output, Options);
        node.WriteTo(json);
    }
}
