using System;

namespace FastProvider.Json;

/// <summary>The grammar of strings (RFC 8259, section 7), so that one may be cut anywhere.</summary>
internal static class JsonString
{
    /// <summary>For <see cref="CutPlace.EscapeLeft"/>: a backslash was the last byte.</summary>
    private const int BehindBackslash = 5;

    private const int HexDigits = 4;

    /// <summary>Reads a string on, from behind its quotation mark or from where it was cut.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="at">Where it goes on.</param>
    /// <param name="place">Where in the string that is.</param>
    /// <param name="marks">Of the piece.</param>
    /// <returns>The place of the quotation mark that ends it, or the length of the text if that is still to come.</returns>
    /// <remarks>
    /// That it is UTF-8 is not looked at, nor that surrogates are pairs: Utf8JsonReader looks when it decodes one, and so does
    /// <see cref="JsonPieceReader.CopyString(Span{byte})"/>.
    /// </remarks>
    public static int PassOver(ReadOnlySpan<byte> text, int at, ref CutPlace place, ref StringMarks marks)
    {
        while (at < text.Length)
        {
            if (place.EscapeLeft != 0)
            {
                place.EscapeLeft = AfterEscapedByte(place.EscapeLeft, text[at++]);
                continue;
            }

            at = marks.Find(text, at);
            if (at == text.Length || text[at] is (byte)'"')
            {
                return at;
            }

            if (text[at] is not (byte)'\\')
            {
                // A control character.
                JsonRefusal.Throw();
            }

            at++;
            place.HasEscapes = true;
            place.EscapeLeft = BehindBackslash;
        }

        return at;
    }

    private static int AfterEscapedByte(int left, byte c)
    {
        if (left == BehindBackslash)
        {
            if (c is (byte)'u')
            {
                return HexDigits;
            }

            if (c is not ((byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t'))
            {
                JsonRefusal.Throw();
            }

            return 0;
        }

        if (!char.IsAsciiHexDigit((char)c))
        {
            JsonRefusal.Throw();
        }

        return left - 1;
    }
}
