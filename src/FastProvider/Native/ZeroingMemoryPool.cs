using System;
using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Native;

/// <summary>Memory for pipes that carry Secrets: a block is zeroed before it goes back to the shared pool.</summary>
internal sealed class ZeroingMemoryPool : MemoryPool<byte>
{
    private const int DefaultBytes = 4096;

    public override int MaxBufferSize => Array.MaxLength;

    private static readonly ObjectPool<Block> Blocks = new DefaultObjectPoolProvider().Create<Block>();

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        var block = Blocks.Get();
        block.Fill(minBufferSize < 0 ? DefaultBytes : minBufferSize);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>The owner of one array; pooled itself, so that a pipe makes no garbage.</summary>
    private sealed class Block : IMemoryOwner<byte>
    {
        private byte[] _array = [];

        public Memory<byte> Memory => _array;

        public void Fill(int minBytes) => _array = ArrayPool<byte>.Shared.Rent(minBytes);

        public void Dispose()
        {
            if (_array.Length > 0)
            {
                CryptographicOperations.ZeroMemory(_array);
                ArrayPool<byte>.Shared.Return(_array);
                _array = [];
                Blocks.Return(this);
            }
        }
    }
}
