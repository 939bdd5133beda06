using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Faults;
using static FastProvider.Tests.EndToEnd.ToldEvents;

namespace FastProvider.Tests.Clock;

/// <summary>When Events are written, and how long that takes at most, by a clock that stands between its waits.</summary>
public sealed class EventTimeTests
{
    [Theory]
    [InlineData(59_900, 1)]
    [InlineData(60_000, 2)]
    public async Task For_a_pod_and_a_reason_it_is_tried_once_a_minute(int laterMs, int requests)
    {
        await using var scene = await StartAsync();
        await TellAsync(scene);

        Step(scene, laterMs);
        await TellAsync(scene);

        Assert.Equal(requests, Writes(scene).Count);
    }

    [Theory]
    [InlineData(3_599_900, "PATCH")]
    [InlineData(3_600_000, "POST")]
    public async Task What_was_told_is_remembered_for_an_hour(int laterMs, string method)
    {
        await using var scene = await StartAsync();
        await TellAsync(scene);
        scene.Server.Cluster.ForgetEvents();

        Step(scene, laterMs);
        await TellAsync(scene);

        Assert.Equal(["POST", method], Writes(scene).Take(2).Select(r => r.Method));
    }

    [Theory]
    [InlineData(3_599_900, true)]
    [InlineData(3_600_000, false)]
    public async Task What_is_kept_of_it_goes_after_an_hour(int laterMs, bool isKept)
    {
        await using var scene = await StartAsync();
        await TellAsync(scene);
        var state = StateFile(scene)!;

        Step(scene, laterMs);
        (await scene.PullAsync()).Fails();

        Assert.Equal(isKept, File.Exists(state));
    }

    [Fact]
    public async Task A_run_looks_at_ten_thousand_of_them_at_most_and_the_next_goes_on()
    {
        const int states = 12_000;
        await using var scene = await StartAsync();
        var directory = Path.Combine(scene.Node.LockDir, "events");
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(scene.Node.LockDir, (UnixFileMode)0b111_000_000);
        File.SetUnixFileMode(directory, (UnixFileMode)0b111_000_000);
        for (var i = 0; i < states; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(directory, $"{i}"), "0 1 x\n");
        }

        Step(scene, 7_200_000);
        (await scene.PullAsync()).Fails();
        Assert.Equal(states - 10_000, Directory.EnumerateFiles(directory).Count());

        (await scene.PullAsync()).Fails();
        Assert.Empty(Directory.EnumerateFiles(directory));
    }

    [Fact]
    public async Task A_server_that_says_nothing_of_an_Event_is_given_ten_seconds()
    {
        await using var scene = await StartAsync();
        scene.Clock!.Patience = TimeSpan.FromSeconds(5);
        scene.Server.Script.When(r => r.Path == EventsPath, ApiServer.Respond.Never());

        var waited = await scene.Clock.WaitedAsync(() => TellAsync(scene));

        Assert.Equal(TimeSpan.FromSeconds(10), waited - ForbiddenWait);
        Assert.Single(Writes(scene));
    }

    /// <summary>
    /// OpenSSL reads its configuration from a pipe. For the pull there is somebody who writes into it, for the process that
    /// follows nobody.
    /// </summary>
    [Fact]
    public async Task Whatever_the_writing_hangs_in_it_ends_within_twelve_seconds()
    {
        await using var scene = await StartAsync();
        scene.Clock!.Patience = TimeSpan.FromSeconds(1);

        var waited = await scene.Clock.WaitedAsync(async () =>
        {
            (await scene.ScriptAsync(
                "mkfifo \"$NODE/cnf\"; (: > \"$NODE/cnf\") & OPENSSL_CONF=\"$NODE/cnf\" exec \"$@\"", "--events")).Fails();
            await EndAsync(scene);
        });

        Assert.Equal(TimeSpan.FromSeconds(12), waited - ForbiddenWait);
        Assert.Empty(Writes(scene));
    }

    /// <summary>What a workload that is forbidden waits before it asks again.</summary>
    private static TimeSpan ForbiddenWait => TimeSpan.FromMilliseconds(250);

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();
        scene.Clock = NodeClock.Standing();
        return scene;
    }

    /// <summary>A pull that has something to tell, to the end of the process that tells it.</summary>
    private static async Task TellAsync(PullScene scene)
    {
        (await scene.PullAsync("--events")).Fails();
        await EndAsync(scene);
    }

    /// <summary>Moves the clock so that the end of the next pull, which is forbidden again, is so much later.</summary>
    private static void Step(PullScene scene, int ms) => scene.Clock!.Step(TimeSpan.FromMilliseconds(ms) - ForbiddenWait);
}
