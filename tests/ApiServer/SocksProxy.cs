using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>A SOCKS5 proxy on loopback (RFC 1928, RFC 1929). All tunnels lead to one port of this machine.</summary>
public sealed class SocksProxy : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly int _port;

    private SocksProxy(int port)
    {
        _port = port;
        _listener = new LoopbackListener(ServeAsync);
    }

    /// <summary>"user:password" that it wants; null if it asks for none.</summary>
    public string? Login { get; init; }

    /// <summary>What it answers to CONNECT: 0 is the tunnel.</summary>
    public byte Reply { get; init; }

    /// <summary>Kind of the address in its reply: 1 IPv4, 3 name, 4 IPv6.</summary>
    public byte BoundKind { get; init; } = 1;

    public int Port => _listener.Port;

    /// <summary>What was asked for: "name api.example.com:6443", "address 127.0.0.1:6443".</summary>
    public IReadOnlyList<string> Targets => [.. _targets];

    public static SocksProxy Start(int port, string? login = null, byte reply = 0, byte boundKind = 1) =>
        new(port) { Login = login, Reply = reply, BoundKind = boundKind };

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            if (!await GreetAsync(stream))
            {
                return;
            }

            var request = await TakeAsync(stream, 4);
            _targets.Enqueue(await ReadTargetAsync(stream, request[3]));
            byte[] bound = BoundKind switch
            {
                1 => [127, 0, 0, 1],
                4 => new byte[16],
                _ => [5, .. "proxy"u8],
            };
            await stream.WriteAsync(
                new byte[] { 5, Reply, 0, BoundKind }.Concat(bound).Concat(new byte[2]).ToArray(), _listener.Stopping);
            if (Reply != 0)
            {
                return;
            }

            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _port, _listener.Stopping);
            await Task.WhenAny(
                stream.CopyToAsync(server.GetStream(), _listener.Stopping),
                server.GetStream().CopyToAsync(stream, _listener.Stopping));
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException)
        {
            // Either side left, or the test is over: the tunnel ends with it.
        }
    }

    private async Task<bool> GreetAsync(NetworkStream stream)
    {
        var methods = await TakeAsync(stream, (await TakeAsync(stream, 2))[1]);
        var wanted = (byte)(Login is null ? 0 : 2);
        if (!methods.Contains(wanted))
        {
            await stream.WriteAsync(new byte[] { 5, 0xFF }, _listener.Stopping);
            return false;
        }

        await stream.WriteAsync(new byte[] { 5, wanted }, _listener.Stopping);
        if (Login is null)
        {
            return true;
        }

        var user = await TakeAsync(stream, (await TakeAsync(stream, 2))[1]);
        var password = await TakeAsync(stream, (await TakeAsync(stream, 1))[0]);
        var isKnown = Encoding.UTF8.GetString(user) + ":" + Encoding.UTF8.GetString(password) == Login;
        await stream.WriteAsync(new byte[] { 1, (byte)(isKnown ? 0 : 1) }, _listener.Stopping);
        return isKnown;
    }

    private async Task<string> ReadTargetAsync(NetworkStream stream, byte kind)
    {
        var host = await TakeAsync(stream, kind switch { 1 => 4, 4 => 16, _ => (await TakeAsync(stream, 1))[0] });
        var port = BinaryPrimitives.ReadUInt16BigEndian(await TakeAsync(stream, 2));
        return kind == 3 ? $"name {Encoding.ASCII.GetString(host)}:{port}" : $"address {new IPAddress(host)}:{port}";
    }

    private async Task<byte[]> TakeAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, _listener.Stopping);
        return bytes;
    }
}
