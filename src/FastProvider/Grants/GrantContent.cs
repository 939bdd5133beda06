using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;

namespace FastProvider.Grants;

/// <summary>
/// The content of an auth file while grants need it: outside of the heap of the collector, which moves and copies, and zeroed
/// when the last one lets go.
/// </summary>
internal sealed unsafe class GrantContent
{
    private readonly byte* _start;
    private readonly int _length;
    private readonly GrantBounds _bounds;
    private int _users = 1;

    private GrantContent(byte* start, int length, GrantBounds bounds)
    {
        _start = start;
        _length = length;
        _bounds = bounds;
    }

    public ReadOnlySpan<byte> Bytes => new(_start, _length);

    /// <summary>Copies a content; the caller uses it until it lets go.</summary>
    /// <returns>Null if there is no room for it.</returns>
    public static GrantContent? Keep(ReadOnlySpan<byte> bytes, GrantBounds bounds)
    {
        if (!bounds.TryTakeBytes(bytes.Length))
        {
            return null;
        }

        var start = (byte*)NativeMemory.Alloc((nuint)Math.Max(bytes.Length, 1));
        bytes.CopyTo(new Span<byte>(start, bytes.Length));
        return new GrantContent(start, bytes.Length, bounds);
    }

    public bool Is(ReadOnlySpan<byte> bytes) => Bytes.SequenceEqual(bytes);

    /// <summary>One more uses it.</summary>
    public GrantContent Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>One uses it no more.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            CryptographicOperations.ZeroMemory(new Span<byte>(_start, _length));
            NativeMemory.Free(_start);
            _bounds.GiveBytesBack(_length);
        }
    }
}
