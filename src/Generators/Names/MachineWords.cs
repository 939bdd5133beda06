using System;
using System.Collections.Generic;
using System.Linq;

namespace FastProvider.Generators.Names;

/// <summary>
/// How the bytes of a name of known length are read as machine words: eight at a time, then what is left in one read that
/// reaches back over bytes already seen where no word of that size is left.
/// </summary>
internal static class MachineWords
{
    /// <summary>The reads that cover <paramref name="length"/> bytes, at least one.</summary>
    public static List<(int Offset, int Size)> Cover(int length)
    {
        List<(int, int)> words = [];
        var offset = 0;
        for (; length - offset >= 8; offset += 8)
        {
            words.Add((offset, 8));
        }

        var rest = length - offset;
        if (rest > 0)
        {
            var size = rest > 4 ? 8 : rest > 2 ? 4 : rest;
            if (size <= length)
            {
                words.Add((length - size, size));
            }
            else
            {
                // Shorter than the word: two smaller ones that overlap.
                size /= 2;
                words.Add((0, size));
                words.Add((length - size, size));
            }
        }

        return words;
    }

    /// <summary>The expression that reads one word of <paramref name="span"/>.</summary>
    public static string Read(string span, (int Offset, int Size) word)
    {
        if (word.Size == 1)
        {
            return $"{span}[{word.Offset}]";
        }

        var from = word.Offset == 0 ? span : $"{span}[{word.Offset}..]";
        return $"BinaryPrimitives.ReadUInt{8 * word.Size}LittleEndian({from})";
    }

    /// <summary>The word that <paramref name="text"/> has there, and the text itself as a comment.</summary>
    public static string Literal(string text, (int Offset, int Size) word)
    {
        var part = text.Substring(word.Offset, word.Size);
        return $"{Hex(part.Select(static c => (byte)c))} /* {part.Replace("*/", "*_/")} */";
    }

    /// <summary>
    /// A bit for each letter: set in a word that was read, it makes A-Z equal to a-z and nothing else equal. Null if there are no
    /// letters.
    /// </summary>
    public static string? CaseMask(string text, (int Offset, int Size) word)
    {
        var mask = text.Substring(word.Offset, word.Size).Select(static c => (byte)(c is >= 'a' and <= 'z' ? 0x20 : 0)).ToArray();
        return mask.Any(static b => b != 0) ? Hex(mask) : null;
    }

    private static string Hex(IEnumerable<byte> littleEndian) =>
        "0x" + string.Concat(littleEndian.Reverse().Select(
            static b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
}
