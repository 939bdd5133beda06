using System;
using System.Buffers;
using System.Text;

namespace FastProvider.Toml;

// Strings. What escapes mean is written over the escapes, which are never shorter.
internal ref partial struct TomlParser
{
    private const int FenceLength = 3;

    private static readonly SearchValues<byte> BasicStop = SearchValues.Create("\"\\\n"u8);

    private bool TryReadString(out TextSpan text)
    {
        if (StartsWith("\"\"\""u8))
        {
            return TryReadFencedBasicString(out text);
        }

        return StartsWith("'''"u8) ? TryReadFencedLiteralString(out text) : TryReadStringOfOneLine(out text);
    }

    // "basic" or 'literal'.
    private bool TryReadStringOfOneLine(out TextSpan text)
    {
        text = default;
        var opening = _at;
        var quote = _text[_at++];
        var start = _at;
        var end = start;
        while (true)
        {
            var rest = (ReadOnlySpan<byte>)_text[_at..];
            var length = quote == (byte)'"' ? rest.IndexOfAny(BasicStop) : rest.IndexOfAny((byte)'\'', (byte)'\n');
            if (length < 0 || rest[length] == (byte)'\n')
            {
                return FailAt(opening, "this is not valid TOML: a string does not end on its line");
            }

            Keep(length, ref end);
            if (_text[_at] == quote)
            {
                _at++;
                text = new TextSpan(start, end - start);
                return true;
            }

            if (!TryReadEscape(ref end))
            {
                return false;
            }
        }
    }

    // '''literal''', which may begin with a line end that does not count, and end with one or two quotes of its own.
    private bool TryReadFencedLiteralString(out TextSpan text)
    {
        text = default;
        var opening = _at;
        _at += FenceLength;
        SkipLineEnd();
        var start = _at;
        while (true)
        {
            var next = ((ReadOnlySpan<byte>)_text[_at..]).IndexOf((byte)'\'');
            if (next < 0)
            {
                return FailAt(opening, "this is not valid TOML: a string in triple quotes does not end");
            }

            _at += next;
            var quotes = QuotesHere((byte)'\'');
            _at += quotes;
            if (quotes >= FenceLength)
            {
                text = new TextSpan(start, _at - FenceLength - start);
                return quotes < 2 * FenceLength || TooManyQuotes(opening);
            }
        }
    }

    // """basic""", likewise.
    private bool TryReadFencedBasicString(out TextSpan text)
    {
        text = default;
        var opening = _at;
        _at += FenceLength;
        SkipLineEnd();
        var start = _at;
        var end = start;
        while (true)
        {
            var length = ((ReadOnlySpan<byte>)_text[_at..]).IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0)
            {
                return FailAt(opening, "this is not valid TOML: a string in triple quotes does not end");
            }

            Keep(length, ref end);
            if (_text[_at] == (byte)'\\')
            {
                if (!TrySkipEscapedLineEnd() && !TryReadEscape(ref end))
                {
                    return false;
                }

                continue;
            }

            var quotes = QuotesHere((byte)'"');
            if (quotes >= FenceLength)
            {
                // The decoder takes one quote more behind an escaped backslash, as it looks no further back than that.
                var most = (2 * FenceLength) - 1 + (_isBehindBackslash ? 1 : 0);
                Keep(quotes - FenceLength, ref end);
                _at += FenceLength;
                text = new TextSpan(start, end - start);
                return quotes <= most || TooManyQuotes(opening);
            }

            Keep(quotes, ref end);
        }
    }

    private readonly int QuotesHere(byte quote)
    {
        var length = ((ReadOnlySpan<byte>)_text[_at..]).IndexOfAnyExcept(quote);
        return length < 0 ? _text.Length - _at : length;
    }

    private bool TooManyQuotes(int opening) => FailAt(opening, "this is not valid TOML: too many quotes at the end of a string");

    // Takes bytes over as they are.
    private void Keep(int length, ref int end)
    {
        if (end != _at)
        {
            _text.Slice(_at, length).CopyTo(_text[end..]);
        }

        _isBehindBackslash &= length == 0;
        _at += length;
        end += length;
    }

    private void SkipLineEnd()
    {
        _isBehindBackslash = false;
        if (StartsWith("\n"u8))
        {
            _at++;
        }
        else if (StartsWith("\r\n"u8))
        {
            _at += 2;
        }
    }

    // A backslash that only blanks separate from the end of its line: it, the line end and all blank lines and blanks that
    // follow do not count.
    private bool TrySkipEscapedLineEnd()
    {
        var rest = ((ReadOnlySpan<byte>)_text)[(_at + 1)..];
        var length = rest.IndexOfAnyExcept(" \t\r\n"u8);
        length = length < 0 ? rest.Length : length;
        if (!rest[..length].Contains((byte)'\n'))
        {
            return false;
        }

        _isBehindBackslash = false;
        _at += 1 + length;
        return true;
    }

    private bool TryReadEscape(ref int end)
    {
        var start = _at++;
        var code = _at < _text.Length ? _text[_at++] : (byte)0;
        _isBehindBackslash = code == (byte)'\\';
        var digits = code switch { (byte)'x' => 2, (byte)'u' => 4, (byte)'U' => 8, _ => 0 };
        if (digits > 0)
        {
            return TryReadCodePoint(digits, start, ref end);
        }

        var meaning = code switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'t' => (byte)'\t',
            (byte)'n' => (byte)'\n',
            (byte)'f' => (byte)'\f',
            (byte)'r' => (byte)'\r',
            (byte)'e' => 0x1b,
            (byte)'"' or (byte)'\\' => code,
            _ => 0,
        };
        if (meaning == 0)
        {
            return FailAt(start, "this is not valid TOML: a backslash in a string that escapes nothing;"
                + " in single quotes it is one as such");
        }

        _text[end++] = (byte)meaning;
        return true;
    }

    private bool TryReadCodePoint(int digits, int start, ref int end)
    {
        var value = 0L;
        for (var digit = 0; digit < digits; digit++)
        {
            if (_at == _text.Length || !char.IsAsciiHexDigit((char)_text[_at]))
            {
                return FailAt(start, $"this is not valid TOML: an escape that needs {digits} hexadecimal digits");
            }

            value = (value * 16) + ValueOf(_text[_at++]);
        }

        if (value > int.MaxValue || !Rune.TryCreate((int)value, out var character))
        {
            return FailAt(start, "this is not valid TOML: an escape that names no character");
        }

        end += character.EncodeToUtf8(_text[end..]);
        return true;
    }
}
