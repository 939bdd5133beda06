using System;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace FastProvider.Json;

/// <content>Passing over what is not wanted. It must be JSON all the same.</content>
internal ref partial struct JsonPieceReader
{
    /// <summary>
    /// Has the value passed over that stands behind the name that was read last: by the next token, and over as many pieces as it
    /// takes.
    /// </summary>
    public void PassValue()
    {
        var at = _at;
        if (at < _piece.Length && _piece[at] is (byte)'"')
        {
            // A string that is there: the most frequent case, without more ado.
            var close = _marks.Find(_piece, at + 1);
            if (close < _piece.Length && _piece[close] is (byte)'"')
            {
                _at = close + 1;
                _reading.Expected = JsonExpected.CommaOrEnd;
                return;
            }
        }

        _reading.PassingTo = _reading.Nesting.Depth;
    }

    /// <summary>In the same way all that is left of the innermost object or array, its end included.</summary>
    public readonly void PassRest() => _reading.PassingTo = _reading.Nesting.Depth - 1;

    /// <summary>
    /// Goes to the end of the value that the token begins, or that stands behind the name; nowhere if it is a scalar. For a
    /// document that is there as a whole.
    /// </summary>
    /// <exception cref="JsonException">See <see cref="Read"/>.</exception>
    public void Skip()
    {
        switch (TokenType)
        {
            case JsonTokenType.PropertyName:
                PassValue();
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                PassRest();
                break;
            default:
                return;
        }

        if (_reading.PassingTo != JsonReading.NotPassing)
        {
            PassOver();
        }
    }

    /// <summary>Goes on to the end of what is passed over: a value, what follows it, a name with its colon, in turn.</summary>
    /// <returns>False if the piece ended before it.</returns>
    private bool PassOver()
    {
        if (_reading.Cut is not CutToken.None && !PassOverRestOfCut())
        {
            return false;
        }

        // What every byte needs stays in registers: the fields are written where the loop is left.
        var piece = _piece;
        var at = _at;
        var reading = _reading;
        var nesting = reading.Nesting;
        var marks = _marks;
        var expected = _reading.Expected;
        var end = _reading.PassingTo;
        while (true)
        {
            expected = PassOverPlain(ref at, ref nesting, end, expected);
            if (expected is JsonExpected.Value or JsonExpected.ValueOrEnd)
            {
                if (IsAtSpace(piece, at) && (at = WhiteSpace.PassOver(piece, at)) == piece.Length)
                {
                    break;
                }

                switch (piece[at])
                {
                    case (byte)'"':
                        var close = marks.Find(piece, at + 1);
                        if ((uint)close < (uint)piece.Length && piece[close] is (byte)'"')
                        {
                            at = close + 1;
                            expected = JsonExpected.CommaOrEnd;
                            break;
                        }

                        at = PassOverSlowly(CutToken.String, at);
                        expected = JsonExpected.CommaOrEnd;
                        break;
                    case (byte)'{':
                        nesting.Open(isObject: true, reading);
                        at++;
                        expected = JsonExpected.NameOrEnd;
                        break;
                    case (byte)'[':
                        nesting.Open(isObject: false, reading);
                        at++;
                        expected = JsonExpected.ValueOrEnd;
                        continue;
                    case (byte)']' when expected is JsonExpected.ValueOrEnd:
                        expected = JsonExpected.CommaOrEnd;
                        break;
                    default:
                        at = PassOverSlowly(ScalarAt(at), at);
                        expected = JsonExpected.CommaOrEnd;
                        break;
                }
            }

            if (at < 0)
            {
                _reading.Nesting = nesting;
                return false;
            }

            while (expected is JsonExpected.CommaOrEnd)
            {
                if (nesting.Depth == end)
                {
                    _reading.Nesting = nesting;
                    _reading.PassingTo = JsonReading.NotPassing;
                    _reading.Expected = BehindValue;
                    _marks = marks;
                    _at = at;
                    return true;
                }

                if (IsAtSpace(piece, at) && (at = WhiteSpace.PassOver(piece, at)) == piece.Length)
                {
                    break;
                }

                if (piece[at] is (byte)',')
                {
                    expected = nesting.IsInObject ? JsonExpected.Name : JsonExpected.Value;
                }
                else
                {
                    nesting.Close(piece[at], reading);
                }

                at++;
            }

            if (expected is JsonExpected.Name or JsonExpected.NameOrEnd)
            {
                if (IsAtSpace(piece, at) && (at = WhiteSpace.PassOver(piece, at)) == piece.Length)
                {
                    break;
                }

                switch (piece[at])
                {
                    case (byte)'"':
                        var close = marks.Find(piece, at + 1);
                        if ((uint)(close + 1) < (uint)piece.Length && piece[close] is (byte)'"' && piece[close + 1] is (byte)':')
                        {
                            at = close + 2;
                        }
                        else if ((at = PassOverSlowly(CutToken.Name, at)) < 0)
                        {
                            _reading.Nesting = nesting;
                            return false;
                        }

                        expected = JsonExpected.Value;
                        break;
                    case (byte)'}' when expected is JsonExpected.NameOrEnd:
                        expected = JsonExpected.CommaOrEnd;
                        break;
                    default:
                        JsonRefusal.Throw();
                        break;
                }
            }
            else if (at == piece.Length)
            {
                break;
            }
        }

        _reading.Nesting = nesting;
        return Suspend(at, expected);
    }

    /// <summary>A token that has escapes or white space, is cut, or is a scalar.</summary>
    /// <returns>The place behind it, or -1 if the piece ended before that.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int PassOverSlowly(CutToken token, int at)
    {
        BeginCut(token, at);
        return PassOverRestOfCut() ? _at : -1;
    }

    /// <summary>Goes on with a token that is not wanted.</summary>
    /// <returns>False if the piece ended before it did.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PassOverRestOfCut()
    {
        if (PassOverCut() < 0)
        {
            return false;
        }

        _reading.Expected = _reading.Cut is CutToken.NameWithoutColon ? JsonExpected.Value : JsonExpected.CommaOrEnd;
        _reading.EndCut();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAtSpace(ReadOnlySpan<byte> piece, int at) => (uint)at >= (uint)piece.Length || piece[at] <= ' ';
}
