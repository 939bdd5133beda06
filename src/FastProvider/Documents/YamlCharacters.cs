using System;
using System.IO;
using System.Text;
using System.Text.Unicode;

namespace FastProvider.Documents;

/// <summary>
/// The characters of a YAML text in UTF-8, decoded as they are asked for: no second copy of a whole file is made.
/// </summary>
internal sealed class YamlCharacters(ReadOnlyMemory<byte> text) : TextReader
{
    private int _at;
    private char _secondHalf;

    /// <summary>Finds what no YAML text may have (YAML 1.2, chapter 5.1): Kubernetes' reader refuses the same.</summary>
    /// <returns>Its line, counted from 0; -1 if there is none.</returns>
    public static int LineOfControlCharacter(ReadOnlySpan<byte> text)
    {
        var line = 0;
        for (var index = 0; index < text.Length; index++)
        {
            var rest = text[index..];
            switch (rest[0])
            {
                case (byte)'\n':
                    line++;
                    break;

                case >= (byte)' ' and < 0x7F or (byte)'\t' or (byte)'\r':
                    break;

                case < (byte)' ' or 0x7F:
                case 0xC2 when rest is [_, < 0xA0 and not 0x85, ..]:
                case 0xEF when rest is [_, 0xBF, 0xBE or 0xBF, ..]:
                    return line;
            }
        }

        return -1;
    }

    public override int Read(char[] buffer, int index, int count)
    {
        if (count is 0)
        {
            return 0;
        }

        if (_secondHalf != 0)
        {
            (buffer[index], _secondHalf) = (_secondHalf, '\0');
            return 1;
        }

        Utf8.ToUtf16(text.Span[_at..], buffer.AsSpan(index, count), out var read, out var written);
        _at += read;
        if (written == 0 && _at < text.Length)
        {
            // There is room for one half of a pair of surrogates.
            Rune.DecodeFromUtf8(text.Span[_at..], out var rune, out read);
            _at += read;
            Span<char> pair = stackalloc char[2];
            rune.EncodeToUtf16(pair);
            (buffer[index], _secondHalf, written) = (pair[0], pair[1], 1);
        }

        return written;
    }
}
