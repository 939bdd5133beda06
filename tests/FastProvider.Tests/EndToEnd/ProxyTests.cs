using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// Proxies to the API server as client-go and the kubelet speak them; the token goes through none of them in clear.
/// </summary>
public sealed class ProxyTests
{
    private const string Behind = "api.cluster.invalid:6443";

    [Theory]
    [InlineData("HTTPS_PROXY", null)]
    [InlineData("https_proxy", "us%40er:p%23ss")]
    [InlineData("proxy-url", "us%40er:p%23ss")]
    public async Task An_https_proxy_is_trusted_by_the_clusters_CA(string where, string? login)
    {
        await using var scene = await StartAsync();
        using var certificate = scene.Server.Certificates.Server("127.0.0.1");
        await using var proxy = ConnectProxy.Start(Routes(scene), certificate, Plain(login));

        (await PullAsync(scene, where, Url("https", login, proxy.Port))).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal([Behind], proxy.Tunnels);
        RevealsNoToken(scene, proxy);
    }

    [Fact]
    public async Task An_https_proxy_of_another_CA_hears_nothing()
    {
        await using var scene = await StartAsync();
        using var stranger = new ClusterCertificates();
        using var certificate = stranger.Server("127.0.0.1");
        await using var proxy = ConnectProxy.Start(Routes(scene), certificate);

        var line = (await PullAsync(scene, "HTTPS_PROXY", proxy.Url)).Fails();

        Assert.Contains(
            $"proxy 127.0.0.1:{proxy.Port}: its certificate is not signed by the cluster's CA", line, StringComparison.Ordinal);
        Assert.Contains("check HTTPS_PROXY", line, StringComparison.Ordinal);
        Assert.Equal("", proxy.Heard);
    }

    [Fact]
    public async Task An_https_proxy_must_be_the_one_that_was_named()
    {
        await using var scene = await StartAsync();
        using var certificate = scene.Server.Certificates.Server("proxy.example.com");
        await using var proxy = ConnectProxy.Start(Routes(scene), certificate);

        Assert.Contains(
            "its certificate is not for 127.0.0.1", (await PullAsync(scene, "HTTPS_PROXY", proxy.Url)).Fails(),
            StringComparison.Ordinal);
        Assert.Equal("", proxy.Heard);
    }

    /// <summary>Go's client has one configuration of TLS for both.</summary>
    [Theory]
    [InlineData("api.cluster.invalid", true)]
    [InlineData("127.0.0.1", false)]
    public async Task An_https_proxy_must_show_the_tls_server_name_of_the_kubeconfig(string name, bool isTrusted)
    {
        await using var scene = await StartAsync();
        using var certificate = scene.Server.Certificates.Server(name);
        await using var proxy = ConnectProxy.Start(new() { ["10.1.2.3:6443"] = scene.Server.Port }, certificate);
        var text = await File.ReadAllTextAsync(scene.Kubeconfig);
        await File.WriteAllTextAsync(scene.Kubeconfig, text.Replace(
            $"    server: {scene.Server.Url}",
            "    tls-server-name: api.cluster.invalid\n    server: https://10.1.2.3:6443", StringComparison.Ordinal));

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments("--slot-wait", "0"),
            new Dictionary<string, string> { ["HTTPS_PROXY"] = proxy.Url });

