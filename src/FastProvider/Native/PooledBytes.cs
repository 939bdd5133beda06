using System;
using System.Buffers;
using System.Security.Cryptography;

namespace FastProvider.Native;

/// <summary>Bytes in memory of the shared pool, zeroed before they go back, as they may hold credentials.</summary>
internal readonly struct PooledBytes(byte[] array, int length) : IDisposable
{
    private readonly byte[]? _array = array;

    public int Length => length;

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, length);

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, length);

    public void Dispose()
    {
        if (_array is not null)
        {
            CryptographicOperations.ZeroMemory(_array.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(_array);
        }
    }
}
