using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>The directory that CRI-O takes credentials from: who may stand in it, and what a run leaves there.</summary>
public sealed class AuthDirTests
{
    private const UnixFileMode WorldWritable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task A_missing_directory_is_made_for_its_owner_alone()
    {
        await using var scene = await PullScene.StartAsync();
        Directory.Delete(scene.Node.AuthDir);

        await scene.WritesAsync();

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(scene.Node.AuthDir));
    }

    [Fact]
    public async Task CRI_Os_own_mode_0755_is_taken()
    {
        await using var scene = await PullScene.StartAsync();
        File.SetUnixFileMode(scene.Node.AuthDir, File.GetUnixFileMode(scene.Node.AuthDir)
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        await scene.WritesAsync();
    }

    [Fact]
    public async Task A_world_writable_directory_is_refused()
    {
        await using var scene = await PullScene.StartAsync();
        File.SetUnixFileMode(scene.Node.AuthDir, WorldWritable);

        Assert.Contains(scene.Node.AuthDir, await scene.FailsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbolic_link_in_the_directorys_place_is_refused()
    {
        await using var scene = await PullScene.StartAsync();
        var target = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "elsewhere")).FullName;
        Directory.Delete(scene.Node.AuthDir);
        Directory.CreateSymbolicLink(scene.Node.AuthDir, target);

        Assert.Contains(scene.Node.AuthDir, await scene.FailsAsync(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
    }

    [Fact]
    public async Task A_file_in_the_directorys_place_is_refused()
    {
        await using var scene = await PullScene.StartAsync();
        Directory.Delete(scene.Node.AuthDir);
        await File.WriteAllTextAsync(scene.Node.AuthDir, "");

        Assert.Contains(scene.Node.AuthDir, (await scene.PullAsync()).Fails(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_symbolic_link_under_the_files_name_is_replaced_and_its_target_left_alone()
    {
        await using var scene = await PullScene.StartAsync();
        var target = Path.Combine(scene.Node.Root, "target");
        await File.WriteAllTextAsync(target, "untouched");
        File.CreateSymbolicLink(scene.AuthFilePath, target);

        await scene.WritesAsync();

        Assert.Equal("untouched", await File.ReadAllTextAsync(target));
    }

    [Fact]
    public async Task An_older_file_is_replaced_by_another_not_written_into()
    {
        await using var scene = await PullScene.StartAsync();
        await File.WriteAllTextAsync(scene.AuthFilePath, "{\"auths\":{}}");
        using var seenByCriO = File.OpenRead(scene.AuthFilePath); // what a reader holds stays whole

        await scene.WritesAsync();

        using var reader = new StreamReader(seenByCriO);
        Assert.Equal("{\"auths\":{}}", await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task A_run_that_finds_nothing_removes_the_file_of_its_name()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        scene.Secrets();

        await scene.FindsNothingAsync();
    }

    [Theory]
    [InlineData("401")]
    [InlineData("403")]
    [InlineData("cut")]
    [InlineData("registries.conf")]
    public async Task A_run_that_fails_removes_the_file_of_its_name(string fault)
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();
        scene.Timeout = "2s";
        switch (fault)
        {
            case "401": scene.Server.Script.Always(Respond.Recorded("list-401-expired-token")); break;
            case "403": scene.Server.Script.Always(Respond.Recorded("list-403-no-rbac")); break;
            case "cut": scene.Server.Script.Always(Respond.CutAt(0.5, isChunked: true)); break;
            default: scene.Node.Configure("[[registry]]\nlocation = \"https://registry.invalid\"\n"); break;
        }

        await scene.FailsAsync();
    }

    [Fact]
    public async Task The_files_of_others_are_left_alone()
    {
        await using var scene = await PullScene.StartAsync();
        var others = new[]
        {
            AuthFile.PathOf(scene.Node.AuthDir, "team-b", PullScene.Image), scene.AuthFilePathOf("registry.invalid/other")
        };
        var inUse = Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use")).FullName;
        foreach (var path in others.Append(Path.Combine(inUse, "team-a-0-1.json")))
        {
            await File.WriteAllTextAsync(path, "{\"auths\":{}}");
        }

        scene.Secrets();
        (await scene.PullAsync()).Answers().IsEmpty();

        Assert.Equal(others.Select(o => Path.GetFileName(o)).Order(), scene.Node.AuthDirNames().Order());
        Assert.Single(Directory.EnumerateFiles(inUse));
    }

    [Fact]
    public async Task An_unmirrored_image_leaves_its_leftover_to_a_later_run()
    {
        await using var scene = await PullScene.StartAsync();
        var leftover = scene.AuthFilePathOf("quay.io/other/app");
        await File.WriteAllTextAsync(leftover, "{\"auths\":{}}");

        (await scene.PullImageAsync("quay.io/other/app")).Answers().IsEmpty();

        Assert.True(File.Exists(leftover)); // DECISIONS 6: the run ends before the directory is opened
    }

    [Fact]
    public async Task Files_of_two_images_and_namespaces_stand_side_by_side()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.Allow("team-b", "builder").SetSecrets("team-b",
            new[] { Secret.DockerConfigJson("b", ("localhost:5000", RegistryEntry.Basic("team-b", "password-of-team-b"))) });

        (await scene.PullAsync()).Answers().ClaimsPrivate(PullScene.Image);
        (await scene.PullImageAsync("registry.invalid/other")).Answers().ClaimsPrivate("registry.invalid/other");
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-b", "builder");
        (await scene.PullAsync()).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal(3, scene.Node.AuthDirNames().Count());
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        AuthFile.Read(AuthFile.PathOf(scene.Node.AuthDir, "team-b", PullScene.Image))
            .Serves(PullScene.MirrorRepository, "team-b", "password-of-team-b");
    }
}
