using System;
using System.Text.Json;

namespace FastProvider.Secrets;

/// <summary>
/// Names in documents that tenants write. A lone surrogate such as <c>\ud800</c> is valid by JSON's grammar (RFC 8259,
/// section 8.2) and yet no Unicode; System.Text.Json throws where it decodes one, and one exception for each name of a large
/// document would cost seconds.
/// </summary>
internal static class JsonName
{
    /// <summary>Whether the reader stands at this name, of ASCII characters without a backslash.</summary>
    public static bool Is(in Utf8JsonReader reader, ReadOnlySpan<byte> name) => !HasSurrogate(reader) && reader.ValueTextEquals(name);

    /// <summary>The name at which the reader stands, decoded; empty if it has escapes and anything that is not ASCII, as no registry has.</summary>
    public static ReadOnlySpan<byte> Ascii(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (HasSurrogate(reader) || !System.Text.Ascii.IsValid(reader.ValueSpan))
        {
            return default;
        }

        var name = new byte[reader.ValueSpan.Length];
        return name.AsSpan(0, reader.CopyString(name));
    }

    private static bool HasSurrogate(in Utf8JsonReader reader) =>
        reader.ValueIsEscaped && (reader.ValueSpan.IndexOf("\\ud"u8) >= 0 || reader.ValueSpan.IndexOf("\\uD"u8) >= 0);
}
