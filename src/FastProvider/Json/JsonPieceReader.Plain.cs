using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastProvider.Json;

/// <content>
/// Passing over as programs write JSON: no white space, strings without escapes, objects and arrays. This machine calls nothing,
/// so that all it needs stays in registers, and it has a place in the code for each state instead of a variable. It leaves all
/// else to the steps of <see cref="PassOver"/>, which it only forestalls.
/// </content>
internal ref partial struct JsonPieceReader
{
    /// <summary>Goes on as far as it is plain.</summary>
    /// <param name="at">Where it goes on, and where it stopped.</param>
    /// <param name="nesting">What is open there.</param>
    /// <param name="end">How many objects and arrays are open where that which is passed over ends.</param>
    /// <param name="expected">What is expected there.</param>
    /// <returns>What is expected where it stopped.</returns>
    private readonly JsonExpected PassOverPlain(ref int at, ref JsonNesting nesting, int end, JsonExpected expected)
    {
        ref var text = ref MemoryMarshal.GetReference(_piece);
        // A string that begins before this is looked for in whole blocks, and of the bytes behind it a block is there, too.
        var limit = _piece.Length - (2 * StringMarks.BlockBytes);
        var levels = nesting;
        var most = levels.MostOfWord(_reading.MaxDepth);
        var least = levels.LeastOfWord;
        var marks = new StringMarks();
        var here = at;
        switch (expected)
        {
            case JsonExpected.Value when here < limit:
                goto Value;
            case JsonExpected.CommaOrEnd when here < limit:
                goto BehindValue;
            case JsonExpected.Name when here < limit && Unsafe.Add(ref text, here) is (byte)'"':
                goto Name;
            default:
                return expected;
        }

    Name:
        expected = JsonExpected.Name;
        if (here >= limit)
        {
            goto Stop;
        }

        var close = marks.FindPlain(ref text, here + 1);
        if (Unsafe.Add(ref text, close) is not (byte)'"' || Unsafe.Add(ref text, close + 1) is not (byte)':')
        {
            goto Stop;
        }

        here = close + 2;
    Value:
        expected = JsonExpected.Value;
        if (here >= limit)
        {
            goto Stop;
        }

        switch (Unsafe.Add(ref text, here))
        {
            case (byte)'"':
                close = marks.FindPlain(ref text, here + 1);
                if (Unsafe.Add(ref text, close) is not (byte)'"')
                {
                    goto Stop;
                }

                here = close + 1;
                goto BehindValue;
            case (byte)'{' when levels.Depth < most:
                levels.OpenInWord(isObject: true);
                here++;
                if (Unsafe.Add(ref text, here) is (byte)'"')
                {
                    goto Name;
                }

                expected = JsonExpected.NameOrEnd;
                break;
            case (byte)'[' when levels.Depth < most:
                levels.OpenInWord(isObject: false);
                here++;
                if (Unsafe.Add(ref text, here) is (byte)'"' or (byte)'{' or (byte)'[')
                {
                    goto Value;
                }

                expected = JsonExpected.ValueOrEnd;
                break;
            default:
                goto Stop;
        }

        // The object or array may be empty.
        if (Unsafe.Add(ref text, here) != levels.Mark || levels.Depth <= least)
        {
            goto Stop;
        }

        levels.CloseInWord();
        here++;
    BehindValue:
        expected = JsonExpected.CommaOrEnd;
        if (levels.Depth == end || here >= limit + StringMarks.BlockBytes)
        {
            goto Stop;
        }

        var mark = Unsafe.Add(ref text, here);
        if (mark == levels.Mark && levels.Depth > least)
        {
            levels.CloseInWord();
            here++;
            goto BehindValue;
        }

        if (mark is not (byte)',')
        {
            goto Stop;
        }

        here++;
        if (!levels.IsInObject)
        {
            goto Value;
        }

        if (Unsafe.Add(ref text, here) is (byte)'"')
        {
            goto Name;
        }

        expected = JsonExpected.Name;
    Stop:
        at = here;
        nesting = levels;
        return expected;
    }
}
