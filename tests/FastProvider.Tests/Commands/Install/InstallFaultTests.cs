using System.Globalization;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Faults;

namespace FastProvider.Tests.Commands.Install;

/// <summary>Whenever an installation is killed, and whatever runs beside it: the name is there and runs.</summary>
public sealed class InstallFaultTests : IDisposable
{
    private readonly InstallScene _scene = new();

    /// <summary>Every call by which an installation or a rollback changes a directory, each time it is made.</summary>
    public static TheoryData<string> Calls =>
        ["openat", "write", "fchmod", "fsync", "linkat", "renameat", "unlinkat", "clone,clone3,vfork"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Killed_at_any_call_it_leaves_a_program_that_runs_and_the_next_one_completes_it(string call)
    {
        var (oldest, first, second) = (_scene.Build("oldest"), _scene.Build("first"), _scene.Build("second"));
        var kills = 0;
        for (var (when, isKilled) = (1, true); isKilled; when++)
        {
            Assert.InRange(when, 1, 200);
            _scene.Place(first, oldest);
            // What comes after the last step only looks for a kubelet, at as many files as there are processes.
            isKilled = await KilledAsync(call, when, "install", "--from", second, "--to", _scene.Bin)
                && !(_scene.Installed == "second" && _scene.Names.SequenceEqual([".fast-provider.previous", "fast-provider"]));
            await RunsAsync();
            await _scene.InstallsAsync(second);
            Assert.Equal(("second", "first"), (_scene.Installed, InstallScene.Installs(_scene.Previous)));
            Assert.Equal([".fast-provider.previous", "fast-provider"], _scene.Names);

            _scene.Place(first, oldest);
            var isRollbackKilled = await KilledAsync(call, when, "rollback", "--to", _scene.Bin)
                && !(_scene.Installed == "oldest"
                    && _scene.Names.SequenceEqual([".fast-provider.previous", ".fast-provider.refused", "fast-provider"]));
            await RunsAsync();
            if (_scene.Installed == "first")
            {
                await _scene.RollsBackAsync();
            }
            else
            {
                await _scene.InstallsAsync(oldest); // is there already: only what was half done is completed
            }

            Assert.Equal(("oldest", "first"), (_scene.Installed, InstallScene.Installs(_scene.Previous)));
            Assert.Equal([".fast-provider.previous", ".fast-provider.refused", "fast-provider"], _scene.Names);
            isKilled |= isRollbackKilled;
            kills += isKilled ? 1 : 0;
        }

        Assert.True(kills > 0, $"Nobody was killed at {call}.");
    }

    [Fact]
    public async Task A_kubelet_that_runs_it_meanwhile_never_notices()
    {
        var builds = new[] { _scene.Build("first"), _scene.Build("second") };
        await _scene.InstallsAsync(builds[0]);
        using var done = new CancellationTokenSource();
        var runs = 0;
        var kubelets = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await RunsAsync();
                Interlocked.Increment(ref runs);
            }
        })).ToArray();

        for (var i = 1; i <= 20; i++)
        {
            await _scene.InstallsAsync(builds[i % 2]);
            await _scene.RollsBackAsync();
        }

        await done.CancelAsync();
        await Task.WhenAll(kubelets);
        Assert.True(runs > 10, $"It was run {runs} times only.");
    }

    [Fact]
    public async Task Many_at_once_leave_one_whole_program_and_nothing_else()
    {
        var builds = Enumerable.Range(0, 4)
            .Select(i => _scene.Build(string.Create(CultureInfo.InvariantCulture, $"build{i}")))
            .ToArray();

        var runs = await Task.WhenAll(builds.Concat(builds).Select(b => _scene.InstallAsync(b)));

        Assert.All(
            runs,
            run => Assert.True(
                run.ExitCode == 0 || run.Stderr.Contains("another process installs", StringComparison.Ordinal), run.Stderr));
        Assert.Contains(runs, run => run.ExitCode == 0);
        Assert.StartsWith("build", _scene.Installed, StringComparison.Ordinal);
        Assert.Subset(new HashSet<string> { "fast-provider", ".fast-provider.previous" }, _scene.Names.ToHashSet());
        await RunsAsync();
    }

    [Fact]
    public async Task A_full_disk_leaves_the_old_one()
    {
        await _scene.InstallsAsync(_scene.Build("first"));
        var run = await Plugin.RunAsync(
            [
                "-c", "ulimit -f 1000; trap '' XFSZ; exec \"$@\"", "sh", Plugin.Binary, "install", "--from",
                _scene.Build("second"), "--to", _scene.Bin],
            [], binary: "/bin/sh");

        Assert.Contains("EFBIG", InstallScene.Refuses(run), StringComparison.Ordinal);
        Assert.Equal("first", _scene.Installed);
        Assert.Equal(["fast-provider"], _scene.Names);
    }

    [Fact]
    public async Task A_keeper_puts_back_what_was_lost_or_replaced_leaves_a_rollback_alone_and_ends_at_once()
    {
        var second = _scene.Build("second");
        await _scene.InstallsAsync(_scene.Build("first"));
        using var keeper = StartedPlugin.Start(
            Plugin.Binary, ["install", "--keep", "--every", "1s", "--from", second, "--to", _scene.Bin]);
        await IsSoAsync(() => _scene.Installed == "second");

        File.Delete(_scene.Program);
        await IsSoAsync(() => File.Exists(_scene.Program) && _scene.Installed == "second");
        File.Copy(_scene.Build("package"), _scene.Program, overwrite: true);
        await IsSoAsync(() => _scene.Installed == "second" && InstallScene.Installs(_scene.Previous) == "package");
        while ((await _scene.RollbackAsync()).ExitCode != 0)
        {
            // It looked just then.
        }

        await Task.Delay(TimeSpan.FromSeconds(2.5));
        Assert.Equal("package", _scene.Installed);

        await keeper.SignalAsync("TERM");
        var end = await keeper.EndAsync();
        Assert.True(end.ExitCode is 0 or 15, end.Stderr); // 15 in the moment in which it looks
    }

    [Fact]
    public async Task A_keeper_looks_every_five_minutes()
    {
        using var clock = NodeClock.Standing();
        clock.Patience = TimeSpan.FromSeconds(1);
        string[] install = ["install", "--keep", "--from", _scene.Build("first"), "--to", _scene.Bin];
        using var keeper = StartedPlugin.Start(Plugin.Binary, install, environment: clock.Environment);

        await IsSoAsync(() => clock.Steps.Count >= 2);

        Assert.All(clock.Steps, step => Assert.Equal(TimeSpan.FromMinutes(5), step));
        await keeper.SignalAsync("TERM");
    }

    [Fact]
    public async Task A_trial_run_that_does_not_end_is_given_twenty_seconds()
    {
        using var clock = NodeClock.Standing();
        clock.Patience = TimeSpan.FromSeconds(2);

        var waited = await clock.WaitedAsync(async () =>
        {
            var hangs = _scene.Write("hangs", "#!/bin/sh\nkill -STOP $$\n"u8.ToArray());
            var run = await Plugin.RunAsync(["install", "--from", hangs, "--to", _scene.Bin], [], clock.Environment);
            Assert.Contains("did not end within 20 s", InstallScene.Refuses(run), StringComparison.Ordinal);
        });

        Assert.Equal(TimeSpan.FromSeconds(20), waited);
    }

    /// <summary>The first process of a container: the kernel sends it no signal that it has no handler for.</summary>
    [Fact]
    public async Task A_keeper_that_is_process_1_ends_at_SIGTERM()
    {
        var run = await Plugin.RunAsync(
            ["-c", """
                unshare --pid --fork --kill-child "$@" > "$OUT" & parent=$!
                until [ -s "$OUT" ]; do sleep 0.05; done
                kill -TERM $(pgrep -P $parent) && wait $parent
                """, "sh", Plugin.Binary, "install", "--keep", "--to", _scene.Bin],
            [], new Dictionary<string, string> { ["OUT"] = _scene.Bin + ".out" }, "/bin/sh");

        Assert.True(run.ExitCode is 0 or 15, $"{run.ExitCode} {run.Stderr}");
    }

    public void Dispose() => _scene.Dispose();

    private static async Task IsSoAsync(Func<bool> isSo)
    {
        for (var i = 0; !isSo(); i++)
        {
            Assert.True(i < 600, "It never came to be so.");
            await Task.Delay(TimeSpan.FromSeconds(0.1));
        }
    }

    private async Task RunsAsync()
    {
        var run = await Plugin.RunAsync(["--version"], [], binary: _scene.Program);
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
    }

    /// <returns>False if it never came to that call.</returns>
    private static async Task<bool> KilledAsync(string calls, int when, params string[] arguments)
    {
        var inject = string.Create(CultureInfo.InvariantCulture, $"inject={calls}:signal=KILL:when={when}");
        return (await Plugin.RunAsync(
            ["-o", "/dev/null", "-e", $"trace={calls}", "-e", inject, Plugin.Binary, .. arguments], [],
            binary: "/usr/bin/strace")).ExitCode == 137;
    }
}
