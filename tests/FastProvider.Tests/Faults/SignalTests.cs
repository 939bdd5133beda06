using System.Globalization;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>
/// Signals at every phase of a run: strace delivers one as a system call begins, so that each phase is met exactly. The calls are
/// those of the main thread, counted from the start of the process.
/// </summary>
public sealed class SignalTests
{
    /// <summary>About where the runtime has started; the files that it opens itself differ from machine to machine.</summary>
    private const int FirstOpen = 10;

    private const string Renames = "renameat:when=1";

    /// <summary>Calls that mark a phase, beside the openings of files, which go through all of them.</summary>
    private static readonly string[] Marks =
    [
        .. Enumerable.Range(1, 7).Select(i => string.Create(CultureInfo.InvariantCulture, $"write:when={i}")),
        "poll:when=2", "connect:when=1", "mkdir:when=1", "flock:when=1", Renames, "sendto:when=1", "getdents64:when=4",
    ];

    [Fact]
    public async Task SIGTERM_leaves_a_whole_file_or_none_and_no_temporary_one()
    {
        await using var scene = await PullScene.StartAsync();

        var ends = await SignalAtEveryPhaseAsync(
            scene, "TERM", () => Assert.DoesNotContain(scene.Node.AuthDirNames(), IsTemporary));

        // Some ended by the signal, and those that had begun the file went on to their answer.
        Assert.Equal([0, 143], ends.Values.Distinct().Order());
        Assert.Equal(0, ends[Renames]);
    }

    [Fact]
    public async Task SIGKILL_leaves_a_whole_file_or_none_and_a_later_run_clears_away_the_rest()
    {
        await using var scene = await PullScene.StartAsync();
        var temporary = 0;

        var ends = await SignalAtEveryPhaseAsync(scene, "KILL", () => temporary += scene.Node.AuthDirNames().Count(IsTemporary));

        Assert.Equal(137, ends[Renames]);
        Assert.NotEqual(0, temporary);
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        // one that is held up leaves it to the next
        for (var run = 0; run < 20 && scene.Node.AuthDirNames().Any(IsTemporary); run++)
        {
            (await scene.PullAsync("--untaken-lifetime", "1s")).Answers().ClaimsPrivate(PullScene.Image);
        }

        Assert.DoesNotContain(scene.Node.AuthDirNames(), IsTemporary);
    }

    [Theory]
    [InlineData("1+2")]
    [InlineData("2+2")]
    public async Task Interrupted_calls_are_called_again(string when)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await StracedAsync(scene, "poll,flock,write", $"error=EINTR:when={when}");

        Assert.Contains("(INJECTED)", scene.Left("trace"), StringComparison.Ordinal);
        run.Answers().ClaimsPrivate(PullScene.Image);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_run_that_is_stopped_and_continued_again_and_again_ends_as_any_other()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.Always(Respond.After(TimeSpan.FromSeconds(0.5), Respond.Normally()));

        var run = await scene.ScriptAsync("""
            exec 3<&0; "$@" <&3 & run=$!
            for i in 1 2 3 4 5 6 7 8 9 10; do { kill -STOP $run; sleep 0.02; kill -CONT $run; } 2>&-; sleep 0.04; done
            wait $run
            """);

        run.Answers().ClaimsPrivate(PullScene.Image);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    /// <summary>A run for each phase; returns how each ended. After each the file is whole or not there.</summary>
    private static async Task<Dictionary<string, int>> SignalAtEveryPhaseAsync(PullScene scene, string signal, Action look)
    {
        var ends = new Dictionary<string, int>();
        foreach (var mark in Marks)
        {
            await SignalAtAsync(mark);
        }

        for (var open = FirstOpen;
            await SignalAtAsync(string.Create(CultureInfo.InvariantCulture, $"openat:when={open}")) >= open;
            open++)
        {
        }

        // From registries.conf to the sweep: had the count gone wrong, the loop would have ended before it came there.
        Assert.True(ends.Count > Marks.Length + 12, $"Only {ends.Count} phases were met.");
        return ends;

        // Returns how many of the calls were begun.
        async Task<int> SignalAtAsync(string phase)
        {
            var (call, when) = (phase.Split(':')[0], phase.Split(':')[1]);
            ends[phase] = (await StracedAsync(scene, call, $"signal={signal}:{when}")).ExitCode;
            look();
            if (File.Exists(scene.AuthFilePath))
            {
                EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
                File.Delete(scene.AuthFilePath); // as a pull would, or the next run waits for one
            }

            return scene.Left("trace").Split('\n').Count(line => line.StartsWith($"{call}(", StringComparison.Ordinal));
        }
    }

    private static Task<PluginRun> StracedAsync(PullScene scene, string calls, string inject) => scene.PullAsync(
        new KubeletRequest(PullScene.Image, scene.Token),
        [
            "-o", Path.Combine(scene.Node.Root, "trace"), "-e", $"trace={calls}", "-e", $"inject={calls}:{inject}",
            Plugin.Binary, .. scene.Arguments()
        ],
        binary: "/usr/bin/strace");

    private static bool IsTemporary(string name) => name.EndsWith(".tmp", StringComparison.Ordinal);
}
