using System;
using System.Text.Json;

namespace FastProvider.Json;

/// <content>
/// Tokens that the end of a piece may have cut, that have escapes or white space before their colon, and scalars: all that cannot
/// be taken at a glance.
/// </content>
internal ref partial struct JsonPieceReader
{
    private void BeginCut(CutToken token, int at)
    {
        _reading.EndCut();
        _reading.Cut = token;
        _reading.Place.Literal = _piece[at];
        TokenStart = at;
        _at = token is CutToken.Name or CutToken.String ? at + 1 : at;
        _reading.CutBytes = _at - at;
    }

    /// <summary>A literal, or a number; what is neither is refused with its first byte.</summary>
    private readonly CutToken ScalarAt(int at) =>
        JsonLiteral.TypeOf(_piece[at]) is JsonTokenType.None ? CutToken.Number : CutToken.Literal;

    private bool ReadCut(CutToken token, int at)
    {
        BeginCut(token, at);
        return ReadCut();
    }

    /// <summary>Goes on with a token and makes it the one that was read, if it ends in this piece.</summary>
    private bool ReadCut()
    {
        // What was kept begins with the token; of one that begins in this piece nothing was.
        var isFromBefore = _reading.Kept.Length > 0;
        var start = isFromBefore ? 0 : TokenStart;
        var cut = _reading.Cut;
        var end = PassOverCut();
        if (end < 0)
        {
            _reading.Kept.Write(_piece[start..]);
            return false;
        }

        if (isFromBefore)
        {
            _reading.Kept.Write(_piece[..end]);
            _token = _reading.Kept.WrittenSpan;
        }
        else
        {
            _token = _piece[start..end];
        }

        var literal = _reading.Place.Literal;
        ValueIsEscaped = _reading.Place.HasEscapes;
        _reading.Cut = CutToken.None;
        _reading.CutBytes = 0;
        if (cut is CutToken.Name or CutToken.NameWithoutColon)
        {
            // White space may stand before the colon.
            _token = _token[..(_token.LastIndexOf((byte)'"') + 1)];
            TokenType = JsonTokenType.PropertyName;
            _reading.Expected = JsonExpected.Value;
        }
        else
        {
            TokenType = cut is CutToken.String ? JsonTokenType.String
                : cut is CutToken.Number ? JsonTokenType.Number
                : JsonLiteral.TypeOf(literal);
            _reading.Expected = BehindValue;
        }

        return true;
    }

    /// <summary>Goes on with a token, kept or not. A name ends with its colon.</summary>
    /// <returns>The place behind it, or -1 if the piece ended before that.</returns>
    private int PassOverCut()
    {
        var from = _at;
        ref var place = ref _reading.Place;
        switch (_reading.Cut)
        {
            case CutToken.String or CutToken.Name:
                _at = JsonString.PassOver(_piece, _at, ref place, ref _marks);
                if (_at == _piece.Length)
                {
                    return More(from);
                }

                _at++;
                if (_reading.Cut is CutToken.String)
                {
                    return _at;
                }

                _reading.Cut = CutToken.NameWithoutColon;
                goto case CutToken.NameWithoutColon;
            case CutToken.NameWithoutColon:
                _at = WhiteSpace.PassOver(_piece, _at);
                if (_at == _piece.Length)
                {
                    return More(from);
                }

                if (_piece[_at] is not (byte)':')
                {
                    JsonRefusal.Throw();
                }

                return ++_at;
            case CutToken.Number:
                var part = place.Number;
                _at = JsonNumber.PassOver(_piece, _at, ref part);
                place.Number = part;
                // Only where it is the whole document may nothing follow it.
                return _at < _piece.Length || (_isLast && _reading.Nesting.Depth == 0 && JsonNumber.CanEnd(part))
                    ? _at
                    : More(from);
            default:
                _at = JsonLiteral.PassOver(_piece, _at, ref place);
                return JsonLiteral.IsWhole(place) ? _at : More(from);
        }
    }

    private readonly int More(int from)
    {
        if (_isLast)
        {
            JsonRefusal.Throw();
        }

        _reading.CutBytes += _at - from;
        return -1;
    }
}
