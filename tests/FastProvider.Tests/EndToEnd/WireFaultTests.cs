using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>What can happen to an answer between the API server and the plugin.</summary>
public sealed class WireFaultTests
{
    public static TheoryData<string> Legal => ["1 byte chunks", "odd chunks", "100-continue", "large header", "connection close"];

    public static TheoryData<string> Passing =>
        ["reset", "closed before head", "closed after head", "cut", "cut chunked", "cut before the last byte", "no last chunk"];

    public static TheoryData<string> Lasting =>
        [
            "reset", "closed before head", "closed after head", "cut", "cut chunked", "cut before the last byte", "no last chunk",
            "html"
        ];

    /// <summary>Where to take the answer or refuse it is the plugin's choice, but it is taken whole or not at all.</summary>
    public static TheoryData<string> WholeOrNone =>
        ["gzip unasked", "http/1.0", "protobuf content type", "text content type", "1 MB header"];

    [Theory]
    [MemberData(nameof(Legal))]
    public async Task Legal_framing_is_taken(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Named(name));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task A_connection_that_breaks_once_is_tried_again(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Request(1, Named(name));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task A_fault_that_stays_is_an_error_and_leaves_nothing(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Named(name));

        await scene.FailsAsync();
    }

    [Theory]
    [MemberData(nameof(WholeOrNone))]
    public async Task An_odd_answer_is_taken_whole_or_not_at_all(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "2s";
        scene.Server.Script.Always(Named(name));

        var run = await scene.PullAsync();

        if (run.ExitCode == 0)
        {
            var isServed = name != "gzip unasked"; // none of its 400 Secrets is for our mirror
            Assert.Equal(isServed ? 1 : 0, run.Answers().Auth.Count);
            Assert.Equal(isServed, File.Exists(scene.AuthFilePath));
        }
        else
        {
            run.Fails();
            Assert.Empty(scene.Node.AuthDirNames());
        }
    }

    [Theory]
    [InlineData("never")]
    [InlineData("trickle")]
    [InlineData("endless")]
    public async Task A_server_that_does_not_come_to_an_end_costs_the_timeout_and_no_more(string name)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Timeout = "1s";
        scene.Server.Script.Always(Named(name));

        // Plugin.RunAsync fails a run that does not end by itself.
        Assert.NotEmpty(await scene.FailsAsync());
    }

    [Fact]
    public async Task A_slow_but_steady_answer_within_the_budget_is_taken()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.After(TimeSpan.FromMilliseconds(300), Respond.Normally()));

        await scene.WritesAsync();
    }

    private static Answer Named(string name) => name switch
    {
        "1 byte chunks" => Respond.InChunksOf(1),
        "odd chunks" => Respond.InChunksOf(7, 1, 613, 2),
        "100-continue" => Respond.AfterContinue(),
        "large header" => Respond.WithHeaderOf(8 * 1024),
        "connection close" => Respond.WithConnectionClose(),
        "reset" => Respond.Reset(),
        "closed before head" => Respond.ClosedBeforeHead(),
        "closed after head" => Respond.ClosedAfterHead(),
        "cut" => Respond.CutAt(0.5, isChunked: false),
        "cut chunked" => Respond.CutAt(0.5, isChunked: true),
        "cut before the last byte" => Respond.CutAt(0.999, isChunked: false),
        "no last chunk" => Respond.WithoutLastChunk(),
        "html" => Respond.Html(),
        "gzip unasked" => Respond.Recorded("list-big-gzip"),
        "http/1.0" => Respond.Http10(),
        "protobuf content type" => Respond.WithContentType("application/vnd.kubernetes.protobuf"),
        "text content type" => Respond.WithContentType("text/plain"),
        "1 MB header" => Respond.WithHeaderOf(1024 * 1024),
        "never" => Respond.Never(),
        "trickle" => Respond.Trickled(TimeSpan.FromMilliseconds(50)),
        "endless" => Respond.Endless(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such fault."),
    };
}
