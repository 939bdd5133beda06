using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace FastProvider.Tests.ApiServer;

/// <summary>Which certificate a server shows, or whether it speaks TLS at all.</summary>
public enum ServerIdentity
{
    /// <summary>Signed by the cluster's CA for <see cref="KubeApiServerOptions.Names"/>.</summary>
    Trusted,

    /// <summary>The same names, signed by a CA that the node does not know.</summary>
    OtherAuthority,

    /// <summary>Signed by the cluster's CA, but it ran out yesterday.</summary>
    Expired,

    /// <summary>Signed by the cluster's CA, but it begins tomorrow.</summary>
    NotYetValid,

    /// <summary>Signed by the cluster's CA for the same names, but for a client.</summary>
    ForClients,

    /// <summary>
    /// Signed by the cluster's CA; the first name is in it as a DNS name and as the subject, even if it is an address.
    /// </summary>
    NamesInText,

    /// <summary>No TLS: the port speaks plain HTTP.</summary>
    PlainHttp,
}

/// <summary>How a server starts. The defaults are a cluster in good order.</summary>
public sealed record KubeApiServerOptions
{
    public ServerIdentity Identity { get; init; }

    /// <summary>Where it listens; its URL says 127.0.0.1 whatever stands here.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The subject alternative names of the serving certificate.</summary>
    public IReadOnlyList<string> Names { get; init; } = ["127.0.0.1", "localhost", "kubernetes.default.svc"];

    /// <summary>0 for any free port.</summary>
    public int Port { get; init; }
}

