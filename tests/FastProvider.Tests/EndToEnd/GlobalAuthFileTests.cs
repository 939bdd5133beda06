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
    public async Task Credential_helpers_of_the_global_file_do_not_mask_a_secret()
    {
        await using var scene = await PullScene.StartAsync();
        scene.GlobalAuth("""{"auths":{},"credHelpers":{"localhost:5000":"some-helper"}}""");

        var file = await scene.WritesAsync();

        Assert.DoesNotContain("credHelpers", file.Text, StringComparison.Ordinal);
        file.Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }
}
