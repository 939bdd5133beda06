using System;
using System.Buffers;
using System.Text;

namespace FastProvider.Toml;

/// <summary>
/// Reads TOML into a <see cref="TomlDocument"/> by recursive descent, a method for each rule of the grammar: TOML 1.1 as the
/// reference library's decoder takes it (BurntSushi/toml 1.6.0, lex.go). That decoder is looser than TOML in a few places; each
/// is named where it is followed. The text has passed <see cref="TomlText.FindFault"/>: it is UTF-8, has no control characters,
/// and a carriage return is part of a line end.
/// </summary>
internal ref partial struct TomlParser(TomlDocument document)
{
    /// <summary>Arrays and inline tables within each other. The decoder has no bound; this program's stack has.</summary>
    public const int MostDepth = 512;

    private const int LongestQuote = 80;

    private static readonly SearchValues<byte> BareName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    private readonly TomlDocument _document = document;
    private readonly TomlDefinitions _definitions = new(document);
    private readonly Span<byte> _text = document.Bytes;
    private int _at;
    private int _depth;
    private bool _isBehindBackslash;
    private TomlFault? _fault;

    /// <summary>Reads the whole text; null means success.</summary>
    public TomlFault? ReadAll()
    {
        var scope = TomlDefinitions.Document;
        for (SkipToContent(); _at < _text.Length; SkipToContent())
        {
            var isRead = _text[_at] == (byte)'[' ? TryReadHeader(ref scope) : TryReadPair(scope, TomlNames.None);
            if (!isRead || !TryEndLine())
            {
                break;
            }
        }

        return _fault;
    }

    // '[' name ']' or '[[' name ']]', where name has parts with dots between.
    private bool TryReadHeader(ref TomlScope scope)
    {
        var start = _at++;
        var array = TryTake((byte)'[');
        scope = TomlDefinitions.Document;
        SkipBlanks();
        TextSpan name;
        while (true)
        {
            if (!TryReadName(out name))
            {
                return false;
            }

            SkipBlanks();
            if (!TryTake((byte)'.'))
            {
                break;
            }

            SkipBlanks();
            if (!_definitions.TryEnterOfHeader(ref scope, name, start))
            {
                return NoTable(name, start);
            }
        }

        if (!TryTake((byte)']') || (array && !TryTake((byte)']')))
        {
            return Fail(array ? "']]' is missing at the end of a table's name" : "']' is missing at the end of a table's name");
        }

        return _definitions.TryOpenTable(ref scope, name, array, start)
            || FailAt(start, array
                ? $"{Quote(name)} is defined already, and not as an array of tables, so [[{Plain(name)}]] cannot stand here"
                : $"the table {Quote(name)} is defined a second time");
    }

    // key '=' value; of an inline table the value is also placed below the table's own value.
    private bool TryReadPair(TomlScope scope, int inlineTable)
    {
        var start = _at;
        TextSpan name;
        while (true)
        {
            if (!TryReadName(out name))
            {
                return false;
            }

            SkipBlanks();
            if (!TryTake((byte)'.'))
            {
                break;
            }

            SkipBlanks();
            if (!_definitions.TryEnterOfKey(ref scope, name, start)
                || (inlineTable != TomlNames.None && !TryPlaceTable(ref inlineTable, name, start)))
            {
                return NoTable(name, start);
            }
        }

        if (!TryTake((byte)'='))
        {
            return Fail("'=' is missing after a key");
        }

        SkipBlanks();
        if (!TryReadValue(scope, name, inArray: false, out var value))
        {
            return false;
        }

        if (!_definitions.TrySet(scope, name, value))
        {
            return scope.Table == TomlNames.None
                ? NoTable(name, start)
                : FailAt(start, $"the key {Quote(name)} stands a second time in its table");
        }

        if (inlineTable != TomlNames.None)
        {
            _document.FindOrAddMember(inlineTable, name, value, out _).Value = value;
        }

        return true;
    }

    // The decoder builds the value of an inline table beside the definitions: an element of an array has no path of its own
    // there.
    private readonly bool TryPlaceTable(ref int table, TextSpan name, int at)
    {
        ref var member = ref _document.FindOrAddMember(table, name, TomlNames.None, out var isNew);
        if (isNew)
        {
            member.Value = _document.AddNode(TomlKind.Table, at);
        }

        table = member.Value;
        return _document.Node(table).Kind == TomlKind.Table;
    }

    // A part of a key or header: bare, or a string on one line. Without content only in quotes.
    private bool TryReadName(out TextSpan name)
    {
        if (_document.IsFull)
        {
            name = default;
            return TooLarge();
        }

        if (_at < _text.Length && _text[_at] is (byte)'"' or (byte)'\'')
        {
            return TryReadStringOfOneLine(out name);
        }

        var length = ((ReadOnlySpan<byte>)_text[_at..]).IndexOfAnyExcept(BareName);
        name = new TextSpan(_at, length < 0 ? _text.Length - _at : length);
        _at += name.Length;
        return name.Length > 0 || Fail("a key is missing, or has a character that only a key in quotes may have");
    }

    private bool TryReadValue(TomlScope scope, TextSpan name, bool inArray, out int value)
    {
        value = TomlNames.None;
        var start = _at;
        if (_at == _text.Length)
        {
            return Fail("a value is missing");
        }

        if (_document.IsFull)
        {
            return TooLarge();
        }

        switch (_text[_at])
        {
            case (byte)'"' or (byte)'\'':
                var isString = TryReadString(out var text);
                value = _document.AddNode(TomlKind.String, start, text);
                return isString;
            case (byte)'[':
                return TryReadArray(scope, name, out value);
            case (byte)'{':
                return TryReadInlineTable(scope, name, inArray, out value);
            case (byte)'t' when StartsWith("true"u8):
            case (byte)'f' when StartsWith("false"u8):
                _at += _text[_at] == (byte)'t' ? "true".Length : "false".Length;
                value = _document.AddNode(TomlKind.Boolean, start, new TextSpan(start, _at - start));
                return true;
            default:
                value = _document.AddNode(TomlKind.Other, start);
                return TryReadNumberOrDate();
        }
    }

    private bool TryReadArray(TomlScope scope, TextSpan name, out int value)
    {
        value = _document.AddNode(TomlKind.Array, _at++);
        if (!TryGoDeeper())
        {
            return false;
        }

        _definitions.BeginArray(scope, name);
        for (var first = true; ;)
        {
            if (!TryReadNext((byte)']', ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                _depth--;
                return true;
            }

            if (!TryReadValue(scope, name, inArray: true, out var item))
            {
                return false;
            }

            _document.AddItem(value, item);
        }
    }

    private bool TryReadInlineTable(TomlScope scope, TextSpan name, bool inArray, out int value)
    {
        var start = _at++;
        value = _document.AddNode(TomlKind.Table, start);
        if (!TryGoDeeper())
        {
            return false;
        }

        if (!_definitions.TryEnterInlineTable(ref scope, name, inArray, start))
        {
            return FailAt(start, $"{Quote(name)} is defined already");
        }

        for (var first = true; ;)
        {
            if (!TryReadNext((byte)'}', ref first, out var any))
            {
                return false;
            }

            if (!any)
            {
                _depth--;
                return true;
            }

            if (!TryReadPair(scope, value))
            {
                return false;
            }
        }
    }

    // Elements are separated by single commas, and one may follow the last; line ends and comments may stand between.
    private bool TryReadNext(byte close, ref bool first, out bool any)
    {
        SkipToContent();
        any = !TryTake(close);
        if (any && !first)
        {
            if (!TryTake((byte)','))
            {
                return Fail($"',' or '{(char)close}' is missing");
            }

            SkipToContent();
            any = !TryTake(close);
        }

        first = false;
        return true;
    }

    private bool TooLarge() => FailAt(
        Math.Min(_at, _text.Length - 1),
        $"this file is too large to be read, as it is not written plainly: more than {TomlDocument.MostValues} tables and values",
        isOurBound: true);

    private bool TryGoDeeper() => ++_depth <= MostDepth
        || FailAt(_at - 1, $"arrays or inline tables within each other, more than {MostDepth} deep", isOurBound: true);

    private bool TryEndLine()
    {
        SkipBlanks();
        if (_at == _text.Length || _text[_at] is (byte)'\n' or (byte)'#')
        {
            return true;
        }

        return Fail("something stands behind the end of a value or table name");
    }

    private bool TryTake(byte expected)
    {
        if (_at < _text.Length && _text[_at] == expected)
        {
            _at++;
            return true;
        }

        return false;
    }

    private readonly bool StartsWith(ReadOnlySpan<byte> expected) => ((ReadOnlySpan<byte>)_text[_at..]).StartsWith(expected);

    // A carriage return stands before a line feed only, so it may pass for a blank: where no line may end, the line feed is
    // refused.
    private void SkipBlanks()
    {
        while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r')
        {
            _at++;
        }
    }

    private void SkipToContent()
    {
        while (_at < _text.Length)
        {
            switch (_text[_at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n':
                    _at++;
                    break;
                case (byte)'#':
                    var end = ((ReadOnlySpan<byte>)_text[_at..]).IndexOf((byte)'\n');
                    _at = end < 0 ? _text.Length : _at + end + 1;
                    break;
                default:
                    return;
            }
        }
    }

    private bool NoTable(TextSpan name, int at) =>
        FailAt(at, $"{Quote(name)} is no table, or is defined already, so no key can be set in it here");

    private bool Fail(string what) => FailAt(Math.Min(_at, Math.Max(_text.Length - 1, 0)), $"this is not valid TOML: {what}");

    private bool FailAt(int at, string what, bool isOurBound = false)
    {
        _fault ??= new TomlFault(at, what, isOurBound);
        return false;
    }

    private readonly string Quote(TextSpan name) => $"\"{Plain(name)}\"";

    // Printable ASCII only, and short: the line goes into the kubelet's log.
    private readonly string Plain(TextSpan name)
    {
        var bytes = name.In(_text);
        var plain = new StringBuilder();
        foreach (var c in bytes[..Math.Min(bytes.Length, LongestQuote)])
        {
            plain.Append(c is >= (byte)' ' and < 0x7f ? (char)c : '?');
        }

        return plain.Append(bytes.Length > LongestQuote ? "..." : "").ToString();
    }
}
