using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// <c>--chain</c>: the kubelet's other credential providers, each a real process, are asked for mirrors that no Secret serves.
/// </summary>
public sealed class ChainTests
{
    private const string Mirror = "localhost:5000", Version = "credentialprovider.kubelet.k8s.io/v1";

    private const string Good =
        """
        {"kind":"CredentialProviderResponse","apiVersion":"VERSION","cacheKeyType":"Registry","cacheDuration":"5m0s",
         "auth":{"localhost:5000":{"username":"cloud","password":"cloud-password"}}}
        """;

    [Theory]
    [InlineData(Version)]
    [InlineData("credentialprovider.kubelet.k8s.io/v1beta1")]
    [InlineData("credentialprovider.kubelet.k8s.io/v1alpha1")]
    public async Task A_provider_is_asked_as_the_kubelet_asks_it_without_the_pods_token(string version)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root);
        var answer = Good.Replace("VERSION", version, StringComparison.Ordinal);
        chain.Add("cloud", $"cat > stdin; echo \"$*\" > args; env > env; cat <<'E'\n{answer}\nE\n",
            version, args: ["get", "--region=a b"], env: ("CLOUD_REGION", "a"));

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Served(scene).Serves(PullScene.MirrorRepository, "cloud", "cloud-password");
        Assert.Equal([PullScene.MirrorRepository], Served(scene).Repositories);
        Assert.Equal(
            $$"""{"kind":"CredentialProviderRequest","apiVersion":"{{version}}","image":"localhost:5000/mirror/app"}""" + "\n",
            chain.Left("stdin"));
        Assert.Equal("get --region=a b\n", chain.Left("args"));
        Assert.Contains("CLOUD_REGION=a\n", chain.Left("env"), StringComparison.Ordinal);
        Assert.DoesNotContain(scene.Token!.Split('.')[2], chain.Left("env"), StringComparison.Ordinal);
        Assert.Contains(
            $"{PullScene.MirrorRepository} from credential provider cloud key \"localhost:5000\"", run.Stderr,
            StringComparison.Ordinal);
        Assert.DoesNotContain("warning", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_provider_is_asked_where_a_Secret_serves_the_mirror()
    {
        await using var scene = await PullScene.StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());

        (await PullAsync(scene, chain)).Answers().ClaimsPrivate(PullScene.Image);

        Served(scene).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        Assert.False(chain.WasRun);
    }

    /// <summary>For the image itself the kubelet asks, and passes on what it is told.</summary>
    [Theory]
    [InlineData("registry.invalid")]
    [InlineData("other.example.com")]
    [InlineData("localhost")]
    [InlineData("localhost:5000/other")]
    public async Task No_provider_is_asked_whose_matchImages_cover_no_mirror(string pattern)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer(), matchImages: pattern);

        (await PullAsync(scene, chain)).Answers().IsEmpty();

        Assert.False(chain.WasRun);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task What_a_provider_answers_goes_before_the_nodes_own_logins()
    {
        await using var scene = await StartAsync();
        scene.GlobalAuth((Mirror, RegistryEntry.Basic("node", "password-node")));
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());

        (await PullAsync(scene, chain)).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "cloud", "cloud-password");
    }

    /// <summary>Law 1: only what the endpoint needs reaches the disk.</summary>
    [Theory]
    [InlineData("\"other.example.com\":{\"username\":\"x\",\"password\":\"other-password\"}", null)]
    [InlineData("\"localhost:5001\":{\"username\":\"x\",\"password\":\"other-password\"}", null)]
    [InlineData("\"localhost:5000/other\":{\"username\":\"x\",\"password\":\"other-password\"}", null)]
    [InlineData(
        "\"a.example.com\":{\"username\":\"x\",\"password\":\"other-password\"},"
            + "\"localhost:5000\":{\"username\":\"host\",\"password\":\"host-password\"},"
            + "\"https://localhost:5000/mirror\":{\"username\":\"path\",\"password\":\"path-password\"}", "path")]
    [InlineData("\"*:5000\":{\"username\":\"glob\",\"password\":\"glob-password\"}", "glob")]
    [InlineData("\"localhost:5000/v2/\":{\"username\":\"v2\",\"password\":\"v2-password\"}", "v2")]
    [InlineData("\"localhost:5000\":{\"username\":\"user\"}", "user")]
    [InlineData("\"localhost:5000\":{}", null)]
    [InlineData("\"localhost:5000\":null", null)]
    [InlineData("\"localhost:5000\":{\"username\":\"a:b\",\"password\":\"no-file-holds-it\"}", null)]
    [InlineData(
        "\"localhost:5000/mirror\":{},\"localhost:5000\":{\"username\":\"host\",\"password\":\"host-password\"}", "host")]
    [InlineData("", null)]
    public async Task Of_the_keys_of_an_answer_the_one_serves_that_a_kubelet_would_use(string auth, string? user)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer(auth));

        var run = await PullAsync(scene, chain);

        run.Answers();
        Assert.DoesNotContain("warning", run.Stderr, StringComparison.Ordinal);
        if (user is null)
        {
            Assert.Empty(scene.Node.AuthDirNames());
            return;
        }

        Served(scene).Serves(PullScene.MirrorRepository, user, user == "user" ? "" : $"{user}-password");
        Assert.DoesNotContain("other-password", await File.ReadAllTextAsync(scene.AuthFilePath), StringComparison.Ordinal);
        Assert.Equal([PullScene.MirrorRepository], Served(scene).Repositories);
    }

    /// <summary>What a kubelet refuses, as it was recorded, is refused; the pull does without, and is told.</summary>
    [Theory]
    [InlineData("exit 3", "ended with status 3")]
    [InlineData("kill -9 $$", "was killed by signal 9")]
    [InlineData("echo garbage", "it is not one JSON document")]
    [InlineData("", "it is not one JSON document")]
    [InlineData("head -c 10000000 /dev/zero", "printed more than 1048576 bytes")]
    [InlineData("echo 'starting'; cat <<E\nGOOD\nE\n", "it is not one JSON document")]
    [InlineData("printf '\\357\\273\\277'; cat <<E\nGOOD\nE\n", "it is not one JSON document")]
    [InlineData("cat <<E\nGOODtrailing\nE\n", "it is not one JSON document")]
    [InlineData("cat <<E\nGOODGOOD\nE\n", "it is not one JSON document")]
    [InlineData("cat <<E | sed s/k8s.io.v1/k8s.io\\\\/v1beta1/\nGOOD\nE\n", "another apiVersion")]
    [InlineData("cat <<E | sed 's/\"kind\"/\"Kind\"/'\nGOOD\nE\n", "fields that a kubelet does not know")]
    [InlineData("cat <<E | sed 's/\"auth\"/\"more\":1,\"auth\"/'\nGOOD\nE\n", "fields that a kubelet does not know")]
    [InlineData("cat <<E | sed 's/\"auth\"/\"kind\":\"CredentialProviderResponse\",\"auth\"/'\nGOOD\nE\n", "there twice")]
    [InlineData("cat <<E | sed 's/\"username\"/\"password\":\"x\",\"username\"/'\nGOOD\nE\n", "there twice")]
    [InlineData("cat <<E | sed 's/\"username\":\"cloud\"/\"username\":5/'\nGOOD\nE\n", "value of the wrong type")]
    [InlineData("cat <<E | sed 's/\"5m0s\"/\"5 minutes\"/'\nGOOD\nE\n", "value of the wrong type")]
    [InlineData("cat <<E | sed 's/\"kind\":[^,]*,//'\nGOOD\nE\n", "did not answer with a CredentialProviderResponse")]
    [InlineData("cat <<E | sed 's/\"Registry\"/\"registry\"/'\nGOOD\nE\n", "without a valid cacheKeyType")]
    [InlineData("cat <<E | sed 's/\"cacheKeyType\":\"Registry\",//'\nGOOD\nE\n", "without a valid cacheKeyType")]
    public async Task What_a_kubelet_refuses_is_a_warning(string script, string says)
    {
        await using var scene = await StartAsync();
        scene.Hide(Good);
        var good = Good.Replace("VERSION", Version, StringComparison.Ordinal);
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", script.Replace("GOOD", good, StringComparison.Ordinal));

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.Contains("warning: credential provider cloud ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(says, run.Stderr, StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    /// <summary>A child that holds the pipe would hold up a kubelet for a minute; here it ends with its group, in time.</summary>
    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("trap '' TERM; sleep 1000 & echo $! > child; wait")]
    [InlineData("sleep 1000 & echo $! > child; exit 0")]
    [InlineData("sleep 1000 & echo $! > child; exec >&-; wait")]
    public async Task One_that_does_not_end_is_killed_with_all_its_processes_within_the_budget(string script)
    {
        await using var scene = await StartAsync();
        scene.Timeout = "1500ms";
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", $"echo $$ > pid; {script}");

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.Contains("warning: credential provider cloud ", run.Stderr, StringComparison.Ordinal);
        Assert.Contains(" in time (asked for localhost:5000/mirror/app)", run.Stderr, StringComparison.Ordinal);
        foreach (var name in (string[])["pid", "child"])
        {
            if (chain.Left(name) is { } pid)
            {
                Assert.True(
                    SpinWait.SpinUntil(() => !IsAlive(int.Parse(pid, CultureInfo.InvariantCulture)), TimeSpan.FromSeconds(10)),
                    $"{name} is still there");
            }
        }
    }

    /// <summary>Each waits for the other to be there.</summary>
    [Fact]
    public async Task All_are_asked_side_by_side()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root)
            .Add("one", "touch here.one; until [ -e here.two ]; do sleep 0.01; done; " + Answer(""))
            .Add("two", "touch here.two; until [ -e here.one ]; do sleep 0.01; done; " + Answer());

        (await PullAsync(scene, chain)).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, "cloud", "cloud-password");
    }

    /// <summary>A kubelet has the keys of all answers in one ring: the more specific first, whoever gave it.</summary>
    [Theory]
    [InlineData("localhost:5000", "localhost:5000/mirror", "two")]
    [InlineData("localhost:5000/mirror", "localhost:5000", "one")]
    [InlineData("localhost:5000", "https://localhost:5000/", "one")]
    public async Task Of_two_that_answer_the_more_specific_key_serves(string first, string second, string user)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root)
            .Add("one", Answer($"\"{first}\":{{\"username\":\"one\",\"password\":\"one-password\"}}"))
            .Add("two", Answer($"\"{second}\":{{\"username\":\"two\",\"password\":\"two-password\"}}"));

        (await PullAsync(scene, chain)).Answers();

        Served(scene).Serves(PullScene.MirrorRepository, user, $"{user}-password");
    }

    /// <summary>An image that is only moved elsewhere, and one of Docker Hub by the key that everybody has for it.</summary>
    [Fact]
    public async Task The_place_that_an_image_is_moved_to_counts_and_Docker_Hubs_old_key()
    {
        await using var scene = await StartAsync();
        scene.Node.Configure("[[registry]]\nprefix = \"registry.invalid\"\nlocation = \"docker.io/company\"\n");
        var chain = new ChainedPrograms(scene.Node.Root).Add(
            "hub", Answer("\"https://index.docker.io/v1/\":{\"username\":\"hub\",\"password\":\"hub-password\"}"),
            matchImages: "docker.io");

        (await PullAsync(scene, chain)).Answers();

        Served(scene).Serves("docker.io/company/app", "hub", "hub-password");
    }

    /// <summary>Where the kubelet's cannot be read, as here: this process's own without what is ours.</summary>
    [Fact]
    public async Task A_provider_gets_the_environment_of_its_parent_without_what_is_for_us()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", "env > env; " + Answer(), env: ("CLOUD_REGION", "a"));

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), chain.Arguments(scene, ["--chain"]),
            new Dictionary<string, string>
            {
                ["HTTPS_PROXY_OF_THE_CLOUD"] = "http://proxy.example.com", ["FAST_PROVIDER_LOG_LEVEL"] = "debug",
                ["CLOUD_REGION"] = "b",
            });

        run.Answers();
        var seen = chain.Left("env")!.Split('\n');
        Assert.Contains("HTTPS_PROXY_OF_THE_CLOUD=http://proxy.example.com", seen);
        Assert.Contains("CLOUD_REGION=a", seen);
        Assert.DoesNotContain(seen, line => line.StartsWith("FAST_PROVIDER_LOG_LEVEL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--private-images=secret")]
    [InlineData("--private-images=secret", "--chain-namespaces=team-a")]
    public async Task An_image_is_private_where_some_namespaces_alone_may_pull_it_so(params string[] settings)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());

        var answer = (await PullAsync(scene, chain, settings)).Answers();

        if (settings.Length > 1)
        {
            answer.ClaimsPrivate(PullScene.Image);
        }
        else
        {
            answer.IsEmpty();
        }
    }

    [Theory]
    [InlineData("matchImages", "matchImage")]
    [InlineData("name: cloud", "name: ../cloud")]
    [InlineData("defaultCacheDuration: 0h", "defaultCacheDuration: soon")]
    public async Task A_configuration_with_which_no_kubelet_starts_is_a_warning(string old, string replacement)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());
        await File.WriteAllTextAsync(
            chain.Config, (await File.ReadAllTextAsync(chain.Config)).Replace(old, replacement, StringComparison.Ordinal));

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.False(chain.WasRun);
        Assert.Contains(
            "warning: --chain: no kubelet starts with this configuration: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_needs_a_ServiceAccount_is_passed_over_with_a_word()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer(), more:
            "    tokenAttributes: {serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: true}\n");

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.False(chain.WasRun);
        Assert.Contains("warning: credential provider cloud requires a ServiceAccount", run.Stderr, StringComparison.Ordinal);
    }

    /// <summary>By its file, under any name; and one that runs us again, by a variable.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_never_asks_itself(bool isLink)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("another-name",
            $"echo . >> runs; exec {Plugin.Binary} {string.Join(' ', scene.Arguments("--chain"))}"
                + $" --chain-config {scene.Node.Root}/providers.yaml --chain-bin-dir {scene.Node.Root}/providers < request",
            // It would fail for it, if it were run as it stands.
            args: ["--no-such-flag"]);
        await File.WriteAllBytesAsync(
            chain.PathOf("request"), new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
        if (isLink)
        {
            File.Delete(chain.PathOf("another-name"));
            File.CreateSymbolicLink(chain.PathOf("another-name"), Plugin.Binary);
        }

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.Equal(isLink ? null : ".\n", chain.Left("runs"));
        Assert.DoesNotContain("warning", run.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-a", true)]
    [InlineData("team-b,team-a", true)]
    [InlineData("team-b", false)]
    [InlineData("", false)]
    public async Task It_can_be_for_some_namespaces(string namespaces, bool isFor)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());

        (await PullAsync(scene, chain, $"--chain-namespaces={namespaces}")).Answers();

        Assert.Equal(isFor, chain.WasRun);
    }

    [Fact]
    public async Task A_configuration_that_is_none_is_a_warning()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root);
        await File.WriteAllTextAsync(chain.Config, "kind: Else\n");

        var run = await PullAsync(scene, chain);

        run.Answers().IsEmpty();
        Assert.Contains("warning: --chain: ", run.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_flag_nothing_is_run()
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());

        (await scene.PullAsync("--chain-config", chain.Config, "--chain-bin-dir", chain.Directory)).Answers().IsEmpty();

        Assert.False(chain.WasRun);
    }

    /// <summary>A pull says nothing of it: it is as the node's owner has it. Who asks wants to know.</summary>
    [Theory]
    [InlineData("localhost:5000", "other.example.com", "credential provider cloud answered, and no key of its answer is for")]
    [InlineData("other.example.com", "localhost:5000", "no other credential provider has localhost:5000/mirror/app in its")]
    public async Task Explain_says_why_no_provider_helps(string pattern, string key, string says)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add(
            "cloud", Answer($"\"{key}\":{{\"username\":\"cloud\",\"password\":\"cloud-password\"}}"), matchImages: pattern);
        var token = Path.Combine(scene.Node.Root, "token");
        await File.WriteAllTextAsync(token, scene.Token);

        var run = await Plugin.RunAsync(
            ["explain", PullScene.Image, "--token-file", token, .. chain.Arguments(scene, ["--chain"])], []);
        var pull = await PullAsync(scene, chain);

        Assert.Contains(says, Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.DoesNotContain("warning", pull.Stderr, StringComparison.Ordinal);
    }

    /// <summary>An explanation runs programs of the node only if it is told to.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Explain_asks_only_where_it_is_told_to(bool isTold)
    {
        await using var scene = await StartAsync();
        var chain = new ChainedPrograms(scene.Node.Root).Add("cloud", Answer());
        var token = Path.Combine(scene.Node.Root, "token");
        await File.WriteAllTextAsync(token, scene.Token);

        var run = await Plugin.RunAsync(
            ["explain", PullScene.Image, "--token-file", token, .. chain.Arguments(scene, isTold ? ["--chain"] : [])], [],
            new Dictionary<string, string> { ["FAST_PROVIDER_CHAIN"] = "true" });

        var text = Encoding.UTF8.GetString(run.Stdout);
        Assert.Equal(isTold, chain.WasRun);
        Assert.Equal(
            isTold, text.Contains("chosen: credential provider cloud, key \"localhost:5000\"", StringComparison.Ordinal));
        Assert.Equal(!isTold, text.Contains("were not asked", StringComparison.Ordinal));
        Assert.DoesNotContain("cloud-password", text, StringComparison.Ordinal);
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets();
        return scene;
    }

    private static Task<PluginRun> PullAsync(PullScene scene, ChainedPrograms chain, params string[] more)
    {
        scene.Hide("cloud-password");
        return scene.PullAsync(["--chain", "--chain-config", chain.Config, "--chain-bin-dir", chain.Directory, .. more]);
    }

    private static string Answer(string auth = "\"localhost:5000\":{\"username\":\"cloud\",\"password\":\"cloud-password\"}") =>
        "touch was-run; cat <<'E'\n{\"kind\":\"CredentialProviderResponse\",\"apiVersion\":\"" + Version
            + "\",\"cacheKeyType\":\"Image\",\"auth\":{" + auth + "}}\nE\n";

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static AuthFile Served(PullScene scene) => AuthFile.Read(scene.AuthFilePath);
}
