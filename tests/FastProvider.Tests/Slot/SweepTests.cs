using System.Diagnostics;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>
/// What a run clears away after its answer: files that no pull took, temporary files of killed runs. Nobody can set a change
/// time, so a file is made old by waiting for longer than the shortest lifetime.
/// </summary>
public sealed class SweepTests
{
    private const string Other = "registry.invalid/other";

    private const int MaxRuns = 50;

    private static readonly string[] Shortest = ["--untaken-lifetime", "1s"];

    [Fact]
    public async Task Files_that_no_pull_took_go_with_the_temporary_files_of_killed_runs()
    {
        await using var scene = await PullScene.StartAsync();
        string[] untaken =
            [NameOf(scene, "team-b", PullScene.Image), NameOf(scene, "team-a", Other), ".fast-provider-4711-1f2e3d.tmp"];
        await AgedAsync(scene, untaken);

        await SweptAsync(scene, untaken, run => run.Answers().ClaimsPrivate(PullScene.Image));
    }

    [Fact]
    public async Task Young_files_stay_and_zero_turns_it_off()
    {
        await using var scene = await PullScene.StartAsync();
        string[] untaken = [NameOf(scene, "team-b", PullScene.Image), ".fast-provider-4711-1f2e3d.tmp"];
        await AgedAsync(scene, untaken);

        (await scene.PullAsync()).Answers();
        (await scene.PullAsync("--untaken-lifetime", "1h")).Answers();
        (await scene.PullAsync("--untaken-lifetime", "0")).Answers();

        Assert.Equal(untaken.Append(Path.GetFileName(scene.AuthFilePath)).Order(), scene.Node.AuthDirNames().Order());
    }

