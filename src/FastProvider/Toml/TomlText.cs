using System;
using System.Buffers;
using System.Text.Unicode;

namespace FastProvider.Toml;

/// <summary>
/// What holds for every byte of a TOML file, before any of it is read. Source: parse and next of BurntSushi/toml 1.6.0
/// (parse.go, lex.go), the decoder of the reference library.
/// </summary>
internal static class TomlText
{
    /// <summary>No name of a field is longer, in bytes.</summary>
    public const int LongestField = 40;

    private static readonly SearchValues<byte> Forbidden = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <summary>
    /// The length of the byte order mark at the start: that of UTF-8, or that of UTF-16, which the decoder skips alike
    /// (the rest must be UTF-8 all the same).
    /// </summary>
    public static int ByteOrderMarkLength(ReadOnlySpan<byte> file) =>
        file.StartsWith("\ufeff"u8) ? 3
        : file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || file.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]) ? 2
        : 0;

    /// <summary>
    /// The offset of the first byte that no TOML file may have there: a control character, a carriage return without a line feed,
    /// or bad UTF-8; -1 if none.
    /// </summary>
    public static int FindForbidden(ReadOnlySpan<byte> text)
    {
        var control = text.IndexOfAny(Forbidden);
        if (control >= 0)
        {
            return control;
        }

        for (var at = 0; ;)
        {
            var next = text[at..].IndexOf((byte)'\r');
            if (next < 0)
            {
                break;
            }

            at += next + 1;
            if (at == text.Length || text[at] != (byte)'\n')
            {
                return at - 1;
            }
        }

        return Utf8.IsValid(text) ? -1 : FirstInvalid(text);
    }

    /// <summary>What no TOML file may be or hold, if <paramref name="text"/> does; it has no byte order mark any more.</summary>
    public static TomlFault? FindFault(ReadOnlySpan<byte> text)
    {
        // Where the decoder looks for it: the bytes between ASCII letters of UTF-16.
        const int beginning = 6;
        if (text[..Math.Min(text.Length, beginning)].Contains((byte)0))
        {
            return new TomlFault(0, "this is no UTF-8, it looks like UTF-16; write the file as UTF-8 (iconv -f UTF-16 -t UTF-8)");
        }

        return FindForbidden(text) is >= 0 and var at
            ? new TomlFault(at, "this is not valid TOML: a control character, a carriage return alone,"
                + " or bytes that are not UTF-8")
            : null;
    }

    /// <summary>
    /// Whether a key is <paramref name="field"/> (lower-case ASCII) when case is ignored by Unicode simple folding, as Go does:
    /// beside A-Z that is the long s and the Kelvin sign.
    /// </summary>
    public static bool EqualsFolded(ReadOnlySpan<byte> name, ReadOnlySpan<byte> field)
    {
        Span<byte> folded = stackalloc byte[LongestField];
        return field.Length <= LongestField && TryFold(name, folded, out var length) && folded[..length].SequenceEqual(field);
    }

    /// <summary>Writes <paramref name="name"/> without case; false if it is longer than any field of ours.</summary>
    public static bool TryFold(ReadOnlySpan<byte> name, Span<byte> folded, out int length)
    {
        for (length = 0; !name.IsEmpty; length++)
        {
            if (length == folded.Length)
            {
                return false;
            }

            var (letter, width) = name.StartsWith("\u017f"u8) ? ((byte)'s', 2)
                : name.StartsWith("\u212a"u8) ? ((byte)'k', 3)
                : (name[0] is >= (byte)'A' and <= (byte)'Z' ? (byte)(name[0] | 0x20) : name[0], 1);
            folded[length] = letter;
            name = name[width..];
        }

        return true;
    }

    /// <summary>The line of <paramref name="offset"/>, from 1.</summary>
    public static int LineOf(ReadOnlySpan<byte> text, int offset) => text[..Math.Min(offset, text.Length)].Count((byte)'\n') + 1;

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (System.Text.Rune.DecodeFromUtf8(text[at..], out _, out var width) != OperationStatus.Done)
            {
                return at;
            }

            at += width;
        }

        return text.Length;
    }
}
