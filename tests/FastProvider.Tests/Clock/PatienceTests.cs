using System.Net;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Faults;

namespace FastProvider.Tests.Clock;

/// <summary>
/// How long a run is patient with the API server and with the kubelet, by a clock that stands between its waits.
/// </summary>
public sealed class PatienceTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Where_nothing_listens_a_run_tries_for_five_seconds()
    {
        await using var scene = await StartAsync();
        scene.Timeout = "45s";
        await scene.Server.DisposeAsync();

        var waited = await scene.Clock!.WaitedAsync(async () =>
        {
            var line = await scene.FailsAsync();
            Assert.StartsWith($"cannot reach API server 127.0.0.1:{scene.Server.Port}", line, StringComparison.Ordinal);
            Assert.Contains("connection refused", line, StringComparison.Ordinal);
        });

        // The last of the waits, of 3 s at most, began within the five.
        Assert.InRange(waited, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(8));
        IsBackOff(scene.Clock.Steps);
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_again_for_twenty_seconds_by_default()
    {
        await using var scene = await StartAsync();
        scene.Server.Script.Always(Respond.Synthesised(503));

        var waited = await scene.Clock!.WaitedAsync(async () =>
            Assert.Contains("503", await FailsByDefaultAsync(scene), StringComparison.Ordinal));

        // No wait begins that would go beyond it, and none is longer than 3 s.
        Assert.InRange(waited, TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(20));
        IsBackOff(scene.Clock.Steps);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_given_twenty_seconds_by_default()
    {
        await using var scene = await StartAsync();
        scene.Server.Script.Always(Respond.Never());
        scene.Clock!.Patience = TimeSpan.FromSeconds(5);

        var waited = await scene.Clock.WaitedAsync(async () =>
            Assert.Contains("did not answer in time", await FailsByDefaultAsync(scene), StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromSeconds(20), waited);
    }

    /// <summary>The first address of the name takes no connection, the second is the API server's.</summary>
    [Fact]
    public async Task Of_several_addresses_one_that_takes_nobody_is_given_three_seconds()
    {
        // The resolver puts an address that is more like the machine's own, 127.0.0.1, before another; these two are alike.
        await using var scene = await StartAsync(new KubeApiServerOptions { Address = IPAddress.Parse("127.0.0.3") });
        scene.Clock!.Patience = TimeSpan.FromSeconds(5);
        scene.Clock.Nap = TimeSpan.FromSeconds(10); // a thread looks names up
        await using var full = await FullListener.StartAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), scene.Server.Port));
        await File.WriteAllTextAsync(
            Path.Combine(scene.Node.Root, "hosts"), "127.0.0.2 kubernetes.default.svc\n127.0.0.3 kubernetes.default.svc\n");

        var waited = await scene.Clock.WaitedAsync(async () => (await scene.ScriptWithMountsAsync(
            "mount --bind \"$NODE/hosts\" /etc/hosts && exec \"$@\"",
            "--api-server", $"https://kubernetes.default.svc:{full.Place.Port}")).Answers());

        Assert.Equal(TimeSpan.FromSeconds(3), waited);
        Assert.Single(scene.Clock.Steps);
    }

    /// <summary>The status has decided; the words that should come with it do not.</summary>
    [Fact]
    public async Task The_words_of_a_refusal_are_given_half_a_second()
    {
        await using var scene = await StartAsync();
        scene.Clock!.Patience = TimeSpan.FromSeconds(5);
        scene.Server.Script.Always(async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 401 X\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
            await exchange.FlushAsync();
            await Task.Delay(Timeout.Infinite, exchange.Gone);
        });

        var waited = await scene.Clock.WaitedAsync(async () =>
            Assert.Contains("401", await scene.FailsAsync(), StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromMilliseconds(500), waited);
    }

    [Fact]
    public async Task A_workload_that_is_forbidden_is_tried_once_more_after_a_quarter_of_a_second()
    {
        await using var scene = await StartAsync();
        scene.Server.Cluster.ForbidAll();

        var waited = await scene.Clock!.WaitedAsync(
            async () => Assert.Contains("403", await scene.FailsAsync(), StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromMilliseconds(250), waited);
        Assert.Single(scene.Clock.Steps);
    }

    [Fact]
    public async Task A_node_that_is_forbidden_is_tried_for_a_second()
    {
        await using var scene = await StartAsync();
        scene.Server.Cluster.ForbidAll();
        scene.Server.Script.Always(Respond.Recorded("get-secret-403"));

        var waited = await scene.Clock!.WaitedAsync(async () =>
            Assert.Contains("403", await scene.FailsAsync("--secrets", "pod"), StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromSeconds(1), waited);
    }

    [Theory]
    [InlineData("3", 3000, 3000)]
    [InlineData("0", 50, 150)] // "at once" is no time that an overloaded server can mean
    public async Task An_overloaded_server_says_how_long(string retryAfter, int minMs, int maxMs)
    {
        await using var scene = await StartAsync();
        scene.Server.Script.FirstAttempts(1, Respond.TooManyRequests(retryAfter));

        var waited = await scene.Clock!.WaitedAsync(async () => await scene.WritesAsync());

        Assert.InRange(waited.TotalMilliseconds, minMs, maxMs);
    }

    [Theory]
    [InlineData("20s", 35)]
    [InlineData("45s", 10)]
    public async Task A_kubelet_that_says_nothing_is_given_what_the_API_server_leaves_of_55_seconds(string timeout, int seconds)
    {
        await using var scene = await StartAsync();
        scene.Clock!.Patience = Silence;
        scene.Timeout = timeout;
        using var run = StartedPlugin.Start(Plugin.Binary, scene.Arguments(), environment: scene.Clock.Environment);

        var waited = await scene.Clock.WaitedAsync(async () => Assert.StartsWith(
            $"the request on standard input did not end within {seconds} s", (await run.EndAsync()).Fails(),
            StringComparison.Ordinal));

        Assert.Equal(TimeSpan.FromSeconds(seconds), waited);
    }

    [Fact]
    public async Task An_answer_that_nobody_takes_is_given_a_second()
    {
        await using var scene = await StartAsync();
        scene.Clock!.Patience = TimeSpan.FromSeconds(5);

        // The reader waits for the end of the writer, which would wait for the reader.
        var waited = await scene.Clock.WaitedAsync(() => scene.ScriptAsync("""
            { head -c 65536 /dev/zero; "$@" 2>"$NODE/said"; echo $? > "$NODE/code"; } | while [ ! -s "$NODE/code" ]; do sleep 0.05; done
            """));

        Assert.Equal("1", scene.Left("code"));
        Assert.Contains("cannot write the answer to standard output: timed out", scene.Left("said"), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), waited);
    }

    private static async Task<PullScene> StartAsync(KubeApiServerOptions? options = null)
    {
        var scene = await PullScene.StartAsync(options);
        scene.Clock = NodeClock.Standing();
        return scene;
    }

    /// <summary>A run without <c>--timeout</c>.</summary>
    private static async Task<string> FailsByDefaultAsync(PullScene scene)
    {
        var arguments = scene.Arguments().ToList();
        arguments.RemoveRange(arguments.IndexOf("--timeout"), 2);
        return (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), [.. arguments])).Fails();
    }

    /// <summary>From 0.1 s doubled up to 2 s, and each spread over half to one and a half of that.</summary>
    private static void IsBackOff(IReadOnlyList<TimeSpan> waits) => Assert.All(waits, (wait, i) =>
        Assert.InRange(
            wait / Math.Min(2000, 100 << Math.Min(i, 5)), TimeSpan.FromMilliseconds(0.5), TimeSpan.FromMilliseconds(1.51)));
}