    [Fact]
    public async Task What_the_plugin_did_not_write_stays()
    {
        await using var scene = await PullScene.StartAsync();
        var ours = NameOf(scene, "team-b", PullScene.Image);
        var digest = ours["team-b-".Length..^".json".Length];
        string[] foreign =
        [
            "notes.txt", "config.json", $"{digest}.json", $"-{digest}.json", $"Team-b-{digest}.json", $"team_b-{digest}.json",
            $"team-b-{digest[1..]}.json", $"team-b-{digest.ToUpperInvariant()}.json", $"team-b-{digest}.json.bak",
            $".team-b-{digest}.json", $"{new string('n', 64)}-{digest}.json", ".fast-provider-1-.tmp", ".fast-provider--1.tmp",
            ".fast-provider-1-g.tmp", ".fast-provider-x-1.tmp", ".fast-provider-1-1.tmp.x",
        ];
        var inUse = Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use"));
        await File.WriteAllTextAsync(Path.Combine(inUse.FullName, ours), "{}");
        var target = Path.Combine(scene.Node.Root, "target");
        await File.WriteAllTextAsync(target, "untouched");
        string[] planted =
            [NameOf(scene, "team-c", Other), NameOf(scene, "team-d", Other), ".fast-provider-1-1.tmp", ".fast-provider-1-2.tmp"];
        File.CreateSymbolicLink(Path.Combine(scene.Node.AuthDir, planted[0]), target);
        Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, planted[1]));
        File.CreateSymbolicLink(Path.Combine(scene.Node.AuthDir, planted[2]), target);
        Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, planted[3]));
        await AgedAsync(scene, [ours, .. foreign]);

        await SweptAsync(scene, [ours], run => run.Answers());

        Assert.Equal(
            foreign.Concat(planted).Order(), scene.Node.AuthDirNames().Except([Path.GetFileName(scene.AuthFilePath)]).Order());
        Assert.Equal("untouched", await File.ReadAllTextAsync(target));
        Assert.Single(inUse.EnumerateFiles());
    }

    [Fact]
    public async Task A_file_whose_slot_a_run_holds_stays_until_that_run_has_ended()
    {
        await using var scene = await PullScene.StartAsync();
        var name = NameOf(scene, "team-b", PullScene.Image);
        var other = NameOf(scene, "team-b", Other);
        await AgedAsync(scene, name, other);
        var opened = OwnedDirectory.Open("lock directory", scene.Node.LockDir);
        Assert.Null(opened.Failure);
        using (var locks = opened.Value)
        {
            Assert.Null(SlotLock.Take(locks!, scene.Node.AuthDir, name, Deadline.After(TimeSpan.Zero), out var taken));
            using var held = taken;
            Assert.NotNull(held);
            await SweptAsync(scene, [other], run => run.Answers());
            Assert.Contains(name, scene.Node.AuthDirNames());
        }

        await SweptAsync(scene, [name], run => run.Answers());
    }

    [Fact]
    public async Task The_temporary_file_of_a_live_run_stays_however_slow_the_run_is()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync(); // its time is kept, by a call that strace can stop a run at
        var slow = StracedAsync(scene, "trace=utimensat", "inject=utimensat:signal=STOP:when=1");
        var temporary = await TemporaryAsync(scene);
        var processId = temporary.Split('-')[2];
        var isStopped = SpinWait.SpinUntil(
            () => File.ReadAllText($"/proc/{processId}/status").Contains("State:\tT", StringComparison.Ordinal)
                || File.ReadAllText($"/proc/{processId}/status").Contains("State:\tt", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60));
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var neighbour = NameOf(scene, "team-b", Other);
        await AgedAsync(scene, neighbour);

        await SweptAsync(scene, [neighbour], run => run.Answers(), Other);
        var isThere = scene.Node.AuthDirNames().Contains(temporary);
        using (var go = Process.Start("/bin/kill", ["-s", "CONT", processId]))
        {
            await go.WaitForExitAsync();
        }

        Assert.True(isStopped && isThere);
        (await slow).Answers().ClaimsPrivate(PullScene.Image);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        Assert.DoesNotContain(temporary, scene.Node.AuthDirNames());
    }

    /// <summary>strace holds it up before the lock by which a sweep would know that it is alive.</summary>
    [Fact]
    public async Task A_run_whose_temporary_file_went_before_its_lock_writes_another()
    {
        await using var scene = await PullScene.StartAsync();
        var slow = StracedAsync(scene, "trace=flock", "inject=flock:delay_enter=3000000:when=2");
        File.Delete(Path.Combine(scene.Node.AuthDir, await TemporaryAsync(scene)));

        (await slow).Answers().ClaimsPrivate(PullScene.Image);

        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task Without_locks_nothing_is_swept_and_the_answer_is_the_same()
    {
        await using var scene = await PullScene.StartAsync();
        var name = NameOf(scene, "team-b", PullScene.Image);
        await AgedAsync(scene, name);
        await File.WriteAllTextAsync(scene.Node.LockDir, "no directory");

        (await scene.PullAsync(Shortest)).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Contains(name, scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_run_that_fails_sweeps_too_and_fails_as_before()
    {
        await using var scene = await PullScene.StartAsync();
        var name = NameOf(scene, "team-b", PullScene.Image);
        await AgedAsync(scene, name);
        scene.Server.Script.Always(Respond.Recorded("list-401-expired-token"));

        await SweptAsync(scene, [name], run => Assert.Contains("401", run.Fails(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unmirrored_image_sweeps_nothing()
    {
        await using var scene = await PullScene.StartAsync();
        var name = NameOf(scene, "team-b", PullScene.Image);
        await AgedAsync(scene, name);

        (await scene.PullAsync(new KubeletRequest("quay.io/other/app", scene.Token), scene.Arguments(Shortest)))
            .Answers().IsEmpty();

        Assert.Equal([name], scene.Node.AuthDirNames());
    }

    /// <summary>Runs until the names are gone: one that the machine holds up for 50 ms leaves them to the next.</summary>
    private static async Task SweptAsync(PullScene scene, string[] names, Action<PluginRun> check, string image = PullScene.Image)
    {
        for (var run = 0; run < MaxRuns && scene.Node.AuthDirNames().Intersect(names).Any(); run++)
        {
            check(await scene.PullAsync(new KubeletRequest(image, scene.Token), scene.Arguments(Shortest)));
        }

        Assert.Empty(scene.Node.AuthDirNames().Intersect(names));
    }

    private static Task<PluginRun> StracedAsync(PullScene scene, params string[] expressions) => scene.PullAsync(
        new KubeletRequest(PullScene.Image, scene.Token),
        ["-o", "/dev/null", .. expressions.SelectMany(e => new[] { "-e", e }), Plugin.Binary, .. scene.Arguments()],
        binary: "/usr/bin/strace");

    /// <summary>Waits until a run has made its temporary file.</summary>
    private static async Task<string> TemporaryAsync(PullScene scene)
    {
        for (var look = 0; look < 6000; look++)
        {
            if (scene.Node.AuthDirNames().FirstOrDefault(n => n.EndsWith(".tmp", StringComparison.Ordinal)) is { } name)
            {
                return name;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException("No run made a temporary file.");
    }

    private static string NameOf(PullScene scene, string @namespace, string image) =>
        Path.GetFileName(EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, @namespace, image));

    private static async Task AgedAsync(PullScene scene, params string[] names)
    {
        foreach (var name in names)
        {
            File.OpenHandle(Path.Combine(scene.Node.AuthDir, name), FileMode.CreateNew, FileAccess.Write).Dispose();
        }

        await Task.Delay(TimeSpan.FromSeconds(1.1));
    }
}
