using System;
using System.Buffers;
using System.Security.Cryptography;

namespace FastProvider.Native;

/// <summary>Memory for pipes that carry Secrets: a block is zeroed before it goes back to the shared pool.</summary>
internal sealed class ZeroingMemoryPool : MemoryPool<byte>
{
    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(minBufferSize < 0 ? 4096 : minBufferSize);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(int minBytes) : IMemoryOwner<byte>
    {
        private byte[] _array = ArrayPool<byte>.Shared.Rent(minBytes);

        public Memory<byte> Memory => _array;

        public void Dispose()
        {
            if (_array.Length > 0)
            {
                CryptographicOperations.ZeroMemory(_array);
                ArrayPool<byte>.Shared.Return(_array);
                _array = [];
            }
        }
    }
}
