using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// The token goes to nobody but the API server whose certificate the cluster's CA signed for that name: not to who listens at
/// its address, not to a proxy, whatever they say. Each such run fails at once, and takes the auth file of an earlier run away.
/// </summary>
public sealed class TokenReceiverTests
{
    private const string BehindProxy = "https://api.cluster.invalid:6443";

    [Theory]
    [InlineData(ServerIdentity.OtherAuthority, "127.0.0.1", "not signed by the cluster's CA")]
    [InlineData(ServerIdentity.Expired, "127.0.0.1", "has expired, or the clock of this node is wrong")]
    [InlineData(ServerIdentity.NotYetValid, "127.0.0.1", "is not valid yet, or the clock of this node is wrong")]
    [InlineData(ServerIdentity.ForClients, "127.0.0.1", "is not one for servers")]
    [InlineData(ServerIdentity.Trusted, "127.0.0.2", "is not for 127.0.0.1")]
    [InlineData(ServerIdentity.Trusted, "::ffff:127.0.0.1", "is not for 127.0.0.1")]
    [InlineData(ServerIdentity.Trusted, "*.0.0.1", "is not for 127.0.0.1")]
    [InlineData(ServerIdentity.NamesInText, "127.0.0.1", "is not for 127.0.0.1")]
    public async Task A_server_that_does_not_prove_its_name_hears_no_request(
        ServerIdentity identity, string name, string expected)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = identity, Names = [name] });

        var line = await FailsAsync(scene, scene.Server.Url, proxy: null);

        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
        Assert.True(scene.Server.Requests.TcpConnections > 0);
    }

    [Theory]
    [InlineData("localhost", "localhost", true)]
    [InlineData("localhost", "*", false)]
    [InlineData("localhost", "localhost.example.com", false)]
    public async Task A_name_is_proved_by_a_DNS_name_of_the_certificate(string host, string certified, bool isProved)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = [certified] });
        var url = $"https://{host}:{scene.Server.Port}";
        if (isProved)
        {
            (await scene.PullAsync("--api-server", url)).Answers().ClaimsPrivate(PullScene.Image);
            return;
        }

        Assert.Contains("is not for localhost", await FailsAsync(scene, url, proxy: null), StringComparison.Ordinal);
        Assert.Empty(scene.Server.Requests.All);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "TLS")]
    [InlineData("220 mail.example.com ESMTP\r\n", "TLS")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", "TLS")]
    [InlineData("\0\0\0\0\0\0\0\0", "TLS")]
    [InlineData("\u0015\u0003\u0003\0\u0002\u0002\u0028", "TLS")] // the alert handshake_failure
    [InlineData("", "in time")]
    public async Task A_peer_that_speaks_no_TLS_hears_a_greeting_and_no_more(string greeting, string expected)
    {
        await using var scene = await PullScene.StartAsync();
        await using var peer = RawServer.Start(greeting: Encoding.Latin1.GetBytes(greeting));
        scene.Timeout = greeting.Length == 0 ? "1s" : "20s";

        var line = await FailsAsync(scene, $"https://127.0.0.1:{peer.Port}", proxy: null);

        Assert.Contains(expected, line, StringComparison.Ordinal);
        HasNoToken(scene, await peer.HearAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nSSH-2.0-OpenSSH_9.2p1\r\n", "TLS")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", "TLS")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n\0\0\0\0\0\0", "TLS")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n\u0015\u0003\u0003\0\u0002\u0002\u0028", "TLS")]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "wants a login (status 407)")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", "refuses the tunnel with status 302")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "refuses the tunnel with status 100")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "does not answer in HTTP")]
    [InlineData("\0", "does not answer in HTTP")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", "does not answer in HTTP")]
    [InlineData("HTTP/1.E 200 OK\r\n\r\n", "does not answer in HTTP")]
    public async Task A_proxy_hears_where_the_tunnel_goes_and_no_more(string answer, string expected)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Names = ["api.cluster.invalid"] });
        await using var proxy = RawServer.Start(answer: Encoding.Latin1.GetBytes(answer));

        var line = await FailsAsync(scene, BehindProxy, $"http://127.0.0.1:{proxy.Port}");

        Assert.Contains(expected, line, StringComparison.Ordinal);
        var heard = await proxy.HearAsync();
        Assert.StartsWith(
            "CONNECT api.cluster.invalid:6443 HTTP/1.1\r\n", Encoding.Latin1.GetString(heard), StringComparison.Ordinal);
        HasNoToken(scene, heard);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
    }

    [Theory]
    [InlineData(1000, false, "did not answer in time")]
    [InlineData(0, true, "closed the connection")]
    public async Task A_proxy_that_does_not_come_to_the_point_costs_the_timeout_and_no_more(
        int intervalMs, bool closes, string expected)
    {
        await using var scene = await PullScene.StartAsync();
        await using var proxy = RawServer.Start(
            answer: "HTTP/1.1 200"u8.ToArray(), interval: TimeSpan.FromMilliseconds(intervalMs), closesAfter: closes);
        scene.Timeout = "2s";

        var line = await FailsAsync(scene, BehindProxy, $"http://127.0.0.1:{proxy.Port}");

        Assert.Contains($"proxy 127.0.0.1:{proxy.Port}", line, StringComparison.Ordinal);
        Assert.True(
            line.Contains(expected, StringComparison.Ordinal) || line.Contains("reset by peer", StringComparison.Ordinal)
            || line.Contains("in time", StringComparison.Ordinal), line);
        HasNoToken(scene, await proxy.HearAsync());
    }

    [Theory]
    [InlineData(ServerIdentity.OtherAuthority, "api.cluster.invalid", "not signed by the cluster's CA")]
    [InlineData(ServerIdentity.Trusted, "proxy.cluster.invalid", "is not for api.cluster.invalid")]
    public async Task A_proxy_that_speaks_TLS_itself_is_not_the_API_server(ServerIdentity identity, string name, string expected)
    {
        await using var scene = await PullScene.StartAsync(new KubeApiServerOptions { Identity = identity, Names = [name] });
        await using var proxy = ConnectProxy.Start(
            new Dictionary<string, int> { ["api.cluster.invalid:6443"] = scene.Server.Port });

        Assert.Contains(expected, await FailsAsync(scene, BehindProxy, proxy.Url), StringComparison.Ordinal);
        Assert.NotEmpty(proxy.Tunnels);
        Assert.Empty(scene.Server.Requests.All);
    }

    /// <summary>A run over the file of an earlier one.</summary>
    private static async Task<string> FailsAsync(PullScene scene, string url, string? proxy)
    {
        await File.WriteAllTextAsync(scene.AuthFilePath, "{}");
        var run = await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token),
            scene.Arguments("--api-server", url, "--slot-wait", "0"),
            proxy is null ? null : new Dictionary<string, string> { ["HTTPS_PROXY"] = proxy });
        var line = run.Fails();
        Assert.Empty(scene.Node.AuthDirNames());
        return line;
    }

    /// <summary>Not a message that could show what must not be shown.</summary>
    private static void HasNoToken(PullScene scene, byte[] heard)
    {
        var text = Encoding.Latin1.GetString(heard);
        Assert.NotEmpty(heard);
        Assert.False(
            scene.Token!.Split('.').Any(p => text.Contains(p, StringComparison.Ordinal)), "Somebody else heard the token.");
        Assert.DoesNotContain("Bearer", text, StringComparison.OrdinalIgnoreCase);
    }
}
