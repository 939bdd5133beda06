using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Deploy;
using FastProvider.Tests.EndToEnd;
using k8s;

namespace FastProvider.Tests.Docs;

/// <summary>What README and docs show is what the program takes and says.</summary>
public sealed partial class CodeBlockTests
{
    [Fact]
    public void Each_entry_for_a_kubelet_is_one_that_a_kubelet_decodes()
    {
        var configs = MarkdownPage.OfUsers.SelectMany(page => page.CodeBlocks)
            .Where(block => block.Text.Contains("kind: CredentialProviderConfig", StringComparison.Ordinal))
            .Select(block => KubernetesYaml.Deserialize<CredentialProviderConfig>(block.Text, strict: true)).ToList();

        Assert.True(configs.Count >= 2, $"Only {configs.Count} were found.");
        Assert.All(configs, config => Assert.Equal("kubelet.config.k8s.io/v1", config.ApiVersion));
    }

    /// <summary>The one of the reference is what generate prints for the node beside it.</summary>
    [Fact]
    public async Task The_entry_of_the_reference_is_what_generate_prints()
    {
        var page = MarkdownPage.Of("docs/reference.md");
        var shown = Assert.Single(page.CodeBlocks, block => block.Language == "yaml").Text;
        var registries = Assert.Single(page.CodeBlocks, block => block.Language == "toml").Text;

        var printed = await DeployedFiles.GenerateAsync("kubelet-config --platform kubernetes", registries);

        var (expected, actual) = (Provider(printed), Provider(shown));
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.MatchImages, actual.MatchImages);
        Assert.Equal(expected.DefaultCacheDuration, actual.DefaultCacheDuration);
        Assert.Equal(expected.Args, actual.Args);
        Assert.Equivalent(expected.TokenAttributes, actual.TokenAttributes, strict: true);
    }

    /// <summary>The README shows it in pieces, with the time of one phase.</summary>
    [Fact]
    public async Task The_line_of_a_pull_in_the_README_is_one_that_a_pull_says()
    {
        var block = MarkdownPage.Of("README.md").CodeBlocks
            .Single(b => b.Text.Contains("Wrote auth file to", StringComparison.Ordinal)).Text;
        var shown = block[block.IndexOf("Wrote auth file to", StringComparison.Ordinal)..];
        var pieces = Number().Replace(shown.Trim().Replace('\n', ' '), "N ms").Split('…');
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("docker.io", "cache.example.com:5000/dockerhub");
        scene.Secrets(
            Secret.DockerConfigJson("cache-login", ("cache.example.com:5000", RegistryEntry.Basic("team-a", "a-password"))));
        scene.Server.Cluster.SetPod(new Pod(PullScene.Namespace, TokenIssuer.PodName, "node1", ["cache-login"]));
        scene.Token = scene.Server.Cluster.Tokens.Issue(PullScene.Namespace, "default");

        var run = await scene.PullAsync(
            new KubeletRequest("docker.io/library/busybox", scene.Token), scene.Arguments("--secrets", "pod"));

        var said = Number().Replace(run.Stderr, "N ms")
            .Replace(scene.Node.AuthDir, "/etc/crio/auth", StringComparison.Ordinal)
            .Replace(TokenIssuer.PodName, "try", StringComparison.Ordinal);
        Assert.Equal(3, pieces.Length);
        Assert.All(pieces, piece => Assert.Contains(piece.Trim(), said, StringComparison.Ordinal));
    }

    /// <summary>A script that is named is there, and can be run.</summary>
    [Fact]
    public void Each_script_is_there()
    {
        var named = MarkdownPage.OfUsers
            .SelectMany(page => page.CodeBlocks.Select(block => block.Text).Concat(page.CodeSpans))
            .SelectMany(code => Script().Matches(code).Select(match => match.Groups[1].Value)).Distinct().ToList();

        Assert.Superset(new HashSet<string> { "demo.sh", "test.sh", "bench.sh", "package.sh" }, named.ToHashSet());
        Assert.All(named, name => Assert.True(
            File.GetUnixFileMode(Path.Join(Repository.Root, name)).HasFlag(UnixFileMode.UserExecute), name));
    }

    private static CredentialProviderConfig.Provider Provider(string yaml) =>
        Assert.Single(KubernetesYaml.Deserialize<CredentialProviderConfig>(yaml, strict: true).Providers);

    [GeneratedRegex(@"\d+\.\d+ ms")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?:^|\s)\./([a-z]+\.sh)", RegexOptions.Multiline)]
    private static partial Regex Script();
}
