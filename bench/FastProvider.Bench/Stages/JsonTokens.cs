using System.Text.Json;

namespace FastProvider.Bench.Stages;

/// <summary>The floor of every reader over Utf8JsonReader: the tokens of a document, looked at by nobody.</summary>
internal static class JsonTokens
{
    public static int Count(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var count = 0;
        while (reader.Read())
        {
            count++;
        }

        return count;
    }
}
