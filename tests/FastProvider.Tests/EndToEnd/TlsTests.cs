using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// The token goes to nobody but the server whose certificate the cluster's CA signed for the name that was asked for.
/// </summary>
public sealed class TlsTests
{
    [Theory]
    [InlineData(ServerIdentity.OtherAuthority, "its certificate is not signed by the cluster's CA")]
    [InlineData(ServerIdentity.Expired, "its certificate has expired")]
    public async Task A_certificate_that_is_not_valid_ends_the_run_before_a_request(ServerIdentity identity, string cause)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = identity });
        scene.Timeout = "2s";

        var line = await scene.FailsAsync();

        Assert.Contains(cause, line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.True(scene.Server.Requests.TcpConnections > 0);
    }

    [Fact]
    public async Task A_certificate_for_another_host_ends_the_run_before_a_request()
    {
        await using var scene = await PullScene.StartAsync(
            new KubeApiServerOptions { Names = ["10.96.0.1", "kubernetes.default.svc"] });
        scene.Timeout = "2s";

        var line = await scene.FailsAsync();

        Assert.Contains("its certificate is not for 127.0.0.1", line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.True(scene.Server.Requests.TcpConnections > 0);
    }

    [Fact]
    public async Task A_DNS_name_does_not_stand_for_an_address()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["localhost"] });
        scene.Timeout = "2s";

        Assert.Contains("its certificate is not for 127.0.0.1", await scene.FailsAsync(), StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.NotEqual(0, scene.Server.Requests.TcpConnections);
        (await scene.PullAsync("--api-server", $"https://localhost:{scene.Server.Port}"))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task An_IPv4_address_in_the_spelling_of_IPv6_is_the_same_address()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["127.0.0.1"] });

        (await scene.PullAsync("--api-server", $"https://[::ffff:127.0.0.1]:{scene.Server.Port}"))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task A_DNS_name_must_be_in_the_certificate()
    {
        await using var scene = await PullScene.StartAsync(
            new KubeApiServerOptions { Names = ["127.0.0.1", "kubernetes.default.svc"] });
        scene.Timeout = "2s";

        var line = await scene.FailsAsync("--api-server", $"https://localhost:{scene.Server.Port}");

        Assert.Contains("its certificate is not for localhost", line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.True(scene.Server.Requests.TcpConnections > 0);
    }

    [Fact]
    public async Task The_cluster_CA_is_the_only_one_that_counts()
    {
        await using var scene = await PullScene.StartAsync();
        using var stranger = new ClusterCertificates();
        var other = Path.Combine(scene.Node.Root, "other-ca.crt");
        await File.WriteAllTextAsync(other, stranger.AuthorityPem);
        scene.Timeout = "2s";

        var line = await scene.FailsAsync("--certificate-authority", other);

        Assert.Contains("its certificate is not signed by the cluster's CA", line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.NotEqual(0, scene.Server.Requests.TcpConnections);
    }

    /// <summary>As Go's client: a second handshake could bring another server's certificate in the midst of an answer.</summary>
    [Fact]
    public async Task A_server_that_wants_another_handshake_gets_none()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "4s";
        // It prints each message, and is gone after one connection: a retry would begin with a handshake of its own.
        var server = await OpenSslServer.StartAsync(
            scene.Server.Certificates, scene.Node.Pki, "-tls1_2", "-msg", "-naccept", "1");
        await using (server)
        {
            var pull = scene.PullAsync("--api-server", server.Url);
            await server.PrintsAsync("GET /api/v1/namespaces/team-a/secrets");
            await server.CommandAsync("R");
            await server.PrintsAsync("HelloRequest");
            (await pull).Fails();
        }

        Assert.Equal(2, (await server.Output).Split(", ClientHello").Length);
    }

    [Fact]
    public async Task A_file_of_several_CAs_trusts_each()
    {
        await using var scene = await PullScene.StartAsync();
        using var stranger = new ClusterCertificates();
        var both = Path.Combine(scene.Node.Root, "both.crt");
        await File.WriteAllTextAsync(both, stranger.AuthorityPem + scene.Server.Certificates.AuthorityPem);

        (await scene.PullAsync("--certificate-authority", both)).Answers().ClaimsPrivate(PullScene.Image);
    }

    /// <summary>As Go's AppendCertsFromPEM passes it over.</summary>
    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n!no base64!\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n")]
    [InlineData("-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN NOTHING")]
    [InlineData("# -----BEGIN CERTIFICATE-----\n")]
    public async Task A_block_that_is_no_certificate_hides_no_CA_behind_it(string block)
    {
        await using var scene = await PullScene.StartAsync();
        var file = Path.Combine(scene.Node.Root, "some.crt");
        await File.WriteAllTextAsync(file, $"{block}\n{block}\n# the cluster's\n{scene.Server.Certificates.AuthorityPem}");

        (await scene.PullAsync("--certificate-authority", file)).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN CERTIFICATE-----\n")]
    public async Task A_file_without_a_CA_is_named_before_a_connection(string pem)
    {
        await using var scene = await PullScene.StartAsync();
        var file = Path.Combine(scene.Node.Root, "none.crt");
        await File.WriteAllTextAsync(file, pem);

        var line = await scene.FailsAsync("--certificate-authority", file);

        Assert.StartsWith("the CA certificates of --certificate-authority cannot be used: ", line, StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    /// <summary>
    /// A body without a length ends with the connection. Anybody in between can end that of TCP; close_notify is the server's
    /// own word (RFC 8446 section 6.1), and without it Go's client takes no such body either.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_the_connection_ends_is_whole_only_by_the_servers_own_word(bool saysIt)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        using var certificate = scene.Server.Certificates.Server("127.0.0.1");
        await using var server = StartClosing(certificate, saysIt);

        var run = await scene.PullAsync("--api-server", $"https://127.0.0.1:{server.Port}", "--slot-wait", "0");

        if (saysIt)
        {
            run.Answers().ClaimsPrivate(PullScene.Image);
        }
        else
        {
            Assert.Contains("it closed the connection", run.Fails(), StringComparison.Ordinal);
            Assert.Empty(scene.Node.AuthDirNames());
        }
    }

    [Fact]
    public async Task Plain_HTTP_never_hears_the_token()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = ServerIdentity.PlainHttp });
        scene.Timeout = "2s";

        Assert.Contains("it does not speak TLS", await scene.FailsAsync(), StringComparison.Ordinal);

        var heard = Encoding.Latin1.GetString(scene.Server.Requests.PlainBytes);
        Assert.NotEmpty(heard);
        Assert.False(heard.Contains(scene.Token!.Split('.')[1], StringComparison.Ordinal), "The token went out in plain text.");
    }

    [Fact]
    public async Task An_http_URL_is_refused_before_a_connection()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = ServerIdentity.PlainHttp });
        scene.Timeout = "2s";

        var run = await scene.PullAsync("--api-server", $"http://127.0.0.1:{scene.Server.Port}");

        Assert.InRange(run.ExitCode, 1, 2);
        Assert.Contains("https", run.Fails(run.ExitCode), StringComparison.Ordinal);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Fact]
    public async Task TLS_1_1_is_refused_also_where_the_nodes_OpenSSL_would_speak_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        var lenient = Path.Combine(scene.Node.Root, "openssl.cnf");
        await File.WriteAllTextAsync(lenient, """
            openssl_conf = all
            [all]
            ssl_conf = tls
            [tls]
            system_default = old
            [old]
            MinProtocol = TLSv1
            CipherString = DEFAULT:@SECLEVEL=0
            """);
        var old = await OpenSslServer.StartAsync(scene.Server.Certificates, scene.Node.Pki, OpenSslServer.OldTls);
        await using (old)
        {
            var run = await scene.PullAsync(
                new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments("--api-server", old.Url),
                new Dictionary<string, string> { ["OPENSSL_CONF"] = lenient });
            Assert.Contains("TLS failed", run.Fails(), StringComparison.Ordinal);
        }

        Assert.Empty(scene.Node.AuthDirNames());
        Assert.False(
            (await old.Output).Contains(scene.Token!.Split('.')[1], StringComparison.Ordinal),
            "The token was sent over TLS 1.1.");
    }

    [Fact]
    public async Task A_proxy_of_the_environment_carries_TLS_end_to_end()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["api.cluster.invalid"] });
        await using var proxy = ConnectProxy.Start(
            new Dictionary<string, int> { ["api.cluster.invalid:6443"] = scene.Server.Port });

        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token),
            scene.Arguments("--api-server", "https://api.cluster.invalid:6443"),
            new Dictionary<string, string> { ["HTTPS_PROXY"] = proxy.Url });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.All(proxy.Tunnels, t => Assert.Equal("api.cluster.invalid:6443", t));
        Assert.NotEmpty(proxy.Tunnels);
    }

    [Fact]
    public async Task NO_PROXY_goes_round_the_proxy()
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["localhost"] });
        await using var proxy = ConnectProxy.Start();

        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token),
            scene.Arguments("--api-server", $"https://localhost:{scene.Server.Port}"),
            new Dictionary<string, string> { ["HTTPS_PROXY"] = proxy.Url, ["NO_PROXY"] = "localhost" });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Empty(proxy.Tunnels);
    }

    /// <summary>Ends each connection after a list without a length, with TLS's own word for it or without.</summary>
    private static LoopbackListener StartClosing(X509Certificate2 certificate, bool saysIt)
    {
        LoopbackListener? server = null;
        return server = new LoopbackListener(async client =>
        {
            var stop = server!.Stopping;
            try
            {
                var below = client.GetStream();
                await using var tls = new SslStream(below);
                await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
                if (await tls.ReadAsync(new byte[8192], stop) > 0)
                {
                    await tls.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"u8.ToArray(), stop);
                    await tls.WriteAsync(Encoding.ASCII.GetBytes(ListOfOne()), stop);
                    await (saysIt ? tls.ShutdownAsync() : Task.CompletedTask);
                    client.Client.Shutdown(SocketShutdown.Send);
                    // An end with bytes that nobody read would be a reset.
                    while (await below.ReadAsync(new byte[8192], stop) > 0)
                    {
                    }
                }
            }
            catch (Exception end) when (end is OperationCanceledException or IOException)
            {
                // The client left, or an agent keeps a connection that it has no use for yet.
            }
        });
    }

    private static string ListOfOne()
    {
        var secret = Secret.DockerConfigJson("one", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password")));
        var document = Convert.ToBase64String(secret.Data[".dockerconfigjson"]);
        return $$$"""
            {"kind":"SecretList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"one","namespace":"team-a"},"type":"kubernetes.io/dockerconfigjson","data":{".dockerconfigjson":"{{{document}}}"}}]}
            """;
    }
}
