using System;
using System.Text.Json;
using FastProvider.Generators;

namespace FastProvider.Secrets;

/// <summary>Keys in documents that tenants write.</summary>
internal static class JsonName
{
    /// <summary>
    /// The name at which the reader stands, decoded; empty if it has escapes and anything that is not ASCII, as no registry has.
    /// </summary>
    public static ReadOnlySpan<byte> Ascii(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (JsonText.HasSurrogate(reader.ValueSpan) || !System.Text.Ascii.IsValid(reader.ValueSpan))
        {
            return default;
        }

        var name = new byte[reader.ValueSpan.Length];
        return name.AsSpan(0, reader.CopyString(name));
    }
}
