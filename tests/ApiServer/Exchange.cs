using System.IO.Pipelines;

namespace FastProvider.Tests.ApiServer;

/// <summary>Writes the answer to one request, as bytes: nothing is added and nothing is checked on the way.</summary>
/// <returns>A task that ends when the answer is out or the client is gone.</returns>
public delegate Task Answer(Exchange exchange);

/// <summary>One request and the connection on which its answer goes out.</summary>
public sealed class Exchange
{
    // Go's net/http flushes its connection writer at 4 KB; a TLS record then holds about that much.
    private const int FlushBytes = 4096;

    // What one TLS record can carry: an answer of megabytes is not copied as a whole.
    private const int LargestRecordBytes = 16 * 1024;

    private readonly PipeWriter _output;
    private readonly Answer _normal;
    private readonly Action _reset;
    private int _unflushed;

    internal Exchange(ReceivedRequest request, PipeWriter output, Answer normal, Action reset, CancellationToken gone)
    {
        Request = request;
        _output = output;
        _normal = normal;
        _reset = reset;
        Gone = gone;
    }

    public ReceivedRequest Request { get; }

    /// <summary>Cancelled when the client has left or the server stops.</summary>
    public CancellationToken Gone { get; }

    internal bool IsClosing { get; private set; }

    /// <summary>Sends the bytes; they may be held back until 4 KB are there or the answer ends.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        // Written without PipeWriter.WriteAsync, which would flush, and so make a TLS record of every chunk.
        while (!bytes.IsEmpty)
        {
            var part = bytes[..Math.Min(bytes.Length, LargestRecordBytes)];
            part.Span.CopyTo(_output.GetSpan(part.Length));
            _output.Advance(part.Length);
            bytes = bytes[part.Length..];
            _unflushed += part.Length;
            if (_unflushed >= FlushBytes)
            {
                await FlushAsync();
            }
        }
    }

    public Task SendAsync(string latin1) => SendAsync(System.Text.Encoding.Latin1.GetBytes(latin1));

    /// <summary>Puts everything on the wire now.</summary>
    public async Task FlushAsync()
    {
        _unflushed = 0;
        var result = await _output.FlushAsync(Gone);
        if (result.IsCompleted)
        {
            throw new OperationCanceledException("The client is gone.");
        }
    }

    /// <summary>The connection ends with TLS close_notify and FIN after this answer.</summary>
    public void CloseAfterwards() => IsClosing = true;

    /// <summary>The connection ends with a TCP reset, now.</summary>
    public void Reset()
    {
        IsClosing = true;
        _reset();
    }

    /// <summary>What the server would answer if nobody interfered.</summary>
    public Task AnswerNormallyAsync() => _normal(this);

    /// <summary>The same, kept in memory so that it can be sent otherwise.</summary>
    public async Task<RenderedAnswer> RenderNormallyAsync() => RenderedAnswer.Parse(await RenderFramedAsync());

    internal async Task<byte[]> RenderFramedAsync()
    {
        using var bytes = new MemoryStream();
        var memory = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
        await _normal(new Exchange(Request, memory, _normal, static () => { }, Gone));
        await memory.FlushAsync(Gone);
        return bytes.ToArray();
    }
}
