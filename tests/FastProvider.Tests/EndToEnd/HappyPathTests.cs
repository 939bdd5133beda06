using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>A pull through a mirror, as a kubelet asks for it, and the most frequent pull: one without a mirror.</summary>
public sealed class HappyPathTests
{
    [Fact]
    public async Task The_recorded_list_of_three_secrets_becomes_an_auth_file_for_the_mirror_alone()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Script.When(
            r => r.QueryValue("fieldSelector") == "type=kubernetes.io/dockercfg", Respond.Recorded("list-0-secrets"))
            .Always(Respond.Recorded("list-3-secrets"));

        var file = await scene.WritesAsync();

        Assert.Equal([PullScene.MirrorRepository], file.Repositories);
        file.Serves(PullScene.MirrorRepository, "mirror", "mirrorpass");
    }

    [Fact]
    public async Task It_asks_as_the_workload_with_a_selector_and_a_time_limit()
    {
        await using var scene = await PullScene.StartAsync();

        await scene.WritesAsync();

        var requests = scene.Server.Requests.All;
        Assert.InRange(requests.Count, 1, 2);
        Assert.All(requests, r =>
        {
            Assert.Equal("GET", r.Method);
            Assert.Equal("/api/v1/namespaces/team-a/secrets", r.Path);
            Assert.Equal("system:serviceaccount:team-a:puller", r.User);
            Assert.Equal("application/json", r.Headers["Accept"]);
            Assert.False(r.IsListWithoutSelector);
            Assert.False(string.IsNullOrEmpty(r.QueryValue("timeout")));
        });
        Assert.Single(requests.Select(r => r.Connection).Distinct());
    }

    [Fact]
    public async Task The_recorded_kubelet_request_is_served()
    {
        await using var scene = await PullScene.StartAsync();
        var recorded = await File.ReadAllBytesAsync(TestData.Path("recordings", "kubelet", "request.json"));
        scene.Token = System.Text.Json.JsonDocument.Parse(recorded).RootElement.GetProperty("serviceAccountToken").GetString()!;
        scene.Server.Cluster.Tokens.Trusted.Add(scene.Token, new ServiceAccount(PullScene.Namespace, PullScene.ServiceAccount));

        var run = await Plugin.RunAsync(scene.Arguments(), recorded);

        run.Answers().ClaimsPrivate(PullScene.Image);
        AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task The_line_names_the_secret_of_each_endpoint()
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.PullAsync();

        Assert.Contains("mirror-creds", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(PullScene.MirrorRepository, run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_remap_without_mirrors_gets_its_file()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("[[registry]]\nprefix = \"registry.invalid\"\nlocation = \"localhost:5000/remapped\"\n");

        var file = await scene.WritesAsync();

        Assert.Equal(["localhost:5000/remapped/app"], file.Repositories);
    }

    [Fact]
    public async Task Mirrors_of_a_blocked_source_are_served()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("""
            [[registry]]
            location = "registry.invalid"
            blocked = true
            [[registry.mirror]]
            location = "localhost:5000/mirror"

            """);

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task Digest_only_and_tag_only_mirrors_are_served_alike()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("""
            [[registry]]
            location = "registry.invalid"
            [[registry.mirror]]
            location = "localhost:5000/digest"
            pull-from-mirror = "digest-only"
            [[registry.mirror]]
            location = "localhost:5000/tag"
            pull-from-mirror = "tag-only"

            """);

        Assert.Equal(["localhost:5000/digest/app", "localhost:5000/tag/app"], (await scene.WritesAsync()).Repositories);
    }

    [Fact]
    public async Task A_drop_in_configures_what_the_main_file_does_not()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Configure("");
        await File.WriteAllTextAsync(Path.Combine(scene.Node.RegistriesConfDir, "50-mirror.conf"),
            "[[registry]]\nlocation = \"registry.invalid\"\n[[registry.mirror]]\nlocation = \"localhost:5000/dropped-in\"\n");

        Assert.Equal(["localhost:5000/dropped-in/app"], (await scene.WritesAsync()).Repositories);
    }

    [Theory]
    [InlineData("quay.io/other/app")]
    [InlineData("registry.invalid.example/app")]
    public async Task An_image_without_mirror_is_answered_before_anything_else_is_opened(string image)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Kubeconfig = Path.Combine(scene.Node.Root, "no-such-kubeconfig"); // would be an error if it were opened
        Directory.Delete(scene.Node.AuthDir);

        var run = await scene.PullImageAsync(image);

        run.Answers().IsEmpty();
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.False(Directory.Exists(scene.Node.AuthDir));
    }

    [Fact]
    public async Task An_image_without_mirror_needs_no_API_server()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.Server.DisposeAsync();

        (await scene.PullImageAsync("quay.io/other/app")).Answers().IsEmpty();
    }

    [Theory]
    [InlineData("registry.invalid/app")]
    [InlineData("quay.io/other/app")]
    public async Task A_static_pod_without_token_gets_the_empty_answer_and_is_told_so(string image)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Token = null;

        var run = await scene.PullImageAsync(image);

        run.Answers().IsEmpty();
        Assert.Contains("token", run.Stderr, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, scene.Server.Requests.TcpConnections);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task Ten_thousand_secrets_are_read_to_the_last()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.SetSecrets(PullScene.Namespace,
            new GeneratedSecrets(10_000, "localhost:5000", RegistryEntry.Basic("last", "last-password")));

        (await scene.WritesAsync()).Serves(PullScene.MirrorRepository, "last", "last-password");
    }
}
