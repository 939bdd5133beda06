using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>
/// A registry or token server on loopback that answers as a test says, by TLS or in clear, and remembers who asked what.
/// </summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    private readonly LoopbackListener _listener;
    private readonly List<HeardRequest> _heard = [];
    private readonly X509Certificate2? _certificate;
    private readonly Func<HeardRequest, Stream, CancellationToken, Task> _answer;
    private readonly Func<X509Certificate2, bool>? _isClient;

    private FakeRegistry(
        X509Certificate2? certificate, Func<HeardRequest, Stream, CancellationToken, Task> answer,
        Func<X509Certificate2, bool>? isClient)
    {
        _isClient = isClient;
        _certificate = certificate;
        _answer = answer;
        _listener = new LoopbackListener(ServeAsync);
    }

    public int Port => _listener.Port;

    /// <summary>Such as <c>127.0.0.1:41236</c>.</summary>
    public string Host => $"127.0.0.1:{Port}";

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<HeardRequest> Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    /// <param name="answer">Makes a whole answer, in Latin-1.</param>
    /// <param name="certificate">Null for plain http.</param>
    /// <param name="isClient">Whose certificates are taken; null if none is asked for.</param>
    public static FakeRegistry Start(
        Func<HeardRequest, string> answer, X509Certificate2? certificate = null,
        Func<X509Certificate2, bool>? isClient = null) => new(
            certificate,
            async (request, stream, stop) => await stream.WriteAsync(Encoding.Latin1.GetBytes(answer(request)), stop),
            isClient);

    /// <param name="answer">Writes the answer; the connection ends with it.</param>
    /// <param name="certificate">Null for plain http.</param>
    public static FakeRegistry Start(
        Func<HeardRequest, Stream, CancellationToken, Task> answer, X509Certificate2? certificate = null) =>
        new(certificate, answer, null);

    /// <summary>A whole answer.</summary>
    public static string Answer(int status, string headers = "", string body = "{}", string type = "application/json") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\n{headers}"
            + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _certificate?.Dispose();
    }

    /// <summary>The versions that are spoken; none for those of the system.</summary>
    public System.Security.Authentication.SslProtocols Protocols { get; set; }

    private SslServerAuthenticationOptions Options() => new()
    {
        EnabledSslProtocols = Protocols,
        ServerCertificate = _certificate,
        ClientCertificateRequired = _isClient is not null,
        RemoteCertificateValidationCallback = (_, client, _, _) =>
            _isClient is null || (client is X509Certificate2 shown && _isClient(shown)),
    };

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsServerAsync(Options(), _listener.Stopping);
            }

            await using (stream)
            {
                var request = await HeardRequest.ReadAsync(stream, _listener.Stopping);
                lock (_heard)
                {
                    _heard.Add(request);
                }

                await _answer(request, stream, _listener.Stopping);
            }
        }
        catch (Exception end) when (
            end is OperationCanceledException or IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client left, or did not trust us, or the test is over.
        }
    }
}

/// <summary>What a client asked.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Target">Path and query, as they came.</param>
/// <param name="Authorization">Empty if there was none.</param>
/// <param name="Body">Empty if there was none.</param>
internal sealed record HeardRequest(string Method, string Target, string Authorization, string Body)
{
    public static async Task<HeardRequest> ReadAsync(Stream stream, CancellationToken stop)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (!(bytes.Count > 3 && bytes[^4..].SequenceEqual("\r\n\r\n"u8.ToArray())))
        {
            if (await stream.ReadAsync(one, stop) == 0)
            {
                throw new IOException("The client left before its request was whole.");
            }

            bytes.Add(one[0]);
        }

        var lines = Encoding.Latin1.GetString([.. bytes]).Split("\r\n");
        var words = lines[0].Split(' ');
        var body = new byte[int.Parse(Header(lines, "Content-Length") is { Length: > 0 } length ? length : "0", null)];
        await stream.ReadExactlyAsync(body, stop);
        return new HeardRequest(words[0], words[1], Header(lines, "Authorization"), Encoding.Latin1.GetString(body));
    }

    private static string Header(string[] lines, string name) =>
        lines.FirstOrDefault(l => l.StartsWith($"{name}: ", StringComparison.OrdinalIgnoreCase))?[(name.Length + 2)..] ?? "";
}
