using System.Buffers;
using System.Globalization;
using System.IO.Compression;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Sends a body as the real server frames it (recorded): Content-Length up to 2 KB; beyond, a LIST in chunks of 0x800 and one
/// object in a single chunk, as each is written; gzip beyond 128 KiB for a client that takes it (apiserver's
/// endpoints/handlers/responsewriters). Without gzip nothing of a LIST is held back but the first chunk.
/// </summary>
internal sealed class BodyWriter(Exchange exchange, ResponseHead head, bool acceptsGzip, bool isList)
{
    private const int ChunkBytes = 0x800;
    private const int GzipFromBytes = 128 * 1024;

    private readonly ArrayBufferWriter<byte> _held = new(ChunkBytes);
    private readonly ResponseHead _head =
        head with { IsForNode = NodeAuthorizer.NodeOf(exchange.Request.User ?? "") is not null };
    private bool _hasHead;

    /// <summary>Where the body's text is written; <see cref="FlushAsync"/> sends what is due.</summary>
    public IBufferWriter<byte> Output => _held;

    /// <summary>Sends whole chunks of what was written once it is known that the body is a long one.</summary>
    public async Task FlushAsync()
    {
        if (acceptsGzip || _held.WrittenCount <= ChunkBytes)
        {
            return;
        }

        await SendHeadAsync(_head);
        await SendChunksAsync(_held.WrittenMemory, ChunkBytes, isLast: false);
    }

    /// <summary>Ends the body and the answer.</summary>
    public async Task CompleteAsync()
    {
        if (!_hasHead && _held.WrittenCount <= ChunkBytes)
        {
            await exchange.SendAsync(_head.WithContentLength(_held.WrittenCount));
            await exchange.SendAsync(_held.WrittenMemory);
        }
        else if (acceptsGzip && _held.WrittenCount > GzipFromBytes)
        {
            await SendHeadAsync(_head.Gzipped());
            await SendChunksAsync(await CompressAsync(_held.WrittenMemory), ChunkBytes, isLast: true);
        }
        else
        {
            await SendHeadAsync(_head);
            await SendChunksAsync(_held.WrittenMemory, isList ? ChunkBytes : _held.WrittenCount, isLast: true);
        }

        await exchange.FlushAsync();
    }

    private static async Task<byte[]> CompressAsync(ReadOnlyMemory<byte> bytes)
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            await gzip.WriteAsync(bytes);
        }

        return compressed.ToArray();
    }

    private async Task SendHeadAsync(ResponseHead chunkedHead)
    {
        if (!_hasHead)
        {
            _hasHead = true;
            await exchange.SendAsync(chunkedHead.Chunked());
        }
    }

    private async Task SendChunksAsync(ReadOnlyMemory<byte> bytes, int chunkBytes, bool isLast)
    {
        while (bytes.Length >= chunkBytes || (isLast && bytes.Length > 0))
        {
            var size = Math.Min(chunkBytes, bytes.Length);
            await exchange.SendAsync(size.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
            await exchange.SendAsync(bytes[..size]);
            await exchange.SendAsync("\r\n");
            bytes = bytes[size..];
        }

        var rest = bytes.ToArray(); // shares its memory with the buffer that is emptied next
        _held.ResetWrittenCount();
        _held.Write(rest);
        if (isLast)
        {
            await exchange.SendAsync("0\r\n\r\n");
        }
    }
}
