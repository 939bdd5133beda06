using System.Diagnostics;
using System.Globalization;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Faults;

/// <summary>The disk of the auth directory: full, read-only, limited, and with something planted where a run writes.</summary>
public sealed class AuthDirectoryFaultTests
{
    private const string Failed = "cannot write auth file ";

    [Theory]
    [InlineData("size=4k", "head -c 4096 /dev/zero > \"$AUTH/filler\"")] // not a byte more
    [InlineData("nr_inodes=2", ": > \"$AUTH/filler\"")] // not a name more
    public async Task On_a_full_disk_the_run_says_so_and_leaves_nothing(string limit, string fill)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptWithMountsAsync(
            $"mount -t tmpfs -o mode=700,{limit} none \"$AUTH\" && {fill} && \"$@\"; code=$?; ls -A \"$AUTH\" > \"$NODE/left\";"
                + " exit $code");

        var line = run.Fails();
        Assert.StartsWith(Failed + scene.AuthFilePath, line, StringComparison.Ordinal);
        Assert.Contains("ENOSPC", line, StringComparison.Ordinal);
        Assert.Equal("filler", scene.Left("left"));
    }

    [Fact]
    public async Task On_a_full_disk_the_file_of_an_earlier_run_goes()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptWithMountsAsync(
            $"mount -t tmpfs -o mode=700,size=8k none \"$AUTH\" && echo '{{\"auths\":{{}}}}' > \"{scene.AuthFilePath}\""
            + " && head -c 4096 /dev/zero > \"$AUTH/filler\" && \"$@\"; code=$?; ls -A \"$AUTH\" > \"$NODE/left\"; exit $code");

        Assert.Contains("ENOSPC", run.Fails(), StringComparison.Ordinal);
        Assert.Equal("filler", scene.Left("left"));
    }

    [Fact]
    public async Task A_read_only_directory_is_a_failure_that_leaves_it_as_it_is()
    {
        await using var scene = await PullScene.StartAsync();
        await File.WriteAllTextAsync(scene.AuthFilePath, "{\"auths\":{}}");

        var run = await scene.ScriptWithMountsAsync(
            "mount --bind \"$AUTH\" \"$AUTH\" && mount -o remount,bind,ro \"$AUTH\" && exec \"$@\"");

        Assert.Contains("EROFS", run.Fails(), StringComparison.Ordinal);
        Assert.Equal("{\"auths\":{}}", await File.ReadAllTextAsync(scene.AuthFilePath)); // whole, and nothing beside it
        Assert.Single(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_missing_directory_that_cannot_be_made_is_named()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptWithMountsAsync(
            "rmdir \"$AUTH\" && mount --bind \"$NODE\" \"$NODE\" && mount -o remount,bind,ro \"$NODE\" && exec \"$@\"");

        Assert.StartsWith($"cannot make auth directory {scene.Node.AuthDir}", run.Fails(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_the_file_size_is_a_failure_not_the_end_by_a_signal()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptAsync("ulimit -f 0; exec \"$@\"");

        Assert.Contains("EFBIG", run.Fails(), StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task What_is_planted_under_temporary_names_is_never_written_into()
    {
        // The name has the process and the millisecond in it, so all that may come are planted.
        await using var scene = await PullScene.StartAsync();
        foreach (var kind in new[] { "symbolic link", "hard link", "FIFO", "directory" })
        {
            // A run that comes later than what was planted reaches shows nothing: the next is tried, on however slow a machine.
            var tries = 0;
            while (!await MeetsWhatIsPlantedAsync(scene, kind))
            {
                Assert.True(++tries < 30, $"No run has met a {kind}.");
            }
        }
    }

    private static async Task<bool> MeetsWhatIsPlantedAsync(PullScene scene, string kind)
    {
        var target = Path.Combine(scene.Node.Root, "target");
        await File.WriteAllTextAsync(target, "untouched");
        using var run = StartedPlugin.Start(
            "/bin/sh", ["-c", "read -r go; exec \"$@\"", "sh", Plugin.Binary, .. scene.Arguments()]);
        var planted = await PlantAsync(scene, run.Id, kind, target);

        await run.Stdin.WriteAsync("go\n"u8.ToArray());
        await run.SendAsync(new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
        var end = await run.EndAsync();

        Assert.Equal("untouched", await File.ReadAllTextAsync(target));
        if (end.ExitCode != 0)
        {
            Assert.StartsWith($"{Failed}{scene.AuthFilePath}: exists already (EEXIST)", end.Stderr, StringComparison.Ordinal);
            Assert.Equal(planted, scene.Node.AuthDirNames().Count());
        }

        Directory.Delete(scene.Node.AuthDir, recursive: true);
        return end.ExitCode != 0;
    }

    [Theory]
    [InlineData("FIFO")]
    [InlineData("hard link")]
    [InlineData("symbolic link")]
    public async Task What_stands_under_the_files_name_is_replaced_not_written_into(string kind)
    {
        await using var scene = await PullScene.StartAsync();
        var target = Path.Combine(scene.Node.Root, "target");
        await File.WriteAllTextAsync(target, "untouched");
        await LinkAsync(kind, target, scene.AuthFilePath);

        await scene.WritesAsync();

        Assert.Equal("untouched", await File.ReadAllTextAsync(target));
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_directory_under_the_files_name_is_a_failure()
    {
        await using var scene = await PullScene.StartAsync();
        Directory.CreateDirectory(scene.AuthFilePath);

        Assert.StartsWith(
            Failed + scene.AuthFilePath, (await scene.PullAsync("--slot-wait", "0")).Fails(), StringComparison.Ordinal);

        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("symbolic link")]
    [InlineData("directory")]
    public async Task What_is_planted_under_a_locks_name_costs_the_turn_not_the_pull(string kind)
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        new Crio(scene.Node.AuthDir).TryTake(PullScene.Image);
        var lockFile = Assert.Single(Directory.EnumerateFiles(scene.Node.LockDir));
        var target = Path.Combine(scene.Node.Root, "target");
        File.Delete(lockFile);
        await LinkAsync(kind, target, lockFile);

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains($"warning: cannot open lock file {lockFile}", run.Stderr, StringComparison.Ordinal);
        Assert.False(Path.Exists(target));
    }

    private static async Task<int> PlantAsync(PullScene scene, int processId, string kind, string target)
    {
        const int milliseconds = 1_500;
        Directory.CreateDirectory(scene.Node.AuthDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var now = Environment.TickCount64;
        // The last four digits count the files of a process: it is its first.
        var names = Enumerable.Range(0, milliseconds).Select(i => Path.Combine(
            scene.Node.AuthDir,
            string.Create(CultureInfo.InvariantCulture, $".fast-provider-{processId}-{now + i:x}0001.tmp"))).ToArray();
        if (kind == "hard link" || kind == "FIFO")
        {
            // One process for each would outlast the milliseconds.
            using var made = kind == "FIFO"
                ? Process.Start("/usr/bin/mkfifo", names)
                : Process.Start("/usr/bin/perl", ["-e", "$target = shift; link($target, $_) for @ARGV", target, .. names]);
            await made.WaitForExitAsync();
        }
        else
        {
            foreach (var name in names)
            {
                await LinkAsync(kind, target, name);
            }
        }

        Assert.Equal(milliseconds, scene.Node.AuthDirNames().Count());
        return milliseconds;
    }

    private static async Task LinkAsync(string kind, string target, string path)
    {
        switch (kind)
        {
            case "symbolic link":
                File.CreateSymbolicLink(path, target);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            default:
                using (var made = Process.Start(
                    kind == "FIFO" ? "/usr/bin/mkfifo" : "/bin/ln", kind == "FIFO" ? [path] : [target, path]))
                {
                    await made.WaitForExitAsync();
                    Assert.Equal(0, made.ExitCode);
                }

                break;
        }
    }
}
