using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// An HTTP CONNECT proxy on loopback, with TLS to itself or without. It sees only where a tunnel goes; TLS runs through it end to
/// end.
/// </summary>
public sealed class ConnectProxy : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly ConcurrentQueue<string> _targets = new();
    private readonly Dictionary<string, int> _routes;
    private readonly List<byte> _heard = [];

    private ConnectProxy(Dictionary<string, int> routes)
    {
        _routes = routes;
        _listener = new LoopbackListener(ServeAsync);
    }

    /// <summary>With it the proxy speaks TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>"user:password" without which it answers 407; null if it asks for none.</summary>
    public string? Login { get; init; }

    public int Port => _listener.Port;

    /// <summary>Such as <c>http://127.0.0.1:41235</c>.</summary>
    public string Url => $"{(Certificate is null ? "http" : "https")}://127.0.0.1:{Port}";

    /// <summary>What clients sent: heads, and what went through the tunnels, without the proxy's own TLS.</summary>
    public string Heard
    {
        get
        {
            lock (_heard)
            {
                return Encoding.Latin1.GetString([.. _heard]);
            }
        }
    }

    /// <summary>The <c>host:port</c> of each tunnel asked for, in order.</summary>
    public IReadOnlyList<string> Tunnels => [.. _targets];

    /// <summary>
    /// Starts a proxy; <paramref name="routes"/> sends a <c>host:port</c> that does not exist to a loopback port.
    /// </summary>
    public static ConnectProxy Start(
        Dictionary<string, int>? routes = null, X509Certificate2? certificate = null, string? login = null) =>
        new(routes ?? []) { Certificate = certificate, Login = login };

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            await using var stream = await OpenAsync(client);
            var head = await ReadHeadAsync(stream);
            var words = head.Split("\r\n")[0].Split(' ');
            if (words is not ["CONNECT", var target, _])
            {
                await stream.WriteAsync(
                    "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _listener.Stopping);
                return;
            }

            if (Login is not null && !head.Contains($"Proxy-Authorization: Basic {Base64(Login)}\r\n", StringComparison.Ordinal))
            {
                await stream.WriteAsync(LoginWanted.ToArray(), _listener.Stopping);
                return;
            }

            _targets.Enqueue(target);
            using var server = new TcpClient();
            var port = _routes.TryGetValue(target, out var route)
                ? route
                : int.Parse(target.Split(':')[^1], CultureInfo.InvariantCulture);
            await server.ConnectAsync(IPAddress.Loopback, port, _listener.Stopping);
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _listener.Stopping);
            await Task.WhenAny(
                ForwardAsync(stream, server.GetStream()), server.GetStream().CopyToAsync(stream, _listener.Stopping));
        }
        catch (Exception end)
            when (end is OperationCanceledException or IOException or SocketException or AuthenticationException)
        {
            // Either side left, or the test is over: the tunnel ends with it.
        }
    }

    private static ReadOnlySpan<byte> LoginWanted =>
        "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 5\r\n\r\nlogin"u8;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<Stream> OpenAsync(TcpClient client)
    {
        if (Certificate is null)
        {
            return client.GetStream();
        }

        var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _listener.Stopping);
        return tls;
    }

    private async Task ForwardAsync(Stream from, Stream to)
    {
        var buffer = new byte[16 * 1024];
        for (int count; (count = await from.ReadAsync(buffer, _listener.Stopping)) > 0;)
        {
            Hear(buffer.AsSpan(0, count));
            await to.WriteAsync(buffer.AsMemory(0, count), _listener.Stopping);
        }
    }

    private void Hear(ReadOnlySpan<byte> bytes)
    {
        lock (_heard)
        {
            _heard.AddRange(bytes);
        }
    }

    private async Task<string> ReadHeadAsync(Stream stream)
    {
        // Byte by byte: what follows the empty line belongs to the tunnel.
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(one, _listener.Stopping) == 1)
        {
            head.Append((char)one[0]);
        }

        Hear(Encoding.Latin1.GetBytes(head.ToString()));
        return head.ToString();
    }
}
