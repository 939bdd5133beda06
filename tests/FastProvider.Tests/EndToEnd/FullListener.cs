using System.Net;
using System.Net.Sockets;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Listens and accepts nobody, with a full queue: Linux drops what would open another connection.</summary>
internal sealed class FullListener : IAsyncDisposable
{
    private readonly Socket _listener = NewSocket();
    private readonly Socket[] _queue = [.. Enumerable.Range(0, 4).Select(_ => NewSocket())];
    private Task[] _connecting = [];

    private FullListener(IPEndPoint place)
    {
        _listener.Bind(place);
        _listener.Listen(0);
    }

    public IPEndPoint Place => (IPEndPoint)_listener.LocalEndPoint!;

    public static async Task<FullListener> StartAsync(IPEndPoint place)
    {
        var full = new FullListener(place);
        full._connecting = [.. full._queue.Select(s => s.ConnectAsync(full.Place))];
        await Task.Delay(200);
        Assert.Contains(full._connecting, c => !c.IsCompleted);
        return full;
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_queue, s => s.Dispose());
        await Task.WhenAll(_connecting.Select(c => c.ContinueWith(_ => { }, TaskScheduler.Default)));
        _listener.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
}
