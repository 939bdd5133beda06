using System;
using System.Buffers;

namespace FastProvider.Toml;

/// <summary>What <see cref="PlainTomlReader.ReadItem"/> stands at.</summary>
internal enum TomlItem : byte
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A key whose value comes next.</summary>
    Key,

    /// <summary><c>[name]</c> or <c>[name.part]</c>.</summary>
    Table,

    /// <summary><c>[[name]]</c> or <c>[[name.part]]</c>.</summary>
    TableArray,

    /// <summary>Something this reader was not written for, be it valid or not.</summary>
    NotTaken,
}

/// <summary>
/// Reads the plain part of TOML from UTF-8 without copying or allocating: comments, tables of one or two names, keys of one name,
/// strings without escapes and line ends, booleans, small integers, arrays and inline tables of these. It takes nothing that is
/// not valid TOML; whatever it does not take (every method answers false or <see cref="TomlItem.NotTaken"/>) is for
/// <see cref="TomlParser"/> to judge. It does not look for keys that are defined twice: the caller knows its tables. The text
/// must have passed <see cref="TomlText.FindForbidden"/>; a carriage return is thus part of a line end.
/// </summary>
internal ref partial struct PlainTomlReader(ReadOnlySpan<byte> text)
{
    private static readonly SearchValues<byte> BareKey =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);
    private static readonly SearchValues<byte> BasicStringStop = SearchValues.Create("\"\\\n"u8);
    private static readonly SearchValues<byte> LiteralStringStop = SearchValues.Create("'\n"u8);

    private readonly ReadOnlySpan<byte> _text = text;

    /// <summary>The offset of the next byte to read.</summary>
    public int Position { get; private set; }

    /// <summary>The key, or the first name of the table.</summary>
    public TextSpan Name { get; private set; }

    /// <summary>The second name of the table; meaningful if <see cref="HasPart"/>.</summary>
    public TextSpan Part { get; private set; }

    /// <summary>Whether the table has a second name.</summary>
    public bool HasPart { get; private set; }

    /// <summary>Where the item begins.</summary>
    public int ItemStart { get; private set; }

    /// <summary>Reads up to and including the next table header, or the next key and its equals sign.</summary>
    public TomlItem ReadItem()
    {
        SkipToContent();
        ItemStart = Position;
        if (Position == _text.Length)
        {
            return TomlItem.End;
        }

        if (_text[Position] != (byte)'[')
        {
            return TryReadKey() ? TomlItem.Key : TomlItem.NotTaken;
        }

        Position++;
        var array = TryTake((byte)'[');
        return TryReadHeader() && (!array || TryTake((byte)']')) && TryEndLine()
            ? (array ? TomlItem.TableArray : TomlItem.Table)
            : TomlItem.NotTaken;
    }

    /// <summary>Skips blanks and a comment up to the end of the line or text; false if anything else stands there.</summary>
    public bool TryEndLine()
    {
        SkipBlanks();
        if (Position == _text.Length || TryTake((byte)'\n'))
        {
            return true;
        }

        if (_text[Position] != (byte)'#')
        {
            return false;
        }

        SkipComment();
        return true;
    }

    /// <summary>Reads a key and its equals sign, at the start of a line or in an inline table.</summary>
    public bool TryReadKey()
    {
        if (!TryReadName(out var name))
        {
            return false;
        }

        Name = name;
        SkipBlanks();
        if (!TryTake((byte)'='))
        {
            return false;
        }

        SkipBlanks();
        return true;
    }

    private bool TryReadHeader()
    {
        SkipBlanks();
        if (!TryReadName(out var name))
        {
            return false;
        }

        Name = name;
        SkipBlanks();
        HasPart = TryTake((byte)'.');
        if (HasPart)
        {
            SkipBlanks();
            if (!TryReadName(out var part))
            {
                return false;
            }

            Part = part;
            SkipBlanks();
        }

        return TryTake((byte)']');
    }

    private bool TryReadName(out TextSpan name)
    {
        var rest = _text[Position..];
        if (!rest.IsEmpty && rest[0] is (byte)'"' or (byte)'\'')
        {
            return TryReadSingleLineString(out name);
        }

        var length = rest.IndexOfAnyExcept(BareKey);
        name = new TextSpan(Position, length < 0 ? rest.Length : length);
        Position += name.Length;
        return name.Length > 0;
    }

    private bool TryTake(byte expected)
    {
        if (Position < _text.Length && _text[Position] == expected)
        {
            Position++;
            return true;
        }

        return false;
    }

    private void SkipBlanks()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            Position++;
        }
    }

    private void SkipComment()
    {
        var end = _text[Position..].IndexOf((byte)'\n');
        Position = end < 0 ? _text.Length : Position + end + 1;
    }

    private void SkipToContent()
    {
        while (Position < _text.Length)
        {
            switch (_text[Position])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    Position++;
                    break;
                case (byte)'#':
                    SkipComment();
                    break;
                default:
                    return;
            }
        }
    }
}
