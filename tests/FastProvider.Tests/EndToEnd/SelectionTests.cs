using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>Which of several credentials serves an endpoint.</summary>
public sealed class SelectionTests
{
    private const string Mirror = "mirror.example:5000/team/cache";
    private const string Repository = Mirror + "/app";

    [Theory]
    [InlineData("mirror.example:5000", true)]
    [InlineData("mirror.example:5000/", true)]
    [InlineData("https://mirror.example:5000", true)]
    [InlineData("http://mirror.example:5000", true)]
    [InlineData("https://mirror.example:5000/v1/", true)]
    [InlineData("https://mirror.example:5000/v2/", true)]
    [InlineData("mirror.example:5000/team", true)]
    [InlineData("mirror.example:5000/team/", true)]
    [InlineData("mirror.example:5000/team/cache", true)]
    [InlineData("mirror.example:5000/team/cache/app", true)]
    [InlineData("*.example:5000", true)]
    [InlineData("mir*.example:5000/team", true)]
    [InlineData("mirror.example", false)] // another port
    [InlineData("mirror.example:5001", false)]
    [InlineData("mirror.example:5000/te", false)] // no segment boundary
    [InlineData("mirror.example:5000/team/cach", false)]
    [InlineData("mirror.example:5000/team/cache/app/more", false)]
    [InlineData("mirror.example:5000/other", false)]
    [InlineData("example:5000", false)]
    [InlineData("*:5000", false)] // one label, the host has two
    [InlineData("*.mirror.example:5000", false)]
    [InlineData("registry.invalid.example", false)]
    public async Task A_key_matches_by_host_port_and_whole_path_segments(string key, bool isMatch)
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("one", (key, RegistryEntry.Basic("user", "password-1"))));

        if (isMatch)
        {
            (await scene.WritesAsync()).Serves(Repository, "user", "password-1");
        }
        else
        {
            await scene.FindsNothingAsync();
        }
    }

    [Theory]
    [InlineData("mirror.example:5000/team", "mirror.example:5000")] // the longer path
    [InlineData("mirror.example:5000/team/cache", "mirror.example:5000/team")]
    [InlineData("*.example:5000/team", "mirror.example:5000")] // the path goes before the host
    [InlineData("mirror.example:5000", "*.example:5000")] // fewer globs
    [InlineData("*.example:5000", "*.*:5000")]
    [InlineData("https://mirror.example:5000/team/", "mirror.example:5000")] // spelling does not count as length
    [InlineData("mirror.example:5000/team", "https://mirror.example:5000/v2/")]
    public async Task The_more_exact_key_wins_whichever_secret_it_is_in(string better, string worse)
    {
        foreach (var (first, second) in new[] { (better, worse), (worse, better) })
        {
            await using var scene = await StartAsync(
                Secret.DockerConfigJson("a", (first, EntryFor(first))), Secret.DockerConfigJson("b", (second, EntryFor(second))));

            (await scene.WritesAsync()).Serves(Repository, "better", "password-of-better");
        }

        RegistryEntry EntryFor(string key) => key == better
            ? RegistryEntry.Basic("better", "password-of-better")
            : RegistryEntry.Basic("worse", "password-of-worse");
    }

    [Fact]
    public async Task The_more_exact_key_wins_inside_one_secret()
    {
        await using var scene = await StartAsync(Secret.DockerConfigJson("one",
            ("mirror.example:5000", RegistryEntry.Basic("host", "password-host")),
            ("mirror.example:5000/team", RegistryEntry.Basic("team", "password-team")),
            ("mirror.example:5000/te", RegistryEntry.Basic("none", "password-none"))));

        (await scene.WritesAsync()).Serves(Repository, "team", "password-team");
    }

    [Fact]
    public async Task Of_equal_keys_the_newest_secret_wins()
    {
        await using var scene = await StartAsync(
            One("a", "older").CreatedAt("2026-01-01T00:00:00Z"),
            One("b", "newest").CreatedAt("2026-03-01T00:00:00Z"),
            One("c", "middle").CreatedAt("2026-02-01T00:00:00Z"));

        (await scene.WritesAsync()).Serves(Repository, "newest", "password-newest");
    }

    [Fact]
    public async Task Of_equal_keys_and_age_the_first_name_wins()
    {
        await using var scene = await StartAsync(One("b", "second"), One("a", "first"), One("c", "third"));

        (await scene.WritesAsync()).Serves(Repository, "first", "password-first");
    }

    [Theory]
    [InlineData("https://index.docker.io/v1/")]
    [InlineData("index.docker.io")]
    [InlineData("docker.io")]
    [InlineData("registry-1.docker.io")]
    [InlineData("docker.io/library")]
    public async Task Docker_hub_has_one_host_of_three_names(string key)
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("hub", (key, RegistryEntry.Basic("hub", "password-hub"))));
        scene.Node.Configure("[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"mirror.example:5000\"\n");

        (await scene.WritesAsync("docker.io/library/busybox")).Serves("docker.io/library/busybox", "hub", "password-hub");
    }

    [Fact]
    public async Task A_mirror_that_names_docker_hub_otherwise_is_served_under_its_own_name()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("hub", ("https://index.docker.io/v1/", RegistryEntry.Basic("hub", "password-hub"))));
        scene.Node.Mirror("registry.invalid", "registry-1.docker.io/library");

        (await scene.WritesAsync()).Serves("registry-1.docker.io/library/app", "hub", "password-hub");
    }

    [Fact]
    public async Task A_mirror_whose_rewritten_name_is_not_canonical_is_passed_over_with_a_warning()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("hub", ("https://index.docker.io/v1/", RegistryEntry.Basic("hub", "password-hub"))),
            Secret.DockerConfigJson("primary", ("registry.invalid", RegistryEntry.Basic("primary", "password-primary"))));
        scene.Node.Mirror("registry.invalid", "index.docker.io/library");

        var run = await scene.PullAsync();

        // The library takes rewritten names in canonical form alone: distribution/reference, ParseNamed.
        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal(["registry.invalid/app"], AuthFile.Read(scene.AuthFilePath).Repositories);
        Assert.Contains("index.docker.io/library/app", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_endpoint_gets_its_own_credential_and_the_primary_too()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("first", ("one.example", RegistryEntry.Basic("one", "password-1"))),
            Secret.DockerConfigJson("second", ("two.example/deep", RegistryEntry.Basic("two", "password-2"))),
            Secret.DockerConfigJson("source", ("registry.invalid", RegistryEntry.Basic("primary", "password-3"))),
            Secret.DockerConfigJson("foreign", ("quay.invalid", RegistryEntry.Basic("foreign", "password-4"))));
        scene.Node.Mirror("registry.invalid", "one.example/cache", "two.example/deep/cache", "three.example");

        var file = await scene.WritesAsync();

        Assert.Equal(["one.example/cache/app", "registry.invalid/app", "two.example/deep/cache/app"], file.Repositories);
        file.Serves("one.example/cache/app", "one", "password-1");
        file.Serves("two.example/deep/cache/app", "two", "password-2");
        file.Serves("registry.invalid/app", "primary", "password-3");
        Assert.DoesNotContain(RegistryEntry.Encode("foreign", "password-4"), file.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_may_hold_colons_and_any_unicode()
    {
        await using var scene = await StartAsync(
            Secret.DockerConfigJson("one", ("mirror.example:5000", RegistryEntry.Basic("user", "p@ss:w0rd/äöü \"\\ 密"))));

        (await scene.WritesAsync()).Serves(Repository, "user", "p@ss:w0rd/äöü \"\\ 密");
    }

    private static async Task<PullScene> StartAsync(params Secret[] secrets)
    {
        var scene = await PullScene.StartAsync();
        scene.Node.Mirror("registry.invalid", Mirror);
        return scene.Secrets(secrets);
    }

    private static Secret One(string name, string user) =>
        Secret.DockerConfigJson(name, ("mirror.example:5000", RegistryEntry.Basic(user, "password-" + user)));
}
