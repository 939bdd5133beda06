using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using FastProvider.Native;

namespace FastProvider.Json;

/// <summary>
/// The objects and arrays that are open, a bit each: the innermost 64 in a word, the others in <paramref name="outer"/>.
/// </summary>
internal struct JsonNesting(SecretBuffer outer, int maxDepth)
{
    private const int LevelsOfWord = 64;

    private ulong _isObject;

    public int Depth { get; private set; }

    /// <summary>Whether the innermost is an object; of no meaning if none is open.</summary>
    public readonly bool IsInObject => (_isObject & 1) != 0;

    /// <summary>Steps into one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Open(bool isObject)
    {
        if (Depth >= maxDepth)
        {
            JsonRefusal.Throw();
        }

        if (Depth != 0 && Depth % LevelsOfWord == 0)
        {
            KeepWord(outer, _isObject);
        }

        Depth++;
        _isObject = (_isObject << 1) | (isObject ? 1u : 0u);
    }

    /// <summary>Steps out of the innermost.</summary>
    /// <param name="mark">The bracket or brace that ends it: anything else, and the one of the other kind, is refused.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Close(byte mark)
    {
        if (Depth == 0 || mark != (IsInObject ? '}' : ']'))
        {
            JsonRefusal.Throw();
        }

        Depth--;
        _isObject >>= 1;
        if (Depth != 0 && Depth % LevelsOfWord == 0)
        {
            _isObject = TakeWord(outer);
        }
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        Depth = 0;
        _isObject = 0;
        outer.Clear();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void KeepWord(SecretBuffer outer, ulong word)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(outer.GetSpan(sizeof(ulong)), word);
        outer.Advance(sizeof(ulong));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong TakeWord(SecretBuffer outer)
    {
        var start = outer.Length - sizeof(ulong);
        var word = BinaryPrimitives.ReadUInt64LittleEndian(outer.WrittenSpan[start..]);
        outer.Truncate(start);
        return word;
    }
}
