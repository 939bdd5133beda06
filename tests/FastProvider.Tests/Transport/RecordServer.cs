using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastProvider.Base;
using FastProvider.Tests.ApiServer;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>
/// A TLS server that sends each piece as a record of its own: what one read of the client brings is then exactly one piece.
/// For each request (any bytes that come) it sends the pieces that are queued next.
/// </summary>
internal sealed class RecordServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ClusterCertificates _certificates = new();
    private readonly X509Certificate2 _certificate;
    private readonly TlsContext _trust;
    private readonly Task _serving;

    public RecordServer()
    {
        _certificate = _certificates.Server("127.0.0.1");
        _trust = TlsContext.Create(Encoding.ASCII.GetBytes(_certificates.AuthorityPem), "test").Value!;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>The answer to the next request, in records.</summary>
    public IReadOnlyList<byte[]> Pieces { get; set; } = [];

    /// <summary>Whether the connection ends after the pieces.</summary>
    public bool ClosesAfter { get; set; }

    public static Deadline Soon => Deadline.After(TimeSpan.FromSeconds(20));

    public HttpConnection Connect()
    {
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var reached = TcpConnector.Connect("127.0.0.1", port, Soon);
        Assert.Null(reached.Fault?.What);
        var secured = TlsConnection.Handshake(_trust, reached.Stream!, "127.0.0.1", Soon);
        Assert.Null(secured.Fault?.What);
        return new HttpConnection(secured.Stream!);
    }

    /// <summary>Asks on the connection and reads head and body into text: "200 BODY", or "fault".</summary>
    /// <param name="connection">A connection of this server.</param>
    /// <param name="readBytes">How much each read of the body asks for.</param>
    public static string Ask(HttpConnection connection, int readBytes)
    {
        Assert.Null(connection.Send("x"u8, Soon));
        if (connection.ReadHead(Soon, out var head) is not null)
        {
            return "fault";
        }

        var body = new StringBuilder();
        var into = new byte[readBytes];
        while (true)
        {
            if (connection.ReadBody(into, Soon, out var count) is not null)
            {
                return "fault";
            }

            if (count == 0)
            {
                // The end stays the end.
                Assert.Null(connection.ReadBody(into, Soon, out count));
                Assert.Equal(0, count);
                return $"{head.Status} {body}";
            }

            body.Append(Encoding.Latin1.GetString(into, 0, count));
        }
    }

    public void Dispose()
    {
        _listener.Stop();
        _serving.GetAwaiter().GetResult();
        _trust.Dispose();
        _certificate.Dispose();
        _certificates.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client);
            }
        }
        catch (Exception end) when (end is SocketException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            client.NoDelay = true;
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync(_certificate);
            var request = new byte[1];
            while (await tls.ReadAsync(request) > 0)
            {
                foreach (var piece in Pieces)
                {
                    await tls.WriteAsync(piece);
                }

                if (ClosesAfter)
                {
                    await tls.ShutdownAsync();
                    return;
                }
            }
        }
        catch (IOException)
        {
            // The client left in the middle, as after a fault.
        }
    }
}
