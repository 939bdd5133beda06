using System.Net;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// No peer holds a run beyond its budget, wherever it does so: the run says that the time was over, and takes the auth file of an
/// earlier run away. Plugin.RunAsync fails a run that does not end by itself.
/// </summary>
public sealed class HoldingPeerTests
{
    /// <summary>
    /// A record of TLS 1.2 full of HelloRequests, which a client passes over while it shakes hands (RFC 5246 section 7.4.1.1).
    /// </summary>
    private static readonly byte[] HelloRequests = [0x16, 3, 3, 0x40, 0, .. new byte[0x4000]];

    [Theory]
    [InlineData("direct")]
    [InlineData("https proxy")]
    [InlineData("through http proxy")]
    public async Task Endless_HelloRequests_do_not_keep_OpenSSL(string way)
    {
        await using var scene = await PullScene.StartAsync();
        await using var peer = RawServer.StartEndless(HelloRequests);
        await using var proxy = ConnectProxy.Start(new Dictionary<string, int> { ["api.cluster.invalid:6443"] = peer.Port });

        await EndsInTimeAsync(scene, way switch
        {
            "direct" => ($"https://127.0.0.1:{peer.Port}", null),
            "https proxy" => ("https://api.cluster.invalid:6443", $"https://127.0.0.1:{peer.Port}"),
            _ => ("https://api.cluster.invalid:6443", proxy.Url),
        });

        Assert.True(peer.Heard.Length > 0, "Nobody said hello to the peer, so nothing was tested.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("https")]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_peer_that_says_nothing_is_not_waited_for(string proxyScheme)
    {
        await using var scene = await PullScene.StartAsync();
        await using var peer = RawServer.Start();

        await EndsInTimeAsync(scene, proxyScheme.Length == 0
            ? ($"https://127.0.0.1:{peer.Port}", null)
            : ("https://api.cluster.invalid:6443", $"{proxyScheme}://127.0.0.1:{peer.Port}"));

        Assert.True(peer.Heard.Length > 0, "Nobody said hello to the peer, so nothing was tested.");
    }

    [Theory]
    [InlineData(
        "http",
        "HTTP/1.1 200 OK\r\nX-Slow:"
            + " yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n\r\n")]
    [InlineData(
        "socks5",
        "\u0005\u0000\u0005\u0000\u0000\u0003\u0080"
            + "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy")]
    public async Task A_proxy_that_trickles_is_not_waited_for(string scheme, string answer)
    {
        await using var scene = await PullScene.StartAsync();
        await using var peer = RawServer.Start(
            answer: System.Text.Encoding.Latin1.GetBytes(answer), interval: TimeSpan.FromMilliseconds(700));

        await EndsInTimeAsync(scene, ("https://api.cluster.invalid:6443", $"{scheme}://127.0.0.1:{peer.Port}"));
    }

    [Fact]
    public async Task A_connection_that_nobody_takes_is_not_waited_for()
    {
        await using var scene = await PullScene.StartAsync();
        await using var full = await FullListener.StartAsync(new IPEndPoint(IPAddress.Loopback, 0));

        await EndsInTimeAsync(scene, ($"https://{full.Place}", null));
    }

    private static async Task EndsInTimeAsync(PullScene scene, (string Server, string? Proxy) way)
    {
        scene.Timeout = "1s";
        await File.WriteAllTextAsync(scene.AuthFilePath, "{}");
        var environment = new Dictionary<string, string>();
        if (way.Proxy is not null)
        {
            environment["HTTPS_PROXY"] = way.Proxy;
        }

        var line = (await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments("--api-server", way.Server, "--slot-wait", "0"),
            environment)).Fails();

        Assert.Matches("in time|timed out", line);
        Assert.Empty(scene.Node.AuthDirNames());
        Assert.Empty(scene.Server.Requests.All);
    }
}
