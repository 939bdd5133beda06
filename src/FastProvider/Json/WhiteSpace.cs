using System;

namespace FastProvider.Json;

/// <summary>White space between tokens (RFC 8259, section 2).</summary>
internal static class WhiteSpace
{
    /// <returns>The place of the first byte from <paramref name="at"/> on that is none, or the length of the text.</returns>
    public static int PassOver(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
        {
            at++;
        }

        return at;
    }
}
