using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FastProvider.Json;

/// <summary>
/// Looks for what cannot stand in a string as it is: the quotation mark that ends it, a backslash, a control character
/// (RFC 8259, section 7). Vectors of 16 bytes, which every processor has, and of 32 where it
/// has AVX2; none is loaded beyond the text.
/// </summary>
internal static class StringEnd
{
    private const byte Quote = (byte)'"', Backslash = (byte)'\\', LastControl = 0x1F;

    /// <returns>The place of the first such byte from <paramref name="at"/> on, or the length of the text.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(ReadOnlySpan<byte> text, int at)
    {
        // Most names and values are shorter than this. Every processor has vectors of 16 bytes, so nothing is asked first.
        if (text.Length - at >= Vector128<byte>.Count)
        {
            var found = Marks(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)at));
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }

            at += Vector128<byte>.Count;
        }

        return FindFurther(text, at);
    }

    private static int FindFurther(ReadOnlySpan<byte> text, int at)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        if (Avx2.IsSupported)
        {
            for (; text.Length - at >= Vector256<byte>.Count; at += Vector256<byte>.Count)
            {
                var found = MarksByAvx2(Vector256.LoadUnsafe(ref start, (nuint)at));
                if (found != 0)
                {
                    return at + BitOperations.TrailingZeroCount(found);
                }
            }
        }

        for (; text.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var found = Marks(Vector128.LoadUnsafe(ref start, (nuint)at));
            if (found != 0)
            {
                return at + BitOperations.TrailingZeroCount(found);
            }
        }

        return FindInTail(text, at);
    }

    /// <summary>The last bytes, with those before them if there are enough, which were looked at already.</summary>
    private static int FindInTail(ReadOnlySpan<byte> text, int at)
    {
        if (at < text.Length && text.Length >= Vector128<byte>.Count)
        {
            var first = text.Length - Vector128<byte>.Count;
            var found = Marks(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text), (nuint)first)) >> (at - first);
            return found != 0 ? at + BitOperations.TrailingZeroCount(found) : text.Length;
        }

        while (at < text.Length && text[at] is not (Quote or Backslash or <= LastControl))
        {
            at++;
        }

        return at;
    }

    // A byte is a control character if it is the smaller one of itself and the last of these.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Marks(Vector128<byte> bytes) =>
        (Vector128.Equals(bytes, Vector128.Create(Quote)) | Vector128.Equals(bytes, Vector128.Create(Backslash))
            | Vector128.Equals(Vector128.Min(bytes, Vector128.Create(LastControl)), bytes)).ExtractMostSignificantBits();

    // By its instructions: the compiler of the native binary asks the processor for these alone, while the program runs.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint MarksByAvx2(Vector256<byte> bytes) =>
        (uint)Avx2.MoveMask(Avx2.Or(
            Avx2.Or(Avx2.CompareEqual(bytes, Vector256.Create(Quote)), Avx2.CompareEqual(bytes, Vector256.Create(Backslash))),
            Avx2.CompareEqual(Avx2.Min(bytes, Vector256.Create(LastControl)), bytes)));
}
