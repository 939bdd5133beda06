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
}
