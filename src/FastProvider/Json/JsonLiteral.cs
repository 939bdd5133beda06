using System;
using System.Text.Json;

namespace FastProvider.Json;

/// <summary>true, false and null (RFC 8259, section 3), which may be cut anywhere.</summary>
internal static class JsonLiteral
{
    /// <summary>What a literal is by its first letter; none if no literal begins so.</summary>
    public static JsonTokenType TypeOf(byte first) => first switch
    {
        (byte)'t' => JsonTokenType.True,
        (byte)'f' => JsonTokenType.False,
        (byte)'n' => JsonTokenType.Null,
        _ => JsonTokenType.None,
    };

    /// <summary>Reads a literal on.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="at">Where it goes on.</param>
    /// <param name="place">Which it is, and where in it that is.</param>
    /// <returns>The place behind what was read.</returns>
    public static int PassOver(ReadOnlySpan<byte> text, int at, ref CutPlace place)
    {
        var letters = Letters(place.Literal);
        while (at < text.Length && place.Letters < letters.Length)
        {
            if (text[at++] != letters[place.Letters++])
            {
                JsonRefusal.Throw();
            }
        }

        return at;
    }

    /// <summary>Whether all of it has come.</summary>
    public static bool IsWhole(in CutPlace place) => place.Letters == Letters(place.Literal).Length;

    private static ReadOnlySpan<byte> Letters(byte first) => first switch
    {
        (byte)'t' => "true"u8,
        (byte)'f' => "false"u8,
        _ => "null"u8,
    };
}