/// <summary>
/// An API server on loopback that behaves on the wire as a real kube-apiserver does: TLS 1.2 and 1.3 with an optional client
/// certificate, HTTP/1.1 with keep-alive and pipelining, recorded bytes, and faults on demand.
/// </summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private readonly WebApplication _host;
    private readonly NormalAnswer _normal;
    private readonly X509Certificate2 _node;
    private readonly bool _isPlain;
    private readonly IReadOnlyList<string> _names;
    private volatile X509Certificate2? _shown;
    private ListenOptions? _listening;
    private bool _isDisposed;

    private KubeApiServer(KubeApiServerOptions options)
    {
        _isPlain = options.Identity == ServerIdentity.PlainHttp;
        _names = options.Names;
        _normal = new NormalAnswer(Cluster);
        _node = Certificates.Node();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(
                options.Address, options.Port == 0 ? HeldPort.Take(options.Address) : options.Port,
                listen => Configure(listen, options)));
        _host = builder.Build();
    }

    /// <summary>Secrets, tokens and grants; may be changed while the server runs.</summary>
    public Cluster Cluster { get; } = new();

    /// <summary>What is answered otherwise than normally.</summary>
    public Script Script { get; } = new();

    /// <summary>What arrived.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The cluster's CA.</summary>
    public ClusterCertificates Certificates { get; } = new();

    /// <summary>The loopback port.</summary>
    public int Port => _listening!.IPEndPoint!.Port;

    /// <summary>Such as <c>https://127.0.0.1:41234</c>; https also when the port speaks plain HTTP.</summary>
    public string Url => $"https://127.0.0.1:{Port}";

    public static async Task<KubeApiServer> StartAsync(KubeApiServerOptions? options = null)
    {
        var server = new KubeApiServer(options ?? new KubeApiServerOptions());
        await server._host.StartAsync();
        return server;
    }

    /// <summary>Writes the cluster's CA to <c>ca.crt</c> in the directory.</summary>
    /// <returns>Its path.</returns>
    public string WriteAuthority(string directory)
    {
        var path = Path.Combine(directory, "ca.crt");
        File.WriteAllText(path, Certificates.AuthorityPem);
        return path;
    }

    /// <summary>Writes kubeadm's kubelet.conf with this server's address, CA and a node's client certificate.</summary>
    /// <returns>Its path.</returns>
    public string WriteKubeconfig(string directory) => Kubeconfig.WriteKubeadm(directory, Url, Certificates.AuthorityPem, _node);

    /// <summary>The same in OpenShift's form.</summary>
    /// <returns>Its path.</returns>
    public string WriteOpenShiftKubeconfig(string directory) =>
        Kubeconfig.WriteOpenShift(directory, Url, Certificates.AuthorityPem, _node);

    /// <summary>Shows another certificate of the same CA and names from the next connection on.</summary>
    public void RotateCertificate() => _shown = Certificates.Server(_names);

    /// <summary>Connections are refused from now on. A second call does nothing: a test may take the server down early.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        using var now = new CancellationTokenSource();
        await now.CancelAsync(); // clients that still hang are part of some tests: no grace
        await _host.StopAsync(now.Token);
        await _host.DisposeAsync();
        _node.Dispose();
        Certificates.Dispose();
    }

    private void Configure(ListenOptions listen, KubeApiServerOptions options)
    {
        _listening = listen;
        listen.Protocols = HttpProtocols.Http1; // what ALPN offers
        listen.Use(next => connection => Requests.CountTcpConnectionAsync(() => next(connection)));
        if (options.Identity == ServerIdentity.ForClients)
        {
            // Kestrel itself refuses such a certificate, unless the options come with the connection.
            var certificate = Certificates.ClientForNames(options.Names);
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate }),
            });
        }
        else if (!_isPlain)
        {
            listen.UseHttps(Tls(options));
        }

        listen.Run(ServeAsync);
    }

    private HttpsConnectionAdapterOptions Tls(KubeApiServerOptions options)
    {
        using var stranger = new ClusterCertificates();
        return new HttpsConnectionAdapterOptions
        {
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (_, _, _) => true,
            ServerCertificateSelector = options.Identity is ServerIdentity.Trusted ? (_, _) => _shown : null,
            ServerCertificate = options.Identity switch
            {
                ServerIdentity.OtherAuthority => stranger.Server(options.Names),
                ServerIdentity.Expired => Certificates.ExpiredServer(options.Names),
                ServerIdentity.NotYetValid => Certificates.FutureServer(options.Names),
                ServerIdentity.NamesInText => Certificates.NameThatLooksLike(options.Names[0]),
                _ => _shown = Certificates.Server(options.Names),
            },
        };
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            connection.ConnectionClosed, _host.Lifetime.ApplicationStopping);
        try
        {
            await (_isPlain ? RecordPlainBytesAsync(connection, gone.Token) : AnswerAllAsync(connection, gone.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The client left or the server stops; what arrived until then is in the log.
            connection.Abort();
        }
        catch (InvalidDataException)
        {
            await connection.Transport.Output.WriteAsync(
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        }
    }

    private async Task AnswerAllAsync(ConnectionContext connection, CancellationToken gone)
    {
        var number = Requests.NextConnection();
        var certificate = connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
        var node = certificate?.GetNameInfo(X509NameType.SimpleName, false);
        var isStranger = certificate is not null && !Certificates.HasSigned(certificate);
        while (await RequestReader.ReadAsync(connection.Transport.Input, gone) is { } head)
        {
            var authorization = head.Headers.GetValueOrDefault("Authorization");
            var user = authorization is null && isStranger ? null : _normal.Authenticate(authorization, node);
            var request = Requests.Add(head, number, user);
            var exchange = new Exchange(request, connection.Transport.Output, _normal.AnswerAsync, () => Reset(connection), gone);
            await Script.For(request)(exchange);
            if (exchange.IsClosing)
            {
                return;
            }
        }
    }

    private async Task RecordPlainBytesAsync(ConnectionContext connection, CancellationToken gone)
    {
        var first = await connection.Transport.Input.ReadAsync(gone);
        foreach (var segment in first.Buffer)
        {
            Requests.AddPlainBytes(segment.Span);
        }

        throw new InvalidDataException("This port speaks no TLS.");
    }

    private static void Reset(ConnectionContext connection)
    {
        // SO_LINGER 0 turns the close into a RST.
        connection.Features.Get<IConnectionSocketFeature>()?.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        connection.Abort();
    }
}
