using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace FastProvider.Native;

/// <summary>The address of a Unix socket with a path, <c>struct sockaddr_un</c> of unix(7).</summary>
internal unsafe struct UnixAddress
{
    private const int PathBytes = 108, HeadBytes = sizeof(ushort);

    private Bytes _bytes;
    private uint _length;

    /// <summary>What the calls take as the address.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Value => ((ReadOnlySpan<byte>)_bytes)[..(int)_length];

    /// <summary>The address of a path.</summary>
    /// <param name="path">UTF-8 without a NUL.</param>
    /// <param name="address">The address.</param>
    /// <returns>False if the path is empty or too long: the kernel wants its NUL inside the 108 bytes of sun_path.</returns>
    public static bool TryMake(ReadOnlySpan<byte> path, out UnixAddress address)
    {
        address = default;
        if (path.IsEmpty || path.Length >= PathBytes)
        {
            return false;
        }

        Span<byte> bytes = address._bytes;
        bytes[0] = Libc.AF_UNIX;
        path.CopyTo(bytes[HeadBytes..]);
        address._length = (uint)(HeadBytes + path.Length + 1);
        return true;
    }

    [InlineArray(HeadBytes + PathBytes)]
    private struct Bytes
    {
        private byte _first;
    }
}
