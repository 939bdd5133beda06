using System;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FastProvider.Json;

/// <summary>
/// Reads the tokens of one piece of a document, and goes on in the next where this one ends, also within a token: it takes all of
/// its piece, and nothing of it need be handed in again. What it accepts and refuses is what Utf8JsonReader does with no options
/// but a depth: RFC 8259 without comments and trailing commas. It is several times as fast as that over what is not wanted.
/// </summary>
/// <param name="reading">What must be remembered from piece to piece.</param>
/// <param name="piece">The bytes behind those of the last piece.</param>
/// <param name="isLast">Nothing follows.</param>
internal ref partial struct JsonPieceReader(JsonReading reading, ReadOnlySpan<byte> piece, bool isLast)
{
    private readonly JsonReading _reading = reading;
    private readonly ReadOnlySpan<byte> _piece = piece;
    private readonly bool _isLast = isLast;
    private StringMarks _marks = new();
    private ReadOnlySpan<byte> _token;
    private int _at;

    /// <summary>What was read last.</summary>
    public JsonTokenType TokenType { get; private set; }

    /// <summary>Whether the name or string has escapes.</summary>
    public bool ValueIsEscaped { get; private set; }

    /// <summary>Where the token begins in the piece; of no meaning for one that was cut.</summary>
    public int TokenStart { get; private set; }

    /// <summary>How much of the piece was read.</summary>
    public readonly int Consumed => _at;

    /// <summary>The bytes of a name or string between its quotation marks, as they are; those of a number or literal.</summary>
    public readonly ReadOnlySpan<byte> ValueSpan =>
        TokenType is JsonTokenType.PropertyName or JsonTokenType.String ? _token[1..^1] : _token;

    /// <summary>Goes on to the next token, behind what is being passed over.</summary>
    /// <returns>False if the piece ended before it, or the document has ended.</returns>
    /// <exception cref="JsonException">It is no JSON, it is too deep, or it breaks off in the last piece.</exception>
    public bool Read()
    {
        var reading = _reading;
        if (reading.PassingTo != JsonReading.NotPassing && !PassOver())
        {
            return false;
        }

        if (reading.Cut is not CutToken.None)
        {
            return ReadCut();
        }

        // Names and strings as programs write them are most of all tokens.
        var at = _at;
        var expected = reading.Expected;
        if (expected is JsonExpected.CommaOrEnd && at < _piece.Length && _piece[at] is (byte)',')
        {
            at++;
            expected = BehindComma;
        }

        if (at < _piece.Length && _piece[at] is (byte)'"')
        {
            var close = _marks.Find(_piece, at + 1);
            if (close < _piece.Length - 1 && _piece[close] is (byte)'"')
            {
                if (expected is JsonExpected.Value or JsonExpected.ValueOrEnd)
                {
                    return TakeText(JsonTokenType.String, at, close, close + 1, BehindValue);
                }

                if (expected is JsonExpected.Name or JsonExpected.NameOrEnd && _piece[close + 1] is (byte)':')
                {
                    return TakeText(JsonTokenType.PropertyName, at, close, close + 2, JsonExpected.Value);
                }
            }
        }

        return ReadNext(at, expected);
    }

    /// <summary>Any token, with white space and a comma before it.</summary>
    private bool ReadNext(int at, JsonExpected expected)
    {
        ref var nesting = ref _reading.Nesting;
        while (true)
        {
            if (IsAtSpace(_piece, at))
            {
                at = WhiteSpace.PassOver(_piece, at);
                if (at == _piece.Length)
                {
                    return Suspend(at, expected);
                }
            }

            if (expected is not JsonExpected.CommaOrEnd || _piece[at] is not (byte)',')
            {
                break;
            }

            at++;
            expected = BehindComma;
        }

        TokenStart = at;
        switch (_piece[at])
        {
            case (byte)'"' when expected is JsonExpected.Value or JsonExpected.ValueOrEnd:
                return ReadCut(CutToken.String, at);
            case (byte)'"' when expected is JsonExpected.Name or JsonExpected.NameOrEnd:
                return ReadCut(CutToken.Name, at);
            case (byte)'{' when expected is JsonExpected.Value or JsonExpected.ValueOrEnd:
                nesting.Open(isObject: true, _reading);
                return Take(JsonTokenType.StartObject, at, JsonExpected.NameOrEnd);
            case (byte)'[' when expected is JsonExpected.Value or JsonExpected.ValueOrEnd:
                nesting.Open(isObject: false, _reading);
                return Take(JsonTokenType.StartArray, at, JsonExpected.ValueOrEnd);
            case (byte)'}' when expected is JsonExpected.NameOrEnd or JsonExpected.CommaOrEnd:
                nesting.Close((byte)'}', _reading);
                return Take(JsonTokenType.EndObject, at, BehindValue);
            case (byte)']' when expected is JsonExpected.ValueOrEnd or JsonExpected.CommaOrEnd:
                nesting.Close((byte)']', _reading);
                return Take(JsonTokenType.EndArray, at, BehindValue);
            case not ((byte)'}' or (byte)']') when expected is JsonExpected.Value or JsonExpected.ValueOrEnd:
                return ReadCut(ScalarAt(at), at);
            default:
                JsonRefusal.Throw();
                return false;
        }
    }

    /// <summary>What is expected where a value has ended.</summary>
    private readonly JsonExpected BehindValue =>
        _reading.Nesting.Depth == 0 ? JsonExpected.Nothing : JsonExpected.CommaOrEnd;

    /// <summary>What is expected behind a comma.</summary>
    private readonly JsonExpected BehindComma => _reading.Nesting.IsInObject ? JsonExpected.Name : JsonExpected.Value;

    /// <summary>A name or string without escapes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TakeText(JsonTokenType type, int start, int close, int end, JsonExpected next)
    {
        TokenStart = start;
        ValueIsEscaped = false;
        _token = _piece[start..(close + 1)];
        return Take(type, end - 1, next);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Take(JsonTokenType type, int last, JsonExpected next)
    {
        TokenType = type;
        _at = last + 1;
        _reading.Expected = next;
        return true;
    }

    /// <summary>The piece has ended between tokens.</summary>
    private bool Suspend(int at, JsonExpected expected)
    {
        _at = at;
        _reading.Expected = expected;
        if (_isLast && expected is not JsonExpected.Nothing)
        {
            JsonRefusal.Throw();
        }

        return false;
    }
}
