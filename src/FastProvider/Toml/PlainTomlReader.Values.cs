using System;
using System.Buffers;

namespace FastProvider.Toml;

internal ref partial struct PlainTomlReader
{
    // Longer numbers may not fit 64 bits: for TomlParser to judge.
    private const int MostDigits = 18;

    /// <summary>Reads a string without escapes and line ends, in single or triple quotes.</summary>
    public bool TryReadString(out TextSpan value)
    {
        const int fence = 3;
        if (TryReadSingleLineString(out value))
        {
            return true;
        }

        var rest = _text[Position..];
        if (rest.Length < 2 * fence || !IsFence(rest))
        {
            return false;
        }

        var length = rest[fence..].IndexOfAny(StopOf(rest[0]));
        // Up to two quotes may belong to the text before the fence: for TomlParser to judge.
        var end = rest[(fence + Math.Max(length, 0))..];
        if (end.Length < fence || end[0] != rest[0] || !IsFence(end) || (end.Length > fence && end[fence] == rest[0]))
        {
            return false;
        }

        value = new TextSpan(Position + fence, length);
        Position += length + (2 * fence);
        return true;
    }

    /// <summary>Reads a boolean.</summary>
    public bool TryReadBoolean(out bool value)
    {
        var rest = _text[Position..];
        value = rest.StartsWith("true"u8);
        if (!value && !rest.StartsWith("false"u8))
        {
            return false;
        }

        Position += value ? "true".Length : "false".Length;
        return true;
    }

    /// <summary>Enters an array; then <see cref="TryReadNextElement"/> until it says that there is none.</summary>
    public bool TryEnterArray() => TryTake((byte)'[');

    /// <summary>Enters an inline table; then <see cref="TryReadNextKey"/> until it says that there is none.</summary>
    public bool TryEnterInlineTable() => TryTake((byte)'{');

    /// <summary>
    /// Goes to the next element of an array; <paramref name="first"/> is true before the first one and is cleared.
    /// </summary>
    public bool TryReadNextElement(ref bool first, out bool any) => TryReadNext((byte)']', ref first, out any);

    /// <summary>
    /// Reads the next key of an inline table; <paramref name="first"/> is true before the first one and is cleared.
    /// </summary>
    public bool TryReadNextKey(ref bool first, out bool any) =>
        TryReadNext((byte)'}', ref first, out any) && (!any || TryReadKey());

    /// <summary>Skips a string, a boolean, a small integer or an array of such.</summary>
    public bool TrySkipValue()
    {
        if (Position == _text.Length)
        {
            return false;
        }

        switch (_text[Position])
        {
            case (byte)'"' or (byte)'\'':
                return TryReadString(out _);
            case (byte)'t' or (byte)'f':
                return TryReadBoolean(out _);
            case >= (byte)'0' and <= (byte)'9':
                return TrySkipInteger();
            case (byte)'[':
                return TrySkipArray();
            default:
                return false;
        }
    }

    private bool TryReadSingleLineString(out TextSpan value)
    {
        value = default;
        var rest = _text[Position..];
        if (rest.Length < 2 || rest[0] is not ((byte)'"' or (byte)'\''))
        {
            return false;
        }

        var length = rest[1..].IndexOfAny(StopOf(rest[0]));
        if (length < 0 || rest[length + 1] != rest[0] || (length == 0 && rest.Length > 2 && rest[2] == rest[0]))
        {
            return false;
        }

        value = new TextSpan(Position + 1, length);
        Position += length + 2;
        return true;
    }

    private static SearchValues<byte> StopOf(byte quote) => quote == (byte)'"' ? BasicStringStop : LiteralStringStop;

    private static bool IsFence(ReadOnlySpan<byte> text) =>
        text[0] is (byte)'"' or (byte)'\'' && text[1] == text[0] && text[2] == text[0];

    private bool TrySkipArray()
    {
        Position++;
        for (var first = true; ;)
        {
            if (!TryReadNextElement(ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                return true;
            }

            // Arrays in arrays are left to TomlParser, which bounds their depth.
            if (_text[Position] == (byte)'[' || !TrySkipValue())
            {
                return false;
            }
        }
    }

    private bool TrySkipInteger()
    {
        var rest = _text[Position..];
        var length = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        length = length < 0 ? rest.Length : length;
        if (length > MostDigits || (length > 1 && rest[0] == (byte)'0'))
        {
            return false;
        }

        // What follows is looked at by the caller: anything but the end of the value is not taken.
        Position += length;
        return true;
    }

    // Values are separated by single commas, and one may follow the last; line ends and comments may stand between.
    private bool TryReadNext(byte close, ref bool first, out bool any)
    {
        SkipToContent();
        any = !TryTake(close);
        if (any && !first)
        {
            if (!TryTake((byte)','))
            {
                return false;
            }

            SkipToContent();
            any = !TryTake(close);
        }

        first = false;
        return !any || Position < _text.Length;
    }
}
