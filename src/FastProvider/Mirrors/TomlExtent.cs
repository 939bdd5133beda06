using System;
using System.Buffers;

namespace FastProvider.Mirrors;

/// <summary>
/// The bounds of what is given to Tomlyn. It keeps up to 250 bytes for each byte of a file, and a dotted key costs the square of
/// its parts; a run has 64 MB. No registries.conf that people or operators write comes near.
/// </summary>
internal static class TomlExtent
{
    /// <summary>Keys of registries.conf have one part or two.</summary>
    public const int MostParts = 64;

    /// <summary>At most 500 bytes of memory each; a table with a mirror has about 25.</summary>
    public const int MostSigns = 100_000;

    private static readonly SearchValues<byte> Telling = SearchValues.Create("#\"'.=,[]{} \t\n"u8);

    /// <summary>What there is too much of, or null.</summary>
    /// <param name="text">A text that passed <see cref="TomlText.FindForbidden"/>.</param>
    /// <param name="at">Where the bound is crossed.</param>
    public static string? FindExcess(ReadOnlySpan<byte> text, out int at)
    {
        int signs = 0, parts = 1;
        for (at = 0; ; at++)
        {
            var next = text[at..].IndexOfAny(Telling);
            if (next < 0)
            {
                return null;
            }

            at += next;
            signs++;
            switch (text[at])
            {
                case (byte)'#':
                    at += LengthUpTo(text[at..], "\n"u8) - 1;
                    break;
                case (byte)'"' or (byte)'\'':
                    at += StringLength(text[at..]) - 1;
                    break;
                case (byte)'.':
                    parts++;
                    break;
                case (byte)' ' or (byte)'\t':
                    // However long, it is one blank, and it may stand between the parts of a key.
                    at += text[at..].IndexOfAnyExcept(" \t"u8) is var blank and >= 0 ? blank - 1 : text.Length - at - 1;
                    break;
                default:
                    parts = 1;
                    break;
            }

            if (parts > MostParts)
            {
                return $"a key of more than {MostParts} parts";
            }

            if (signs > MostSigns)
            {
                return $"this file is too large to be read, as it is not written plainly: more than {MostSigns} words and signs";
            }
        }
    }

    /// <summary>The length of the string that the text begins with; of one that does not end, up to where it would have to.</summary>
    private static int StringLength(ReadOnlySpan<byte> text)
    {
        const int fence = 3;
        var quote = text[..1];
        var isFenced = text.Length >= fence && text[1] == text[0] && text[2] == text[0];
        var start = isFenced ? fence : 1;
        var escapes = quote[0] is (byte)'"';
        for (var at = start; at < text.Length;)
        {
            var rest = text[at..];
            if (escapes && rest[0] is (byte)'\\')
            {
                at += 2;
            }
            else if (isFenced ? rest.StartsWith(text[..fence]) : rest[0] == quote[0])
            {
                return at + start;
            }
            else if (!isFenced && rest[0] is (byte)'\n')
            {
                return at;
            }
            else
            {
                at++;
            }
        }

        return text.Length;
    }

    private static int LengthUpTo(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end)
    {
        var length = text.IndexOf(end);
        return length < 0 ? text.Length : length;
    }
}
