using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FastProvider.Json;

/// <summary>
/// Finds what cannot stand in a string as it is: the quotation mark that ends it, a backslash, a control character (RFC 8259,
/// section 7). Blocks of 64 bytes are compared with vectors, each once, into a word with a bit for each byte. So where the next
/// string begins does not wait for the loads of the one before it: most names and values are shorter than a vector.
/// </summary>
internal struct StringMarks()
{
    public const int BlockBytes = 64;
    private const byte Quote = (byte)'"', Backslash = (byte)'\\', LastControl = 0x1F;

    private ulong _marks;

    /// <summary>The place of the block; before the first one there is none.</summary>
    private int _block = -BlockBytes;

    /// <param name="text">The same at each call.</param>
    /// <param name="at">Where to begin.</param>
    /// <returns>The place of the first such byte from there on, or the length of the text.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ReadOnlySpan<byte> text, int at)
    {
        if ((uint)(at - _block) >= BlockBytes)
        {
            if (at >= text.Length)
            {
                return text.Length;
            }

            _block = at & -BlockBytes;
            _marks = Marks(text, _block);
        }

        while (true)
        {
            var found = _marks >> (at - _block);
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }

            at = _block + BlockBytes;
            if (at >= text.Length)
            {
                return text.Length;
            }

            _block = at;
            _marks = Marks(text, at);
        }
    }

    /// <summary>As <see cref="Find"/>, where at least two blocks are behind the place.</summary>
    /// <returns>The place of the first such byte, or one in the next block that is none.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int FindPlain(ref byte text, int at)
    {
        var found = (uint)(at - _block) < BlockBytes ? _marks >> (at - _block) : 0;
        if (found == 0)
        {
            // The block is used up, or the string goes on behind it.
            _block = at;
            found = _marks = Marks(ref Unsafe.Add(ref text, at));
        }

        return at + BitOperations.TrailingZeroCount(found);
    }

    /// <summary>The marks of the block at a place; none behind the end of the text.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Marks(ReadOnlySpan<byte> text, int block)
    {
        if (text.Length - block >= BlockBytes)
        {
            return Marks(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), block));
        }

        Span<byte> padded = stackalloc byte[BlockBytes];
        padded.Fill((byte)' ');
        text[block..].CopyTo(padded);
        return Marks(ref MemoryMarshal.GetReference(padded));
    }

    /// <summary>The marks of 64 bytes, with vectors as wide as what the program is compiled for has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Marks(ref byte start) => Vector512.IsHardwareAccelerated ? MarksOf64(ref start)
        : Vector256.IsHardwareAccelerated ? MarksOf32(ref start, 0) | (MarksOf32(ref start, 32) << 32)
        : MarksOf16(ref start, 0) | (MarksOf16(ref start, 16) << 16) | (MarksOf16(ref start, 32) << 32)
            | (MarksOf16(ref start, 48) << 48);

    // A byte is a control character if it is the smaller one of itself and the last of these.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarksOf16(ref byte start, nuint at)
    {
        var bytes = Vector128.LoadUnsafe(ref start, at);
        return (Vector128.Equals(bytes, Vector128.Create(Quote)) | Vector128.Equals(bytes, Vector128.Create(Backslash))
            | Vector128.Equals(Vector128.Min(bytes, Vector128.Create(LastControl)), bytes)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarksOf32(ref byte start, nuint at)
    {
        var bytes = Vector256.LoadUnsafe(ref start, at);
        return (Vector256.Equals(bytes, Vector256.Create(Quote)) | Vector256.Equals(bytes, Vector256.Create(Backslash))
            | Vector256.Equals(Vector256.Min(bytes, Vector256.Create(LastControl)), bytes)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong MarksOf64(ref byte start)
    {
        var bytes = Vector512.LoadUnsafe(ref start);
        return (Vector512.Equals(bytes, Vector512.Create(Quote)) | Vector512.Equals(bytes, Vector512.Create(Backslash))
            | Vector512.Equals(Vector512.Min(bytes, Vector512.Create(LastControl)), bytes)).ExtractMostSignificantBits();
    }
}
