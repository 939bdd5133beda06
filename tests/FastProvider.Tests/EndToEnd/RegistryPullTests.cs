using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A file that the plugin wrote, in the hands of the library that CRI-O pulls with, at a real private registry.
/// </summary>
public sealed class RegistryPullTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    private const string Image = "registry.invalid/app";

    [Theory]
    [InlineData("mirror")]
    [InlineData("mirror with a longer path")]
    [InlineData("second of two mirrors")]
    [InlineData("wildcard prefix")]
    [InlineData("remap without mirrors")]
    public async Task Skopeo_pulls_through_the_mirror_with_the_file(string configuration)
    {
        await using var scene = await StartAsync(configuration);

        (await scene.PullAsync()).Answers().ClaimsPrivate(Image);

        var pull = await PullAsync(scene, "--authfile", scene.AuthFilePath);
        Assert.True(pull.ExitCode == 0, "skopeo was refused: " + pull.Stderr);
        Assert.True(File.Exists(Path.Combine(scene.Node.Root, "pulled", "manifest.json")));
    }

    [Theory]
    [InlineData("host")]
    [InlineData("kubectl")]
    [InlineData("path")]
    [InlineData("username and password")]
    [InlineData("dockercfg")]
    public async Task Skopeo_finds_what_any_form_of_secret_became(string form)
    {
        await using var scene = await StartAsync("mirror");
        var basic = RegistryEntry.Basic(RegistryFixture.User, RegistryFixture.Password);
        scene.Secrets(form switch
        {
            "kubectl" => Secret.DockerConfigJson(
                "s",
                (
                    $"https://{registry.Host}/v1/",
                    RegistryEntry.Kubectl(RegistryFixture.User, RegistryFixture.Password, "a@b.example"))),
            "path" => Secret.DockerConfigJson(
                "s", ($"{registry.Host}/cache", basic), (registry.Host, RegistryEntry.Basic("wrong", "wrong-password"))),
            "username and password" => Secret.DockerConfigJson(
                "s", (registry.Host, new RegistryEntry { Username = RegistryFixture.User, Password = RegistryFixture.Password })),
            "dockercfg" => Secret.DockerCfg("s", (registry.Host, basic)),
            _ => Secret.DockerConfigJson("s", (registry.Host, basic)),
        });

        (await scene.PullAsync()).Answers().ClaimsPrivate(Image);

        var pull = await PullAsync(scene, "--authfile", scene.AuthFilePath);
        Assert.True(pull.ExitCode == 0, "skopeo was refused: " + pull.Stderr);
    }

    [Fact]
    public async Task Without_the_file_skopeo_is_refused()
    {
        await using var scene = await StartAsync("mirror");

        var pull = await PullAsync(scene);

        Assert.NotEqual(0, pull.ExitCode);
        Assert.Contains("authentication required", pull.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_file_of_another_namespace_skopeo_is_refused()
    {
        await using var scene = await StartAsync("mirror");
        scene.Server.Cluster.Allow("team-b", "puller").SetSecrets("team-b",
            new[] { Secret.DockerConfigJson("b", (registry.Host, RegistryEntry.Basic("team-b", "password-of-team-b"))) });
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-b", "puller");

        (await scene.PullAsync()).Answers().ClaimsPrivate(Image);

        var pull = await PullAsync(scene, "--authfile", AuthFile.PathOf(scene.Node.AuthDir, "team-b", Image));
        Assert.NotEqual(0, pull.ExitCode);
        Assert.Contains("authentication required", pull.Stderr, StringComparison.Ordinal);
    }

    private async Task<PullScene> StartAsync(string configuration)
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets(
            Secret.DockerConfigJson(
                "mirror-creds", (registry.Host, RegistryEntry.Basic(RegistryFixture.User, RegistryFixture.Password))));

        // The source is blocked, so that a refused pull ends at the mirror and nobody looks for registry.invalid.
        const string Source = "[[registry]]\nlocation = \"registry.invalid\"\nblocked = true\n";
        scene.Node.Configure(configuration switch
        {
            "mirror with a longer path" =>
                $"[[registry]]\nlocation = \"registry.invalid/app\"\nblocked = true\n{Mirror("/cache/app")}",
            "second of two mirrors" => Source + Mirror("/empty") + Mirror("/cache"),
            "wildcard prefix" => $"[[registry]]\nprefix = \"*.invalid\"\nblocked = true\n{Mirror("/cache")}",
            "remap without mirrors" =>
                $"[[registry]]\nprefix = \"registry.invalid\"\nlocation = \"{registry.Host}/cache\"\ninsecure = true\n",
            _ => Source + Mirror("/cache"),
        });
        return scene;
    }

    private string Mirror(string path) => $"[[registry.mirror]]\nlocation = \"{registry.Host}{path}\"\ninsecure = true\n";

    private static Task<(int ExitCode, string Stderr)> PullAsync(PullScene scene, params string[] authFile) =>
        Skopeo.RunAsync(scene.Node.Root, scene.Node.RegistriesConf,
            ["copy", .. authFile, $"docker://{Image}:v1", "dir:" + Path.Combine(scene.Node.Root, "pulled")]);
}
