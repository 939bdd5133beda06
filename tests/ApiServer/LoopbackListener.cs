using System.Net;
using System.Net.Sockets;

namespace FastProvider.Tests.ApiServer;

/// <summary>Accepts TCP connections on a free port of loopback, each served beside the others, until it is disposed.</summary>
public sealed class LoopbackListener : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<TcpClient, Task> _serve;
    private readonly Task _accepting;

    /// <param name="serve">
    /// Serves one connection, which is closed when it ends. It ends when <see cref="Stopping"/> says so.
    /// </param>
    public LoopbackListener(Func<TcpClient, Task> serve)
    {
        _serve = serve;
        Port = HeldPort.Take(IPAddress.Loopback);
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Cancelled when the listener is disposed.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends all connections and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        // A listener that was stopped between two connections, or disposed of, is an invalid operation.
        catch (Exception end) when (end is OperationCanceledException or SocketException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var own = client;
        await _serve(client);
    }
}
