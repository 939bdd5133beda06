using System;
using System.Text.Json;
using FastProvider.Generators;
using FastProvider.Json;

namespace FastProvider.Secrets;

/// <summary>Keys in documents that tenants write.</summary>
internal static class JsonName
{
    /// <summary>
    /// The name at which the reader stands, decoded; empty if it has escapes and anything that is not ASCII, as no registry has.
    /// </summary>
    public static ReadOnlySpan<byte> Ascii(in Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? Unescaped(reader) : reader.ValueSpan;

    /// <inheritdoc cref="Ascii(in Utf8JsonReader)"/>
    public static ReadOnlySpan<byte> Ascii(in JsonPieceReader reader) =>
        reader.ValueIsEscaped ? Unescaped(reader.AsUtf8JsonReader()) : reader.ValueSpan;

    private static ReadOnlySpan<byte> Unescaped(scoped in Utf8JsonReader reader)
    {
        if (JsonText.HasSurrogate(reader.ValueSpan) || !System.Text.Ascii.IsValid(reader.ValueSpan))
        {
            return default;
        }

        var name = new byte[reader.ValueSpan.Length];
        return name.AsSpan(0, reader.CopyString(name));
    }
}
