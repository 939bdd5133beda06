using System.Net;
using System.Net.Sockets;
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
            Assert.Equal(isClear, probe.Detail.EndsWith("; in clear, as registries.conf says insecure", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_global_auth_file_counts_where_no_secret_does()
    {
        using var scene = new ProbeScene().Mirror(false, $"{byTls.Host}/cache").Trust(byTls.Host, byTls.AuthorityPem);
        var auth = RegistryEntry.Encode(RegistryFixture.User, RegistryFixture.Password);
        await File.WriteAllTextAsync(scene.Node.GlobalAuthFile, $$"""{ "auths": { "{{byTls.Host}}": { "auth": "{{auth}}" } } }""");
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
        Assert.EndsWith("; its certificate is not verified, as registries.conf says insecure", probe.Detail, StringComparison.Ordinal);
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
        using var scene = new ProbeScene().Mirror(false, "cache.invalid/app", $"{byTls.Host}/cache").Trust(byTls.Host, byTls.AuthorityPem)
            .Secret(byTls.Host, RegistryFixture.User, RegistryFixture.Password);

        var serves = await scene.RunAsync();
        var text = Encoding.UTF8.GetString(serves.Stdout);
        scene.Secret(byTls.Host, RegistryFixture.User, "not:the/password");
        var fails = await scene.RunAsync();

        Assert.Equal((0, 1), (serves.ExitCode, fails.ExitCode));
        Assert.Matches($"""
              2\. {byTls.Host}/cache/app
                   credential of Secret login, key "{byTls.Host}"
                   probe: accepted: it takes the credential, and the repository may be read \([0-9.]+ ms\)
              3\. registry\.invalid/app  \(the registry itself, blocked\)
                   no credential \(1 key is of other registries\)
                   probe: blocked: registries\.conf blocks it

            """, text);
        Assert.DoesNotContain("Proxy  ", text, StringComparison.Ordinal);
    }

    private static int Port(string host) => int.Parse(host.Split(':')[1], null);
}
