using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>The node's own credentials: what no Secret answers, once a file is written that replaces the global one.</summary>
public sealed class GlobalAuthFileTests
{
    private static readonly RegistryEntry Global = RegistryEntry.Basic("global", "password-global");

    [Fact]
    public async Task An_endpoint_without_secret_takes_the_global_credential_into_the_file()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth(("registry.invalid", Global), ("quay.invalid", RegistryEntry.Basic("foreign", "password-foreign")));

        var file = await scene.WritesAsync();

        Assert.Equal([PullScene.MirrorRepository, PullScene.Image], file.Repositories);
        file.Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        file.Serves(PullScene.Image, "global", "password-global");
    }

    [Fact]
    public async Task A_secret_goes_before_the_global_file_even_with_a_shorter_key()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth(("localhost:5000/mirror/app", Global));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task With_no_secret_and_a_key_that_CRI_O_finds_itself_nothing_is_claimed()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.GlobalAuth(("localhost:5000", Global));

        var run = await scene.PullAsync();

        run.Answers().IsEmpty(); // a node-wide credential makes no image private to a ServiceAccount
        if (File.Exists(scene.AuthFilePath))
        {
            AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "global", "password-global");
        }
    }

    [Fact]
    public async Task A_global_key_in_a_spelling_that_CRI_O_would_not_find_is_written_for_it()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();
        scene.GlobalAuth(("*.mirror.invalid", Global));
        scene.Node.Mirror("registry.invalid", "eu.mirror.invalid");

        var run = await scene.PullAsync();

        run.Answers().IsEmpty();
        AuthFile.Read(scene.AuthFilePath).Serves("eu.mirror.invalid/app", "global", "password-global");
    }

    [Fact]
    public async Task A_missing_global_file_is_no_error()
    {
        await using var scene = await PullScene.StartAsync();
        Assert.False(File.Exists(scene.Node.GlobalAuthFile));

        await scene.WritesAsync();
    }

    [Fact]
    public async Task A_broken_global_file_costs_itself_and_a_warning()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth("{\"auths\":{");

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains(scene.Node.GlobalAuthFile, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_helper_of_the_global_file_is_carried_and_named()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth("""{"auths":{"registry.invalid":{"auth":"bmV2ZXI6cGFzc3dvcmQtbmV2ZXI="}},"credHelpers":{"registry.invalid":"ecr-login"}}""");

        var run = await scene.PullAsync();

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains(
            $"{PullScene.Image} from credential helper ecr-login of the global auth file {scene.Node.GlobalAuthFile}", run.Stderr,
            StringComparison.Ordinal);
        var file = AuthFile.Read(scene.AuthFilePath);
        Assert.Equal([PullScene.MirrorRepository], file.Repositories);
        Assert.Contains("\"credHelpers\":{\"registry.invalid\":\"ecr-login\"}", file.Text, StringComparison.Ordinal);
    }

    /// <summary>
    /// The largest file that is read, of one key again and again: the run keeps within the memory that it promises.
    /// </summary>
    [Theory]
    [InlineData("\"credHelpers\":{", "\"registry.invalid\":\"x\",", "\"registry.invalid\":\"last\"}}")]
    [InlineData("\"auths\":{", "\"registry.invalid\":{},", "\"registry.invalid\":{\"auth\":\"Zzpn\"}}}")]
    [InlineData("\"auths\":{\"registry.invalid\":{", "\"auth\":\"Zzpn\",\"username\":\"x\",", "\"auth\":\"Zzpn\"}}}")]
    public async Task A_name_that_is_repeated_throughout_the_global_file_costs_no_memory(string begin, string again, string end)
    {
        const int maxFileBytes = 16 * 1024 * 1024, maxPeakKilobytes = 64 * 1024;
        await using var scene = await PullScene.StartAsync();
        await File.WriteAllTextAsync(
            scene.Node.GlobalAuthFile,
            "{" + begin + string.Concat(Enumerable.Repeat(again, (maxFileBytes - begin.Length - end.Length - 1) / again.Length))
                + end);
        // The file of a run before, which no pull has taken yet, as one is under way: the run waits for that when all but the
        // writing is done.
        await File.WriteAllTextAsync(scene.AuthFilePath, "{}");
        var inUse = Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use")).FullName;
        await File.WriteAllTextAsync(Path.Combine(inUse, Path.GetFileNameWithoutExtension(scene.AuthFilePath) + "-0.json"), "{}");
        var kilobytes = 0;

        // By itself, as a run that an agent serves does not wait.
        var run = await Plugin.RunAsync(
            scene.Arguments("--agent", "none"), new KubeletRequest(PullScene.Image, scene.Token).ToBytes(),
            whileRunning: async id =>
            {
                kilobytes = await PeakMemory.OfIdleAsync(id);
                File.Delete(scene.AuthFilePath);
            });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.InRange(kilobytes, 1, maxPeakKilobytes);
        var file = AuthFile.Read(scene.AuthFilePath);
        Assert.True(
            file.Text.Contains("\"last\"", StringComparison.Ordinal) || file.Repositories.Contains(PullScene.Image),
            "The last of the repeated ones does not count.");
    }

    [Fact]
    public async Task Credential_helpers_of_the_global_file_do_not_mask_a_secret()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth("""{"auths":{},"credHelpers":{"localhost:5000":"some-helper"}}""");

        var file = await scene.WritesAsync();

        Assert.DoesNotContain("credHelpers", file.Text, StringComparison.Ordinal);
        file.Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }
}
