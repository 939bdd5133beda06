using System;
using System.Buffers;
using System.Text.Unicode;

namespace FastProvider.Mirrors;

/// <summary>
/// What holds for every byte of a TOML file, before any of it is read. Source: parse and next of BurntSushi/toml 1.6.0
/// (parse.go, lex.go), the decoder of the reference library.
/// </summary>
internal static class TomlText
{
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

    /// <summary>The offset of the first byte that no TOML file may have there: a control character, a carriage return without a line feed, or bad UTF-8; -1 if none.</summary>
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
