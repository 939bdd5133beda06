using System;
using System.Buffers;
using System.Globalization;

namespace FastProvider.Toml;

// Numbers and dates. No setting of ours is one, so they are only judged.
internal ref partial struct TomlParser
{
    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);
    private static readonly SearchValues<byte> OctalDigits = SearchValues.Create("01234567"u8);
    private static readonly SearchValues<byte> BinaryDigits = SearchValues.Create("01"u8);
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private static readonly SearchValues<byte> InNumbers =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_+-.:"u8);

    // All that may stand in a number or date is taken, and must be one as a whole.
    private bool TryReadNumberOrDate()
    {
        var start = _at;
        var word = TakeWord();
        if (IsDate(word) && _at + 1 < _text.Length && _text[_at] == (byte)' ' && char.IsAsciiDigit((char)_text[_at + 1]))
        {
            // A blank may stand for the T between date and time.
            _at++;
            var time = TakeWord();
            return IsTime(time, isOffsetTaken: true) || FailAt(start, "this is not valid TOML: what follows a date is no time");
        }

        return IsInteger(word) || IsFloat(word) || IsDate(word) || IsTime(word, isOffsetTaken: false) || IsDateTime(word)
            || FailAt(
                start, "this is not valid TOML: what stands here is no value; write true, false, a number, or a text in quotes");
    }

    private ReadOnlySpan<byte> TakeWord()
    {
        var rest = (ReadOnlySpan<byte>)_text[_at..];
        var length = rest.IndexOfAnyExcept(InNumbers);
        length = length < 0 ? rest.Length : length;
        _at += length;
        return rest[..length];
    }

    // 64 bits with a sign. Only decimal numbers may have one written.
    private static bool IsInteger(ReadOnlySpan<byte> word)
    {
        var (digits, bitsPerDigit) = word.StartsWith("0x"u8) ? (HexDigits, 4)
            : word.StartsWith("0o"u8) ? (OctalDigits, 3)
            : word.StartsWith("0b"u8) ? (BinaryDigits, 1)
            : (Digits, 0);
        if (bitsPerDigit == 0)
        {
            return IsDecimal(Unsigned(word)) && IsIn64Bits(word);
        }

        word = word[2..];
        if (!AreDigits(word, digits))
        {
            return false;
        }

        // The value fits if the digits from the first that is not zero take at most 63 bits.
        var bits = 0;
        foreach (var c in word)
        {
            if (c != (byte)'_')
            {
                bits = bits > 0 ? bits + bitsPerDigit : BitsOf(c);
                if (bits > 63)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static int BitsOf(byte digit) => ValueOf(digit) switch { >= 8 => 4, >= 4 => 3, >= 2 => 2, var value => value };

    private static int ValueOf(byte hexDigit) =>
        char.IsAsciiDigit((char)hexDigit) ? hexDigit - '0' : (hexDigit | 0x20) - 'a' + 10;

    private static bool IsIn64Bits(ReadOnlySpan<byte> word)
    {
        var isNegative = word[0] == (byte)'-';
        var value = 0UL;
        foreach (var c in Unsigned(word))
        {
            if (c == (byte)'_')
            {
                continue;
            }

            var digit = (ulong)(c - '0');
            if (value > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return value <= (isNegative ? 1UL + long.MaxValue : long.MaxValue);
    }

    private static bool IsFloat(ReadOnlySpan<byte> word)
    {
        var number = Unsigned(word);
        if (number.SequenceEqual("inf"u8) || number.SequenceEqual("nan"u8))
        {
            return true;
        }

        var exponent = number.IndexOfAny((byte)'e', (byte)'E');
        if (exponent >= 0 && !AreDigits(Unsigned(number[(exponent + 1)..]), Digits))
        {
            return false;
        }

        var mantissa = exponent < 0 ? number : number[..exponent];
        var point = mantissa.IndexOf((byte)'.');
        return (exponent >= 0 || point >= 0)
            && IsDecimal(point < 0 ? mantissa : mantissa[..point])
            && (point < 0 || AreDigits(mantissa[(point + 1)..], Digits))
            && IsFinite(number);
    }

    // A number that only infinity is near enough to is refused; one that is nearly zero is zero.
    private static bool IsFinite(ReadOnlySpan<byte> number)
    {
        var plain = ArrayPool<byte>.Shared.Rent(number.Length);
        var length = 0;
        foreach (var c in number)
        {
            plain[length] = c;
            length += c == (byte)'_' ? 0 : 1;
        }

        var isFinite = double.TryParse(plain.AsSpan(0, length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value);
        ArrayPool<byte>.Shared.Return(plain);
        return isFinite;
    }

    private static ReadOnlySpan<byte> Unsigned(ReadOnlySpan<byte> word) =>
        word is [(byte)'+' or (byte)'-', ..] ? word[1..] : word;

    // Without leading zeros.
    private static bool IsDecimal(ReadOnlySpan<byte> word) =>
        AreDigits(word, Digits) && (word.Length == 1 || word[0] != (byte)'0');

    // Digits, with single underscores between.
    private static bool AreDigits(ReadOnlySpan<byte> word, SearchValues<byte> digits)
    {
        var wasDigit = false;
        foreach (var c in word)
        {
            var isDigit = digits.Contains(c);
            if (!isDigit && (c != (byte)'_' || !wasDigit))
            {
                return false;
            }

            wasDigit = isDigit;
        }

        return wasDigit;
    }

    private static bool IsDateTime(ReadOnlySpan<byte> word)
    {
        const int dateLength = 10;
        return word.Length > dateLength && IsDate(word[..dateLength]) && word[dateLength] is (byte)'T' or (byte)'t'
            && IsTime(word[(dateLength + 1)..], isOffsetTaken: true);
    }

    // YYYY-MM-DD of any year of four digits, 0000 too.
    private static bool IsDate(ReadOnlySpan<byte> word) =>
        word.Length == 10 && word[4] == (byte)'-' && word[7] == (byte)'-'
        && TryReadNumber(word[..4], out var year) && TryReadNumber(word[5..7], out var month)
        && TryReadNumber(word[8..], out var day)
        && month is >= 1 and <= 12 && day >= 1 && day <= DaysIn(year, month);

    // DateTime knows no year 0, which is a leap year.
    private static int DaysIn(int year, int month) => DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    // HH:MM, seconds and their fraction may follow, and behind a date Z or an offset. The decoder takes any two digits in an
    // offset (time.Parse of Go).
    private static bool IsTime(ReadOnlySpan<byte> word, bool isOffsetTaken)
    {
        if (word.Length < 5 || word[2] != (byte)':' || !TryReadNumber(word[..2], out var hour) || hour > 23
            || !TryReadNumber(word[3..5], out var minute) || minute > 59)
        {
            return false;
        }

        word = word[5..];
        if (word is [(byte)':', ..])
        {
            if (word.Length < 3 || !TryReadNumber(word[1..3], out var second) || second > 59)
            {
                return false;
            }

            word = word[3..];
            if (word is [(byte)'.', ..])
            {
                var length = word[1..].IndexOfAnyExcept(Digits);
                length = length < 0 ? word.Length - 1 : length;
                if (length == 0)
                {
                    return false;
                }

                word = word[(1 + length)..];
            }
        }

        return word.IsEmpty || (isOffsetTaken && IsOffset(word));
    }

    private static bool IsOffset(ReadOnlySpan<byte> word) =>
        word is [(byte)'Z' or (byte)'z']
        || (word.Length == 6 && word[0] is (byte)'+' or (byte)'-' && word[3] == (byte)':'
            && TryReadNumber(word[1..3], out _) && TryReadNumber(word[4..], out _));

    private static bool TryReadNumber(ReadOnlySpan<byte> word, out int value)
    {
        value = 0;
        foreach (var c in word)
        {
            if (!char.IsAsciiDigit((char)c))
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}