        if (isTrusted)
        {
            run.Answers().ClaimsPrivate(PullScene.Image);
            Assert.Equal(["10.1.2.3:6443"], proxy.Tunnels);
        }
        else
        {
            Assert.Contains("its certificate is not for api.cluster.invalid", run.Fails(), StringComparison.Ordinal);
            Assert.Equal("", proxy.Heard);
        }
    }

    [Theory]
    [InlineData("socks5", "HTTPS_PROXY", null)]
    [InlineData("socks5h", "https_proxy", null)]
    [InlineData("socks5", "proxy-url", null)]
    [InlineData("socks5", "HTTPS_PROXY", "us%40er:p%23ss")]
    [InlineData("socks5h", "proxy-url", "us%40er:p%23ss")]
    public async Task A_SOCKS5_proxy_gets_the_name_and_resolves_it(string scheme, string where, string? login)
    {
        await using var scene = await StartAsync();
        await using var proxy = SocksProxy.Start(scene.Server.Port, Plain(login));

        (await PullAsync(scene, where, Url(scheme, login, proxy.Port))).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal([$"name {Behind}"], proxy.Targets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_SOCKS5_proxy_may_say_where_it_is_in_any_form(byte boundKind)
    {
        await using var scene = await StartAsync();
        await using var proxy = SocksProxy.Start(scene.Server.Port, boundKind: boundKind);

        (await PullAsync(scene, "HTTPS_PROXY", $"socks5://127.0.0.1:{proxy.Port}")).Answers().ClaimsPrivate(PullScene.Image);
    }

    [Theory]
    [InlineData("10.1.2.3", "address 10.1.2.3:6443")]
    [InlineData("[fd00::1]", "address fd00::1:6443")]
    public async Task A_SOCKS5_proxy_gets_an_address_as_an_address(string host, string target)
    {
        await using var scene = await StartAsync();
        await using var proxy = SocksProxy.Start(scene.Server.Port);

        (await PullAsync(scene, "HTTPS_PROXY", $"socks5://127.0.0.1:{proxy.Port}", $"https://{host}:6443"))
            .Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal([target], proxy.Targets);
    }

    [Theory]
    [InlineData("http", null, "wants a login")]
    [InlineData("https", null, "wants a login")]
    [InlineData("socks5", null, "wants a login")]
    [InlineData("http", "alice:hunter22", "does not accept the user and password")]
    [InlineData("https", "alice:hunter22", "does not accept the user and password")]
    [InlineData("socks5", "alice:hunter22", "does not accept the user and password")]
    public async Task A_proxy_that_does_not_let_us_in_is_named_with_what_is_to_mend(string scheme, string? login, string expected)
    {
        await using var scene = await StartAsync();
        using var certificate = scene.Server.Certificates.Server("127.0.0.1");
        await using var http = ConnectProxy.Start(Routes(scene), scheme == "https" ? certificate : null, "bob:secret-of-bob");
        await using var socks = SocksProxy.Start(scene.Server.Port, "bob:secret-of-bob");

        var line = (await PullAsync(scene, "HTTPS_PROXY", Url(scheme, login, scheme == "socks5" ? socks.Port : http.Port)))
            .Fails();

        Assert.Contains("proxy 127.0.0.1:", line, StringComparison.Ordinal);
        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains("HTTPS_PROXY", line, StringComparison.Ordinal);
        Assert.DoesNotContain("check the address, and the CA", line, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", line, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", line, StringComparison.Ordinal);
        Assert.DoesNotContain("tries", line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
    }

    [Theory]
    [InlineData(1, "it failed")]
    [InlineData(2, "its rules do not allow")]
    [InlineData(4, "cannot resolve or reach")]
    [InlineData(5, "refused its connection")]
    [InlineData(7, "reply 7")]
    public async Task What_a_SOCKS5_proxy_answers_is_said(byte reply, string expected)
    {
        await using var scene = await StartAsync();
        await using var proxy = SocksProxy.Start(scene.Server.Port, reply: reply);
        scene.Timeout = "1s";

        Assert.Contains(
            expected, (await PullAsync(scene, "HTTPS_PROXY", $"socks5://127.0.0.1:{proxy.Port}")).Fails(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_proxy_of_another_kind_is_no_proxy(string scheme)
    {
        await using var scene = await StartAsync();
        await using var peer = RawServer.Start(answer: "SSH-2.0-OpenSSH_9.2p1\r\n"u8.ToArray());

        var line = (await PullAsync(scene, "HTTPS_PROXY", $"{scheme}://127.0.0.1:{peer.Port}")).Fails();

        Assert.Contains(scheme == "http" ? "does not answer in HTTP" : "does not speak SOCKS5", line, StringComparison.Ordinal);
    }

    /// <summary>RFC 1928 and 1929: one byte is wrong, behind which the rest of a tunnel that was opened comes.</summary>
    [Theory]
    [InlineData("04 00 05 00 00 01 7F 00 00 01 00 00", null)]
    [InlineData("05 00 04 00 00 01 7F 00 00 01 00 00", null)]
    [InlineData("05 00 05 00 01 01 7F 00 00 01 00 00", null)]
    [InlineData("05 00 05 00 00 02 7F 00 00 01 00 00", null)]
    [InlineData("05 02 02 00 05 00 00 01 7F 00 00 01 00 00", "alice:hunter22")]
    public async Task A_byte_that_SOCKS5_does_not_have_there_ends_it(string answer, string? login)
    {
        await using var scene = await StartAsync();
        await using var peer = RawServer.Start(answer: Convert.FromHexString(answer.Replace(" ", "", StringComparison.Ordinal)));

        var line = (await PullAsync(scene, "HTTPS_PROXY", Url("socks5", login, peer.Port))).Fails();

        Assert.Contains("does not speak SOCKS5", line, StringComparison.Ordinal);
    }

    /// <summary>Whoever speaks before the tunnel is one could speak for the server behind it.</summary>
    [Fact]
    public async Task What_comes_before_the_TLS_of_a_tunnel_is_not_passed_over()
    {
        await using var scene = await StartAsync();
        await using var peer = RawServer.Start(answer: "HTTP/1.1 200 OK\r\n\r\nx"u8.ToArray(), closesAfter: true);

        var line = (await PullAsync(scene, "HTTPS_PROXY", $"http://127.0.0.1:{peer.Port}")).Fails();

        Assert.Contains("it sent bytes before the TLS of the tunnel began", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(199, "it refuses the tunnel with status 199")]
    [InlineData(302, "it refuses the tunnel with status 302")]
    [InlineData(404, "it refuses the tunnel with status 404")]
    [InlineData(502, "it refuses the tunnel with status 502")]
    public async Task A_proxy_that_does_not_say_2xx_has_opened_no_tunnel(int status, string said)
    {
        await using var scene = await StartAsync();
        scene.Timeout = "1s";
        await using var peer = RawServer.Start(
            answer: Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nLocation: https://elsewhere.invalid/\r\n\r\n"));

        var line = (await PullAsync(scene, "HTTPS_PROXY", $"http://127.0.0.1:{peer.Port}")).Fails();

        Assert.Contains(said, line, StringComparison.Ordinal);
        Assert.StartsWith("CONNECT ", Encoding.Latin1.GetString(peer.Heard), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8_192, "closed the connection")]
    [InlineData(8_193, "does not answer in HTTP")]
    public async Task An_answer_of_a_proxy_has_8_KiB(int bytes, string said)
    {
        await using var scene = await StartAsync();
        scene.Timeout = "1s";
        var answer = "HTTP/1.1 200 OK\r\nX: ".PadRight(bytes - 4, 'x') + "\r\n\r\n";
        await using var peer = RawServer.Start(answer: Encoding.ASCII.GetBytes(answer), closesAfter: true);

        var line = (await PullAsync(scene, "HTTPS_PROXY", $"http://127.0.0.1:{peer.Port}")).Fails();

        // The shorter one is an answer, and the tunnel ends with it.
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://alice:hun#ter22@127.0.0.1:1")]
    [InlineData("http://alice:hunter22\\@127.0.0.1:1")]
    public async Task A_variable_that_is_no_URL_is_ignored_as_by_the_kubelet_and_named_when_that_fails(string value)
    {
        await using var scene = await StartAsync();
        scene.Timeout = "2s";

        var line = (await PullAsync(scene, "HTTPS_PROXY", value)).Fails();

        Assert.Contains("HTTPS_PROXY is no valid URL of a proxy", line, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", line, StringComparison.Ordinal);
        Assert.DoesNotContain("ter22", line, StringComparison.Ordinal);
        scene.Timeout = "20s";
        (await PullAsync(scene, "HTTPS_PROXY", value, scene.Server.Url)).Answers().ClaimsPrivate(PullScene.Image);
    }

    private static Task<PullScene> StartAsync() => PullScene.StartAsync(
        new KubeApiServerOptions { Names = ["api.cluster.invalid", "127.0.0.1", "10.1.2.3", "fd00::1"] });

    private static Dictionary<string, int> Routes(PullScene scene) => new() { [Behind] = scene.Server.Port };

    private static string Url(string scheme, string? login, int port) =>
        $"{scheme}://{(login is null ? "" : login + "@")}127.0.0.1:{port}";

    private static string? Plain(string? login) => login is null ? null : Uri.UnescapeDataString(login);

    private static async Task<PluginRun> PullAsync(
        PullScene scene, string where, string proxyUrl, string server = $"https://{Behind}")
    {
        var environment = new Dictionary<string, string>();
        if (where == "proxy-url")
        {
            var text = await File.ReadAllTextAsync(scene.Kubeconfig);
            await File.WriteAllTextAsync(scene.Kubeconfig, text.Replace(
                "    server:", $"    proxy-url: \"{proxyUrl}\"\n    server:", StringComparison.Ordinal));
        }
        else
        {
            environment[where] = proxyUrl;
        }

        return await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments("--api-server", server, "--slot-wait", "0"),
            environment);
    }

    private static void RevealsNoToken(PullScene scene, ConnectProxy proxy)
    {
        var heard = proxy.Heard;
        Assert.Contains("CONNECT " + Behind, heard, StringComparison.Ordinal);
        scene.RevealsNothing(heard);
        Assert.DoesNotContain("Bearer", heard, StringComparison.Ordinal);
    }
}
