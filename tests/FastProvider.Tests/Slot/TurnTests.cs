using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>One run and its turn: what it waits for, what ends the wait, what is said, and who never waits.</summary>
public sealed class TurnTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(1500); // three times what a quiet slot is given

    [Fact]
    public async Task A_run_waits_while_a_pull_is_under_way_and_writes_when_its_file_was_taken()
    {
        await using var scene = await PullScene.StartAsync();
        var crio = new Crio(scene.Node.AuthDir);
        await scene.WritesAsync();
        crio.TryTake(PullScene.Image); // this pull goes on and on
        await scene.WritesAsync();

        var waiting = scene.PullAsync();
        await Task.Delay(LongEnough);
        var wasWaiting = !waiting.IsCompleted;
        Assert.NotNull(crio.TryTake(PullScene.Image));
        (await waiting).Answers().ClaimsPrivate(PullScene.Image);

        Assert.True(wasWaiting, "The run did not wait for the file to be taken.");
        Assert.NotNull(crio.TryTake(PullScene.Image));
    }

    [Fact]
    public async Task A_wait_in_vain_ends_by_itself_is_said_and_keeps_the_time()
    {
        await using var scene = await PullScene.StartAsync();
        for (var attempt = 1; ; attempt++)
        {
            var image = $"{PullScene.Image}-{attempt}";
            (await scene.PullImageAsync(image)).Answers().ClaimsPrivate(image);
            var untakenSince = File.GetLastWriteTimeUtc(scene.AuthFilePathOf(image));

            var run = await scene.PullImageAsync(image);

            run.Answers().ClaimsPrivate(image);
            Assert.Equal(untakenSince, File.GetLastWriteTimeUtc(scene.AuthFilePathOf(image)));
            // A machine that takes half a second to start the second run leaves it nothing to wait for.
            if (attempt == 10 || run.Stderr.Contains("the run before;", StringComparison.Ordinal))
            {
                Assert.Matches(@"no pull took the auth file of the run before;.* turn \d+\.\d\d ms", run.Stderr);
                return;
            }
        }
    }

    [Fact]
    public async Task At_the_bound_the_file_is_overwritten_and_that_is_said()
    {
        await using var scene = await PullScene.StartAsync();
        await WriteAsync(scene);
        PretendPull(scene, "team-b-0-0.json");

        var run = await scene.PullAsync("--slot-wait", "1s");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains("warning: after 1 s (--slot-wait) no pull had taken the auth file", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bound_also_ends_the_wait_for_the_lock()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        using var held = HeldLock.Take(LockFile(scene));

        var run = await scene.PullAsync("--slot-wait", "1s");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains(
            "warning: after 1 s (--slot-wait) other runs still had the turn at this auth file, so it was overwritten", run.Stderr,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ENOLCK")]
    [InlineData("EINVAL")]
    [InlineData("ENOSYS")]
    public async Task A_lock_that_cannot_be_had_is_no_wait_and_the_line_says_why(string error)
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        new Crio(scene.Node.AuthDir).TryTake(PullScene.Image);
        var lockFile = LockFile(scene);
        using var held = HeldLock.Take(lockFile);

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token),
            [
                "-o", "/dev/null", "-e", "trace=flock", "-e", $"inject=flock:error={error}:when=1", Plugin.Binary,
                .. scene.Arguments(),
            ],
            binary: "/usr/bin/strace");

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Matches(
            $@"warning: cannot take lock file {lockFile}: [a-z ]+ \({error}\); so pods that start together do not wait",
            run.Stderr);
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(scene.AuthFilePath));
    }

    [Fact]
    public async Task Other_images_and_namespaces_do_not_wait()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.Allow("team-b", "builder").SetSecrets("team-b",
            new[] { Secret.DockerConfigJson("b", ("localhost:5000", RegistryEntry.Basic("team-b", "password-of-team-b"))) });
        await WriteAsync(scene);
        using var held = HeldLock.Take(LockFile(scene));

        var other = await scene.PullImageAsync("registry.invalid/other");
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-b", "builder");
        var neighbour = await scene.PullAsync();

        foreach (var run in new[] { other, neighbour })
        {
            run.Answers();
            Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unmirrored_image_opens_no_lock()
    {
        await using var scene = await PullScene.StartAsync();

        (await scene.PullImageAsync("quay.io/other/app")).Answers().IsEmpty();

        Assert.False(Directory.Exists(scene.Node.LockDir));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_fails_or_finds_nothing_leaves_the_file_to_the_pull_it_was_written_for(bool fails)
    {
        await using var scene = await PullScene.StartAsync();
        var crio = new Crio(scene.Node.AuthDir);
        await scene.WritesAsync();
        PretendPull(scene, "team-a-0-0.json");
        scene.Secrets();
        if (fails)
        {
            scene.Server.Script.Always(Respond.Recorded("list-401-expired-token"));
        }

        var waiting = scene.PullAsync();
        await Task.Delay(LongEnough);
        var taken = crio.TryTake(PullScene.Image);
        var run = await waiting;

        Assert.NotNull(taken);
        Assert.Equal(fails ? 1 : 0, run.ExitCode);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("world-writable")]
    [InlineData("symbolic link")]
    public async Task A_lock_directory_that_is_not_ours_is_not_used_and_costs_no_pull(string fault)
    {
        await using var scene = await PullScene.StartAsync();
        var elsewhere = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "elsewhere"));
        if (fault == "symbolic link")
        {
            Directory.CreateSymbolicLink(scene.Node.LockDir, elsewhere.FullName);
        }
        else
        {
            Directory.CreateDirectory(scene.Node.LockDir);
            File.SetUnixFileMode(scene.Node.LockDir, (UnixFileMode)0b111_111_111);
        }

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains($"warning: lock directory {scene.Node.LockDir}", run.Stderr, StringComparison.Ordinal);
        Assert.True(File.Exists(scene.AuthFilePath));
        Assert.Empty(Directory.EnumerateFileSystemEntries(scene.Node.LockDir));
    }

    [Fact]
    public async Task The_lock_directory_and_its_files_are_made_for_their_owner_alone()
    {
        await using var scene = await PullScene.StartAsync();

        await scene.WritesAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(scene.Node.LockDir));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(LockFile(scene)));
    }

    private static string LockFile(PullScene scene) => Assert.Single(Directory.EnumerateFiles(scene.Node.LockDir));

    private static async Task WriteAsync(PullScene scene) => (await scene.PullAsync()).Answers().ClaimsPrivate(PullScene.Image);

    /// <summary>A pull with a file of its own that does not end.</summary>
    private static void PretendPull(PullScene scene, string name) =>
        File.WriteAllText(
            Path.Combine(Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use")).FullName, name), "{}");
}
