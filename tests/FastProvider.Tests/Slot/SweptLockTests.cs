using System.Globalization;
using FastProvider.Native;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>
/// The locks of slots come and go: a run removes those that nobody holds and that remember nothing, and no two runs hold one slot
/// for that. A lock is as old as its time of modification, which a test can set.
/// </summary>
public sealed class SweptLockTests
{
    private const string Other = "registry.invalid/other";

    private static readonly TimeSpan LongAgo = TimeSpan.FromHours(-1), Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(-11, false)]
    [InlineData(-3600, false)]
    [InlineData(3600, false)] // the clock was set back: such a memory counts no more
    [InlineData(-2, true)]
    public async Task A_free_lock_stays_as_long_as_a_wait_in_vain_is_remembered(int ageSeconds, bool stays)
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        var lockFile = LockFile(scene);
        File.SetLastWriteTimeUtc(lockFile, DateTime.UtcNow.AddSeconds(ageSeconds));

        await SweepAsync(scene, () => stays || !File.Exists(lockFile));

        Assert.Equal(stays, File.Exists(lockFile));
    }

    [Fact]
    public async Task Locks_go_also_where_auth_files_never_do()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        var lockFile = LockFile(scene);
        Age(lockFile);

        await SweepAsync(scene, () => !File.Exists(lockFile), "--untaken-lifetime", "0");

        Assert.False(File.Exists(lockFile));
        Assert.True(File.Exists(scene.AuthFilePath));
    }

    [Fact]
    public async Task A_lock_that_a_run_holds_stays()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        var lockFile = LockFile(scene);
        using var held = HeldLock.Take(lockFile);
        var free = Path.Combine(scene.Node.LockDir, $"team-b-{new string('0', 64)}-01234567.lock");
        await File.WriteAllTextAsync(free, "");
        Age(lockFile, free);

        await SweepAsync(scene, () => !File.Exists(free));

        Assert.False(File.Exists(free)); // so there was a sweep
        Assert.True(File.Exists(lockFile));
    }

    [Fact]
    public async Task What_is_no_lock_of_a_slot_stays()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        var ours = LockFile(scene);
        var name = Path.GetFileName(ours);
        string[] foreign =
        [
            "notes.txt", ".lock", $"x{name[^9..]}", name[..^1], $"{name}.bak", name[..^13] + ".lock",
            $"Team-b{name["team-a".Length..]}"
        ];
        Array.ForEach(foreign, f => File.WriteAllText(Path.Combine(scene.Node.LockDir, f), ""));
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.LockDir, $"team-b{name["team-a".Length..]}"));
        var link = Path.Combine(scene.Node.LockDir, $"team-c{name["team-a".Length..]}");
        File.CreateSymbolicLink(link, Path.Combine(scene.Node.LockDir, "notes.txt"));
        Age([ours, .. foreign.Select(f => Path.Combine(scene.Node.LockDir, f))]);
        Directory.SetLastWriteTimeUtc(directory.FullName, DateTime.UtcNow + LongAgo);

        await SweepAsync(scene, () => !File.Exists(ours));

        Assert.False(File.Exists(ours));
        Assert.All(foreign, f => Assert.True(File.Exists(Path.Combine(scene.Node.LockDir, f)), f));
        Assert.True(directory.Exists);
        Assert.NotNull(new FileInfo(link).LinkTarget);
    }

    [Fact]
    public async Task Who_waited_for_a_lock_that_is_gone_waits_for_the_new_one_of_its_name()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        new Crio(scene.Node.AuthDir).TryTake(PullScene.Image);
        var lockFile = LockFile(scene);
        var old = HeldLock.Take(lockFile);
        var waiting = scene.PullAsync("--slot-wait", "10s");
        await AwaitWaiterAsync(lockFile);

        // As the sweep does, and then the next run.
        File.Delete(lockFile);
        using var held = HeldLock.Take(lockFile, FileMode.CreateNew);
        old.Dispose();
        await AwaitWaiterAsync(lockFile);

        Assert.False(File.Exists(scene.AuthFilePath)); // it has no turn yet
        held.Dispose();
        var run = await waiting;
        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(scene.AuthFilePath));
    }

    /// <summary>
    /// While any pull is under way each run waits until its predecessor's file was taken, so as many files are taken as runs were
    /// started: unless two held the slot at once, and one wrote over the file of the other.
    /// </summary>
    [Fact]
    public async Task Of_many_runs_no_two_hold_one_slot_at_once_while_locks_are_swept()
    {
        const int runs = 40, sweepers = 40;
        await using var scene = await PullScene.StartAsync();
        var crio = new Crio(scene.Node.AuthDir);
        await File.WriteAllTextAsync(
            Path.Combine(Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use")).FullName, "team-b-0-0.json"),
            "{}");
        using var isOver = new CancellationTokenSource();
        var (taken, removed) = (0, 0);
        var kubelet = Task.Run(async () =>
        {
            var seen = new HashSet<string>();
            while (!isOver.IsCancellationRequested || File.Exists(scene.AuthFilePath))
            {
                taken += crio.TryTake(PullScene.Image) is null ? 0 : 1;
                removed += MakeOld(scene, seen);
                await Task.Delay(1, CancellationToken.None);
            }
        });

        var ofOneImage = Enumerable.Range(0, runs).Select(async i =>
        {
            await Task.Delay(25 * i); // not all at once: a lock that is always waited for is never free
            return await scene.PullAsync("--timeout", "20s", "--slot-wait", "30s");
        });
        var ofOthers = Enumerable.Range(0, sweepers).Select(async i =>
        {
            await Task.Delay(25 * i);
            return await scene.PullImageAsync(Other + i.ToString(CultureInfo.InvariantCulture));
        });
        var ended = await Task.WhenAll(ofOneImage.Concat(ofOthers));
        await isOver.CancelAsync();
        await kubelet;

        Assert.All(
            ended, run => Assert.DoesNotContain("--slot-wait", run.Answers().ToString() + run.Stderr, StringComparison.Ordinal));
        Assert.Equal(runs, taken);
        Assert.NotEqual(0, removed);
    }

    /// <summary>Makes each lock old, and counts those that are gone since.</summary>
    private static int MakeOld(PullScene scene, HashSet<string> seen)
    {
        var paths = Directory.Exists(scene.Node.LockDir) ? Directory.GetFiles(scene.Node.LockDir) : [];
        var gone = seen.RemoveWhere(path => !paths.Contains(path));
        foreach (var path in paths)
        {
            try
            {
                Age(path);
                seen.Add(path);
            }
            catch (FileNotFoundException)
            {
                gone++;
            }
        }

        return gone;
    }

    /// <summary>
    /// Runs for other images until it is so: one that the machine holds up for 50 ms leaves the sweep to the next.
    /// </summary>
    private static async Task SweepAsync(PullScene scene, Func<bool> isSo, params string[] more)
    {
        var run = 0;
        do
        {
            var image = Other + run.ToString(CultureInfo.InvariantCulture);
            (await scene.PullAsync(new KubeletRequest(image, scene.Token), scene.Arguments(more))).Answers();
        }
        while (!isSo() && run++ < 50);
    }

    private static string LockFile(PullScene scene) => Assert.Single(Directory.EnumerateFiles(scene.Node.LockDir));

    private static void Age(params string[] paths) =>
        Array.ForEach(paths, p => File.SetLastWriteTimeUtc(p, DateTime.UtcNow + LongAgo));

    /// <summary>Waits until a run waits for the lock of a file: proc_locks(5) marks it with an arrow.</summary>
    private static async Task AwaitWaiterAsync(string lockFile)
    {
        Assert.Equal(Errno.None, Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(lockFile), out var status));
        var file = string.Create(CultureInfo.InvariantCulture, $":{status.Inode} ");
        var end = DateTime.UtcNow + Patience;
        while (!File.ReadLines("/proc/locks").Any(
            l => l.Contains("->", StringComparison.Ordinal) && l.Contains(file, StringComparison.Ordinal)))
        {
            Assert.True(DateTime.UtcNow < end, "No run waited for the lock.");
            await Task.Delay(10);
        }
    }
}
