using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>
/// An agent runs no other credential provider: runs do, and the agent keeps what was answered for as long as the answer says.
/// </summary>
public sealed class KeptAnswerTests
{
    private const string Patterns = "*:5000\", \"other.example.com:5000";

    private const string Other = "other.invalid/app", SameRegistry = "third.invalid/app";

    /// <summary>As a kubelet keeps it: for the image, for its registry, or for all that the provider is asked for.</summary>
    [Theory]
    [InlineData("Image", "\"1h\"", true, false, false)]
    [InlineData("Registry", "\"1h\"", true, true, false)]
    [InlineData("Global", "\"1h\"", true, true, true)]
    [InlineData("Global", "\"99999h\"", true, true, true)] // for a day
    [InlineData("Global", "\"0s\"", false, false, false)]
    [InlineData("Global", "\"-1h\"", false, false, false)]
    [InlineData("Registry", "null", true, true, false)]
    public async Task An_answer_serves_what_it_is_for_as_long_as_it_says(
        string scope, string duration, bool servesImage, bool servesRegistry, bool servesAll)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add(
            "cloud", Script(scope, duration), matchImages: Patterns, hours: 12);

        Assert.Equal(servesImage, await IsKeptAsync(scene, chain));
        Assert.Equal(servesRegistry, !await RunsForAsync(scene, chain, SameRegistry));
        Assert.Equal(servesAll, !await RunsForAsync(scene, chain, Other));
    }

    [Fact]
    public async Task An_answer_ends_when_it_says()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Global", "\"1s\""), matchImages: Patterns);
        await PullAsync(scene, chain, PullScene.Image);

        await Task.Delay(TimeSpan.FromSeconds(1.5));

        Assert.True(await RunsForAsync(scene, chain, PullScene.Image));
    }

    /// <summary>
    /// Where an answer may not be kept, the agent knows from the second pull on that it cannot serve it, and asks the API server
    /// nothing in vain.
    /// </summary>
    [Fact]
    public async Task A_pull_whose_answer_was_missing_before_asks_the_API_server_once()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Global", "\"0s\""), matchImages: Patterns);
        await PullAsync(scene, chain, PullScene.Image);
        var first = scene.Server.Requests.All.Count;

        await PullAsync(scene, chain, PullScene.Image);
        await PullAsync(scene, chain, PullScene.Image);

        // The first pull asked twice, by the agent and by the run; these two asked as often together.
        Assert.Equal(first, scene.Server.Requests.All.Count - first);
    }

    /// <summary>A run that goes alone and comes to nothing ends what the agent keeps for its pod, and for no other.</summary>
    [Fact]
    public async Task A_run_alone_that_finds_nothing_waits_for_no_turn_and_takes_nobodys_file()
    {
        await using var scene = await StartAsync();
        scene.Hide("cloud-password");
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Global", "\"0s\""), matchImages: Patterns);
        await scene.RunPodsAsync(3, Arguments(chain));
        Assert.Equal("3", (await scene.Agent!.StatusAsync())["grants"]);
        await File.WriteAllTextAsync(chain.PathOf("cloud"), "#!/bin/sh\nexit 1\n");

        var again = await scene.PullAsync(Arguments(chain)); // the last of the pods
        scene.NextPod();
        var other = await scene.PullAsync(Arguments(chain));

        again.Answers().IsEmpty();
        other.Answers().IsEmpty();
        Assert.DoesNotContain("had the turn", again.Stderr + other.Stderr, StringComparison.Ordinal);
        var status = await scene.Agent.StatusAsync();
        // That of the second pod; the first went alone, so nobody knows whose its file was.
        Assert.Equal(("1", "0"), (status["grants"], status["files taken"]));
        Assert.True(SpinWait.SpinUntil(() => File.Exists(scene.AuthFilePath), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void An_answer_is_that_of_the_kubelet_that_ran_the_provider()
    {
        using var node = new NodeSandbox();
        var path = Path.Combine(node.Root, "providers.yaml");
        File.WriteAllText(
            path, "kind: CredentialProviderConfig\napiVersion: kubelet.config.k8s.io/v1\nproviders:\n  - name: a\n");
        Assert.Null(FastProvider.Kubelet.ProviderConfig.Read(new FastProvider.Node.NodeFiles(), path, out var config));
        string IdentityOf(int? kubelet)
        {
            using var run = new FastProvider.Chain.ChainedRun(config.Entries[0], "/a", [], null!, "r", kubelet);
            return run.Identity;
        }

        Assert.Null(FastProvider.Native.OpenSsl.Load());
        Assert.Equal(IdentityOf(1), IdentityOf(1));
        Assert.NotEqual(IdentityOf(1), IdentityOf(2));
    }

    /// <summary>Other args may mean another identity.</summary>
    [Fact]
    public async Task An_answer_is_that_of_the_provider_as_it_was_asked()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Global", "\"1h\""), matchImages: Patterns);
        Assert.True(await IsKeptAsync(scene, chain));
        var config = await File.ReadAllTextAsync(chain.Config);
        await File.WriteAllTextAsync(chain.Config, config + "    args: [\"--role=other\"]\n");

        Assert.True(await RunsForAsync(scene, chain, PullScene.Image));
    }

    [Fact]
    public async Task Pulls_that_Secrets_serve_are_carried_out_by_the_agent()
    {
        await using var scene = await StartAsync();
        scene.Secrets(Secret.DockerConfigJson("s", ("localhost:5000", RegistryEntry.Basic("s", "password-s"))));
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Global", "\"1h\""));

        (await scene.PullAsync(Arguments(chain))).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal(0, Runs(chain));
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
        File.Delete(scene.AuthFilePath);
        scene.NextPod();
        (await scene.PullAsync(Arguments(chain))).Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal(1, scene.Server.Requests.TcpConnections);
    }

    /// <summary>Of 64 the one that would end first makes room.</summary>
    [Fact]
    public async Task There_is_a_bound()
    {
        await using var scene = await StartAsync();
        scene.Hide("cloud-password");
        scene.Node.Mirror("m.invalid", "localhost:5000/m");
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Script("Image", "\"1h\""), matchImages: Patterns);
        for (var i = 0; i < 66; i++)
        {
            Assert.True(await IsKeptAsync(scene, chain, $"m.invalid/{i}"));
        }

        Assert.False(await RunsForAsync(scene, chain, "m.invalid/65"));
        Assert.True(await RunsForAsync(scene, chain, "m.invalid/0"));
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        scene.Secrets();
        scene.Node.Configure(string.Concat(
            Mirror("registry.invalid", "localhost:5000/mirror"), Mirror("third.invalid", "localhost:5000/third"),
            Mirror("other.invalid", "other.example.com:5000/x")));
        return scene;
    }

    private static string Mirror(string registry, string mirror) =>
        $"[[registry]]\nlocation = \"{registry}\"\n[[registry.mirror]]\nlocation = \"{mirror}\"\n";

    private static string[] Arguments(ChainedPrograms chain) =>
        ["--chain", "--chain-config", chain.Config, "--chain-bin-dir", chain.Directory];

    private static async Task PullAsync(PullScene scene, ChainedPrograms chain, string image)
    {
        scene.Hide("cloud-password");
        scene.NextPod();
        (await scene.PullAsync(new KubeletRequest(image, scene.Token), scene.Arguments(Arguments(chain)))).Answers();
        var file = scene.AuthFilePathOf(image);
        Assert.Contains("Y2xvdWQ6Y2xvdWQtcGFzc3dvcmQ", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        File.Delete(file); // as CRI-O takes it away
    }

    /// <summary>Whether a pull found an answer that was kept. A run that the agent did not hear in time is tried again.</summary>
    private static async Task<bool> IsKeptAsync(PullScene scene, ChainedPrograms chain, string image = PullScene.Image)
    {
        for (var tries = 0; tries < 5; tries++)
        {
            if (!await RunsForAsync(scene, chain, image))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a pull ran the provider.</summary>
    private static async Task<bool> RunsForAsync(PullScene scene, ChainedPrograms chain, string image)
    {
        var before = Runs(chain);
        await PullAsync(scene, chain, image);
        return Runs(chain) > before;
    }

    private static int Runs(ChainedPrograms chain) => (chain.Left("runs") ?? "").Length;

    private static string Script(string scope, string duration) =>
        "printf . >> runs; cat <<'E'\n{\"kind\":\"CredentialProviderResponse\","
            + "\"apiVersion\":\"credentialprovider.kubelet.k8s.io/v1\",\"cacheKeyType\":\"" + scope + "\","
            + "\"cacheDuration\":" + duration + ",\"auth\":{\"*:5000\":{\"username\":\"cloud\",\"password\":\"cloud-password\"},"
            + "\"other.example.com:5000\":{\"username\":\"cloud\",\"password\":\"cloud-password\"}}}\nE\n";
}
