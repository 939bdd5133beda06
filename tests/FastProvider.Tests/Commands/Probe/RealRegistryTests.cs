using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Probe;

/// <summary><c>explain --probe</c> at docker-registry with htpasswd, by TLS and in clear.</summary>
public sealed class RealRegistryTests(TlsRegistryFixture byTls, RegistryFixture inClear)
    : IClassFixture<TlsRegistryFixture>, IClassFixture<RegistryFixture>
{
    [Theory]
    [InlineData("right", "accepted", 200)]
    [InlineData("wrong password", "refused", 401)]
    [InlineData("none", "needs-credentials", 401)]
    public async Task A_credential_is_told_from_another(string credential, string result, int status)
    {
        foreach (var isClear in (bool[])[false, true])
        {
            var host = isClear ? inClear.Host : byTls.Host;
            using var scene = new ProbeScene().Mirror(isClear, $"{host}/cache").Trust(byTls.Host, byTls.AuthorityPem);
            if (credential != "none")
            {
                scene.Secret(host, RegistryFixture.User, credential == "right" ? RegistryFixture.Password : "not:the/password");
            }

            var probe = await scene.ProbeFirstAsync();

            Assert.Equal(new Probed(result, status, "basic", isClear ? "plain" : "verified"), probe);
            Assert.Equal(
                isClear, probe.Detail.EndsWith("; in clear, as registries.conf says insecure", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_global_auth_file_counts_where_no_secret_does()
    {
        using var scene = new ProbeScene().Mirror(false, $"{byTls.Host}/cache").Trust(byTls.Host, byTls.AuthorityPem);
        var auth = RegistryEntry.Encode(RegistryFixture.User, RegistryFixture.Password);
        await File.WriteAllTextAsync(
            scene.Node.GlobalAuthFile, $$"""{ "auths": { "{{byTls.Host}}": { "auth": "{{auth}}" } } }""");
        scene.Hide(auth);

        Assert.Equal(new Probed("accepted", 200, "basic", "verified"), await scene.ProbeFirstAsync());
    }

    [Theory]
    [InlineData("/cache", 200, "and the repository may be read")]
    [InlineData("/other", 404, "the repository is not there (404 NAME_UNKNOWN)")]
    public async Task The_repository_is_asked_for(string path, int status, string detail)
    {
        using var scene = new ProbeScene().Mirror(false, byTls.Host + path).Trust(byTls.Host, byTls.AuthorityPem)
            .Secret(byTls.Host, RegistryFixture.User, RegistryFixture.Password);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("accepted", status, "basic", "verified"), probe);
        Assert.Contains(detail, probe.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_of_the_system_is_trusted()
    {
        using var scene = new ProbeScene().Mirror(false, $"{byTls.Host}/cache");
        scene.Environment["SSL_CERT_FILE"] = Path.Combine(scene.Node.Root, "bundle.pem");
        await File.WriteAllTextAsync(scene.Environment["SSL_CERT_FILE"], byTls.AuthorityPem);

        Assert.Equal(new Probed("needs-credentials", 401, "basic", "verified"), await scene.ProbeFirstAsync());
    }

    [Theory]
    [InlineData("unknown authority", "127.0.0.1", "is not signed by an authority of this system")]
    [InlineData("another authority", "127.0.0.1", "is not signed by an authority of this system or of ")]
    [InlineData("another name", "localhost", "its certificate is not for localhost")]
    [InlineData("no TLS", "127.0.0.1", "it does not speak TLS")]
    public async Task A_registry_that_cannot_be_trusted_gets_no_credential(string what, string host, string detail)
    {
        var registry = what == "no TLS" ? inClear.Host : byTls.Host;
        var mirror = registry.Replace("127.0.0.1", host, StringComparison.Ordinal);
        using var others = new ClusterCertificates();
        using var scene = new ProbeScene().Mirror(false, $"{mirror}/cache")
            .Secret(mirror, RegistryFixture.User, RegistryFixture.Password);
        if (what != "unknown authority")
        {
            scene.Trust(mirror, what == "another authority" ? others.AuthorityPem : byTls.AuthorityPem);
        }

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("untrusted", 0, null, null), probe);
        Assert.Contains(detail, probe.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Insecure_means_any_certificate_and_it_is_said()
    {
        using var scene = new ProbeScene().Mirror(true, $"{byTls.Host}/cache")
            .Secret(byTls.Host, RegistryFixture.User, RegistryFixture.Password);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("accepted", 200, "basic", "unverified"), probe);
        Assert.EndsWith(
            "; its certificate is not verified, as registries.conf says insecure", probe.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_nothing_listens_it_is_down(bool isInsecure)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, not listening: nobody else gets the port
        var host = taken.LocalEndPoint!.ToString()!;
        using var scene = new ProbeScene().Mirror(isInsecure, $"{host}/cache").Secret(host);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("down", 0, null, null), probe);
        Assert.Equal($"{host}: connection refused (ECONNREFUSED)", probe.Detail);
    }

    [Fact]
    public async Task A_name_that_nobody_knows_is_down()
    {
        using var scene = new ProbeScene().Mirror(false, "cache.invalid/app");

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("down", 0, null, null), probe);
        Assert.StartsWith("cache.invalid:443: cannot resolve cache.invalid", probe.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_is_used_and_named()
    {
        await using var proxy = ConnectProxy.Start(new Dictionary<string, int> { ["cache.invalid:443"] = Port(byTls.Host) });
        using var scene = new ProbeScene().Mirror(false, "cache.invalid/cache");
        scene.Environment["HTTPS_PROXY"] = proxy.Url;

        var text = Encoding.UTF8.GetString((await scene.RunAsync()).Stdout);

        Assert.Contains("probe: untrusted: cache.invalid:443: its certificate is not", text, StringComparison.Ordinal);
        Assert.Contains("Proxy       probes went through the proxy of HTTPS_PROXY", text, StringComparison.Ordinal);
        Assert.Equal(["cache.invalid:443"], proxy.Tunnels);
    }

    [Fact]
    public async Task People_see_it_beneath_each_endpoint_and_the_exit_status_says_whether_any_serves()
    {
        using var scene = new ProbeScene()
            .Mirror(false, "cache.invalid/app", $"{byTls.Host}/cache")
            .Trust(byTls.Host, byTls.AuthorityPem)
            .Secret(byTls.Host, RegistryFixture.User, RegistryFixture.Password);

        var serves = await scene.RunAsync();
        var text = Encoding.UTF8.GetString(serves.Stdout);
        scene.Secret(byTls.Host, RegistryFixture.User, "not:the/password");
        var fails = await scene.RunAsync();

        Assert.Equal((0, 1), (serves.ExitCode, fails.ExitCode));
        Assert.Matches($"""
              2\. {byTls.Host}/cache/app
                   chosen: Secret login, key "{byTls.Host}"
                   probe: accepted: it takes the credential, and the repository may be read \([0-9.]+ ms\)
              3\. registry\.invalid/app  \(the registry itself, blocked\)
                   no credential \(1 key is of other registries\)
                   probe: blocked: registries\.conf blocks it

            """, text);
        Assert.DoesNotContain("Proxy  ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Docker_Hub_is_asked_at_its_server_for_the_certificate_of_that_name()
    {
        using var certificates = new ClusterCertificates();
        await using var hub = FakeRegistry.Start(_ => FakeRegistry.Answer(200), certificates.Server("registry-1.docker.io"));
        await using var proxy = ConnectProxy.Start(new Dictionary<string, int> { ["registry-1.docker.io:443"] = hub.Port });
        using var scene = new ProbeScene().Mirror(false, "docker.io/library").Trust("docker.io", certificates.AuthorityPem);
        scene.Environment["https_proxy"] = proxy.Url;

        Assert.Equal(new Probed("open", 200, "none", "verified"), await scene.ProbeFirstAsync());
        Assert.Equal(["/v2/", "/v2/library/app/tags/list?n=1"], hub.Heard.Select(h => h.Target));
    }

    [Fact]
    public async Task A_client_certificate_of_certs_d_is_shown()
    {
        using var certificates = new ClusterCertificates();
        await using var registry = FakeRegistry.Start(
            _ => FakeRegistry.Answer(200), certificates.Server("127.0.0.1"), isClient: certificates.HasSigned);
        using var scene = new ProbeScene().Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, certificates.AuthorityPem);
        using var client = certificates.Client("CN=node");
        var stem = Path.Combine(scene.Node.Root, ".config/containers/certs.d", registry.Host, "client");
        var without = await scene.ProbeFirstAsync();
        await File.WriteAllTextAsync($"{stem}.cert", client.ExportCertificatePem());
        await File.WriteAllTextAsync($"{stem}.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        var with = await scene.ProbeFirstAsync();

        Assert.Equal((0, "open"), (without.Status, with.Result));
        Assert.Equal(2, registry.Heard.Count);
    }

    [Theory]
    [InlineData("client.key", "client.key is a key without its certificate client.cert")]
    [InlineData("client.cert", "client.key (certs.d) does not exist")]
    public async Task Half_of_a_client_certificate_fails_a_pull_and_a_probe(string file, string detail)
    {
        using var certificates = new ClusterCertificates();
        await using var registry = FakeRegistry.Start(_ => FakeRegistry.Answer(200), certificates.Server("127.0.0.1"));
        using var scene = new ProbeScene().Mirror(false, $"{registry.Host}/cache")
            .Trust(registry.Host, certificates.AuthorityPem);
        await File.WriteAllTextAsync(
            Path.Combine(scene.Node.Root, ".config/containers/certs.d", registry.Host, file), certificates.AuthorityPem);

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("untrusted", 0, null, null), probe);
        Assert.Contains(detail, probe.Detail, StringComparison.Ordinal);
        Assert.Empty(registry.Heard);
    }

    /// <summary>In TLS 1.3 the refusal comes after the handshake; OpenSSL's own server says it as servers do.</summary>
    [Theory]
    [InlineData("-tls1_2", "TLS failed")]
    [InlineData("-tls1_3", "it wants a client certificate")]
    public async Task A_client_certificate_that_is_missing_is_no_matter_of_the_password(string version, string detail)
    {
        using var certificates = new ClusterCertificates();
        using var node = new ProbeScene();
        await using var registry = await OpenSslServer.StartAsync(certificates, node.Node.Root, version, "-Verify", "1");
        var host = $"127.0.0.1:{registry.Port}";
        node.Mirror(false, $"{host}/cache").Trust(host, certificates.AuthorityPem).Secret(host);

        var probe = await node.ProbeFirstAsync();

        Assert.Equal(new Probed("untrusted", 0, null, null), probe);
        Assert.Contains(detail, probe.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_system_without_authorities_trusts_nobody()
    {
        using var scene = new ProbeScene().Mirror(false, $"{byTls.Host}/cache");
        scene.Environment["SSL_CERT_FILE"] = "/nowhere";

        var probe = await scene.ProbeFirstAsync();

        Assert.Equal(new Probed("untrusted", 0, null, null), probe);
        Assert.StartsWith("no authority is known", probe.Detail, StringComparison.Ordinal);
    }

    private static int Port(string host) => int.Parse(host.Split(':')[1], null);
}
