using System.Net.Sockets;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// A TCP peer on loopback that speaks no TLS: it says what it is told to say, and remembers every byte that it hears.
/// </summary>
public sealed class RawServer : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly List<byte> _heard = [];
    private int _open;

    private RawServer()
    {
        _listener = new LoopbackListener(ServeAsync);
    }

    /// <summary>Sent as soon as somebody connects.</summary>
    public byte[] Greeting { get; init; } = [];

    /// <summary>Sent when the first bytes have come.</summary>
    public byte[] Answer { get; init; } = [];

    /// <summary>Sent again and again after <see cref="Answer"/> until the client leaves, as fast as it takes it.</summary>
    public byte[] Endless { get; init; } = [];

    /// <summary>Between the bytes of <see cref="Answer"/>; zero sends them at once.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>The connection ends after the answer.</summary>
    public bool ClosesAfter { get; init; }

    public int Port => _listener.Port;

    /// <summary>What all connections have sent.</summary>
    public byte[] Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>All that was heard, once somebody was and has left; what is there after a minute otherwise.</summary>
    public async Task<byte[]> HearAsync()
    {
        for (var end = Environment.TickCount64 + 60_000; Environment.TickCount64 < end; await Task.Delay(10))
        {
            lock (_heard)
            {
                if (_heard.Count > 0 && _open == 0)
                {
                    break;
                }
            }
        }

        return Heard;
    }

    public static RawServer Start(
        byte[]? greeting = null, byte[]? answer = null, TimeSpan interval = default, bool closesAfter = false) =>
        new() { Greeting = greeting ?? [], Answer = answer ?? [], Interval = interval, ClosesAfter = closesAfter };

    /// <summary>Answers the first bytes with what never ends.</summary>
    public static RawServer StartEndless(byte[] endless) => new() { Endless = endless };

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        Count(1);
        client.NoDelay = true;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(Greeting, _listener.Stopping);
            var buffer = new byte[4096];
            var isAnswered = false;
            for (int count; (count = await stream.ReadAsync(buffer, _listener.Stopping)) > 0;)
            {
                lock (_heard)
                {
                    _heard.AddRange(buffer.AsSpan(0, count));
                }

                if (!isAnswered)
                {
                    isAnswered = true;
                    await AnswerAsync(stream);
                    if (ClosesAfter)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The client left, or the test is over.
        }
        finally
        {
            Count(-1);
        }
    }

    private void Count(int connections)
    {
        lock (_heard)
        {
            _open += connections;
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        if (Interval == TimeSpan.Zero)
        {
            await stream.WriteAsync(Answer, _listener.Stopping);
        }

        foreach (var value in Interval == TimeSpan.Zero ? [] : Answer)
        {
            await Task.Delay(Interval, _listener.Stopping);
            await stream.WriteAsync(new[] { value }, _listener.Stopping);
        }

        while (Endless.Length > 0)
        {
            await stream.WriteAsync(Endless, _listener.Stopping);
        }
    }
}
