using System;
using System.Text.Json;

namespace FastProvider.Secrets;

/// <summary>What somebody may have meant by a document of credentials that has none where they belong.</summary>
internal static class DocumentShape
{
    /// <summary>Whether a value at the top is an entry (it has a field of one), as in the map of a dockercfg.</summary>
    /// <param name="json">A valid object.</param>
    public static bool HasEntriesAtTheTop(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            reader.Read();
            if (reader.TokenType is JsonTokenType.StartObject)
            {
                while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
                {
                    if (IsFieldOfEntry(JsonName.Ascii(reader)))
                    {
                        return true;
                    }

                    reader.Read();
                    reader.Skip();
                }
            }
            else
            {
                reader.Skip();
            }
        }

        return false;
    }

    private static bool IsFieldOfEntry(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("auth"u8) || name.SequenceEqual("username"u8) || name.SequenceEqual("password"u8)
        || name.SequenceEqual("identitytoken"u8);
}
