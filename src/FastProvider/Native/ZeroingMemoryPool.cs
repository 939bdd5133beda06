using System;
using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Native;

/// <summary>
/// Memory for pipes that carry Secrets: a block is zeroed before it goes back to the shared pool. Several pipes may share it.
/// </summary>
/// <param name="keptBlocks">How many owners of blocks to keep, without memory, so that a pipe makes no garbage.</param>
internal sealed class ZeroingMemoryPool(int keptBlocks) : MemoryPool<byte>
{
    private const int DefaultBytes = 4096;

    private readonly ObjectPool<Block> _blocks = new DefaultObjectPool<Block>(new DefaultPooledObjectPolicy<Block>(), keptBlocks);

    public override int MaxBufferSize => Array.MaxLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        var block = _blocks.Get();
        block.Fill(minBufferSize < 0 ? DefaultBytes : minBufferSize, _blocks);
        return block;
    }

    protected override void Dispose(bool disposing)
    {
    }

    /// <summary>The owner of one array. Its pool never disposes of it: it holds nothing while it lies there.</summary>
    private sealed class Block : IMemoryOwner<byte>
    {
        private byte[] _array = [];
        private ObjectPool<Block>? _home;

        public Memory<byte> Memory => _array;

        public void Fill(int minBytes, ObjectPool<Block> home)
        {
            _array = ArrayPool<byte>.Shared.Rent(minBytes);
            _home = home;
        }

        public void Dispose()
        {
            if (_home is { } home)
            {
                CryptographicOperations.ZeroMemory(_array);
                ArrayPool<byte>.Shared.Return(_array);
                (_array, _home) = ([], null);
                home.Return(this);
            }
        }
    }
}
