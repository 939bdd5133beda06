using System;
using System.Runtime.CompilerServices;

namespace FastProvider.Json;

/// <summary>
/// The objects and arrays that are open, a bit each: the innermost 64 in a word, those around them with the reading.
/// </summary>
internal struct JsonNesting
{
    private const int LevelsOfWord = 64;

    private ulong _isObject;

    public int Depth { get; private set; }

    /// <summary>Whether the innermost is an object; of no meaning if none is open.</summary>
    public readonly bool IsInObject => (_isObject & 1) != 0;

    /// <summary>Steps into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Open(bool isObject, JsonReading reading)
    {
        if (Depth >= reading.MaxDepth)
        {
            JsonRefusal.Throw();
        }

        if (Depth % LevelsOfWord == 0 && Depth != 0)
        {
            reading.KeepLevels(_isObject);
        }

        OpenInWord(isObject);
    }

    /// <summary>Steps out of the innermost.</summary>
    /// <param name="mark">The bracket or brace that ends it: anything else, and the one of the other kind, is refused.</param>
    /// <param name="reading">Of which this is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Close(byte mark, JsonReading reading)
    {
        if (mark != Mark || Depth == 0)
        {
            JsonRefusal.Throw();
        }

        CloseInWord();
        if (Depth % LevelsOfWord == 0 && Depth != 0)
        {
            _isObject = reading.TakeLevels();
        }
    }

    /// <summary>What ends the innermost.</summary>
    public readonly byte Mark => IsInObject ? (byte)'}' : (byte)']';

    /// <summary>Above this many levels one can be closed without another word being taken.</summary>
    public readonly int LeastOfWord => ((Depth - 1) & -LevelsOfWord) + 1;

    /// <summary>Below this many levels one can be opened without another word being kept.</summary>
    public readonly int MostOfWord(int maxDepth) => Math.Min(maxDepth, LeastOfWord - 1 + LevelsOfWord);

    /// <summary>Steps into one that the word has room for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void OpenInWord(bool isObject)
    {
        Depth++;
        _isObject = (_isObject << 1) | (isObject ? 1u : 0u);
    }

    /// <summary>Steps out of one that is not the first of the word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CloseInWord()
    {
        Depth--;
        _isObject >>= 1;
    }
}
