using System;

namespace FastProvider.Json;

/// <summary>What of a number was read last (RFC 8259, section 6).</summary>
internal enum NumberPart : byte
{
    Start,
    Minus,
    Zero,
    Whole,
    Point,
    Fraction,
    E,
    ExponentSign,
    Exponent,
}

/// <summary>The grammar of numbers, a byte at a time, so that one may be cut anywhere.</summary>
internal static class JsonNumber
{
    /// <summary>Reads as much of a number as is there.</summary>
    /// <param name="text">The piece.</param>
    /// <param name="at">Where it goes on.</param>
    /// <param name="part">Where in the number that is.</param>
    /// <returns>The place of what follows it, or the length of the text: whether it ends there only the next byte says.</returns>
    public static int PassOver(ReadOnlySpan<byte> text, int at, ref NumberPart part)
    {
        while (at < text.Length)
        {
            var next = Next(part, text[at]);
            if (next is NumberPart.Start)
            {
                // As Utf8JsonReader: what cannot stand behind a number makes it none.
                if (!CanEnd(part) || !Follows(text[at]))
                {
                    JsonRefusal.Throw();
                }

                return at;
            }

            part = next;
            at++;
        }

        return at;
    }

    /// <summary>Whether a number may end behind this part.</summary>
    public static bool CanEnd(NumberPart part) =>
        part is NumberPart.Zero or NumberPart.Whole or NumberPart.Fraction or NumberPart.Exponent;

    private static bool Follows(byte c) => c is (byte)',' or (byte)'}' or (byte)']' or (byte)' ' or (byte)'\n' or (byte)'\r'
        or (byte)'\t' or (byte)'/';

    /// <returns>The part that a byte belongs to, or the start, to which none does.</returns>
    private static NumberPart Next(NumberPart part, byte c) => (part, c) switch
    {
        (NumberPart.Start, (byte)'-') => NumberPart.Minus,
        (NumberPart.Start or NumberPart.Minus, (byte)'0') => NumberPart.Zero,
        (NumberPart.Start or NumberPart.Minus or NumberPart.Whole, >= (byte)'0' and <= (byte)'9') => NumberPart.Whole,
        (NumberPart.Zero or NumberPart.Whole, (byte)'.') => NumberPart.Point,
        (NumberPart.Point or NumberPart.Fraction, >= (byte)'0' and <= (byte)'9') => NumberPart.Fraction,
        (NumberPart.Zero or NumberPart.Whole or NumberPart.Fraction, (byte)'e' or (byte)'E') => NumberPart.E,
        (NumberPart.E, (byte)'+' or (byte)'-') => NumberPart.ExponentSign,
        (NumberPart.E or NumberPart.ExponentSign or NumberPart.Exponent, >= (byte)'0' and <= (byte)'9') => NumberPart.Exponent,
        _ => NumberPart.Start,
    };
}
