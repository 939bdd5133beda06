using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>An HTTP CONNECT proxy on loopback. It sees only where a tunnel goes; TLS runs through it end to end.</summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly Dictionary<string, int> _routes;
    private readonly Task _accepting;

    private ConnectProxy(Dictionary<string, int> routes)
    {
        _routes = routes;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Such as <c>http://127.0.0.1:41235</c>.</summary>
    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>The <c>host:port</c> of each tunnel asked for, in order.</summary>
    public IReadOnlyList<string> Tunnels => [.. _targets];

    /// <summary>Starts a proxy; <paramref name="routes"/> sends a <c>host:port</c> that does not exist to a loopback port.</summary>
    public static ConnectProxy Start(Dictionary<string, int>? routes = null) => new(routes ?? []);

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
        var tunnels = new List<Task>();
        try
        {
            while (true)
            {
                tunnels.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(tunnels);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var own = client;
        try
        {
            var stream = client.GetStream();
            var words = (await ReadHeadAsync(stream)).Split("\r\n")[0].Split(' ');
            if (words is not ["CONNECT", var target, _])
            {
                await stream.WriteAsync("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _stop.Token);
                return;
            }

            _targets.Enqueue(target);
            using var server = new TcpClient();
            var port = _routes.TryGetValue(target, out var route) ? route : int.Parse(target.Split(':')[^1], CultureInfo.InvariantCulture);
            await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
            await Task.WhenAny(
                stream.CopyToAsync(server.GetStream(), _stop.Token), server.GetStream().CopyToAsync(stream, _stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
        {
            // Either side left, or the test is over: the tunnel ends with it.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream)
    {
        // Byte by byte: what follows the empty line belongs to the tunnel.
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
        {
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
