using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Deploy;

/// <summary>
/// The examples of <c>deploy/examples</c>: nothing in them is unknown to the API, and a pull gets what docs/examples.md says.
/// </summary>
public sealed partial class ExampleTests
{
    private const string Image = "docker.io/library/busybox";

    private static readonly string Folder = Path.Join(Repository.Root, "deploy", "examples");

    [Fact]
    public void Each_file_is_on_the_page_and_each_file_of_the_page_is_there()
    {
        var onPage = ExampleLink().Matches(File.ReadAllText(Path.Join(Repository.Root, "docs", "examples.md")))
            .Select(match => match.Groups[1].Value).Distinct();

        Assert.Equal(
            Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f))
                .Order(StringComparer.Ordinal),
            onPage.Order(StringComparer.Ordinal));
    }

    /// <summary>A namespace that the example says nothing of pulls without credentials.</summary>
    [Theory]
    [InlineData("two-teams-one-mirror", "team-a", "cache.example.com:5000/dockerhub", "cache-login")]
    [InlineData("two-teams-one-mirror", "team-b", "cache.example.com:5000/dockerhub", "cache-login")]
    [InlineData("two-teams-one-mirror", "team-c", "cache.example.com:5000/dockerhub", null)]
    [InlineData("harbor", "team-a", "harbor.example.com/dockerhub", "harbor-login")]
    [InlineData("harbor", "team-b", "harbor.example.com/dockerhub", null)]
    [InlineData("artifactory", "team-a", "artifactory.example.com/docker-hub", "artifactory-login")]
    [InlineData("nexus", "team-a", "nexus.example.com:8082", "nexus-login")]
    public async Task A_team_pulls_from_the_mirror_with_its_own_account(string example, string ns, string mirror, string? secret)
    {
        var said = await ExplainAsync(example, ns, "--secrets", "pod");

        Assert.Equal($"{mirror}/library/busybox", said.GetProperty("endpoints")[0].GetProperty("repository").GetString());
        Assert.Equal(secret, Chosen(said));
        Assert.Equal(secret is null ? 0 : 1, said.GetProperty("secrets").GetProperty("read").GetInt32());
        Assert.Equal(secret is not null, said.GetProperty("private").GetBoolean());
    }

    [Fact]
    public void Two_teams_have_two_accounts()
    {
        var users = ((string[])["team-a", "team-b"]).Select(team =>
            User().Match(File.ReadAllText(Path.Join(Folder, "two-teams-one-mirror", team + ".yaml"))).Groups[1].Value);

        Assert.Equal(["team-a", "team-b"], users);
    }

    /// <summary>With the settings of the entry that the example has for the kubelet.</summary>
    [Fact]
    public async Task One_account_serves_a_namespace_that_has_no_Secret()
    {
        var config = KubernetesYaml.Deserialize<CredentialProviderConfig>(
            await File.ReadAllTextAsync(Path.Join(Folder, "one-account-for-all", "fast-provider.yaml")), strict: true);

        var said = await ExplainAsync("one-account-for-all", "team-a", [.. Assert.Single(config.Providers).Args]);

        Assert.Equal("platform/mirror-login", Chosen(said));
        Assert.True(said.GetProperty("private").GetBoolean());
    }

    [Fact]
    public void Every_object_has_only_fields_that_its_type_knows()
    {
        // What is of the API server itself. The kubelet's entry, kustomize's file and ExternalSecret are types of others.
        var objects = Directory.GetFiles(Folder, "*.yaml", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("fast-provider.yaml" or "kustomization.yaml"))
            .SelectMany(file => File.ReadAllText(file).Split("\n---\n"))
            .Where(document => !document.Contains("kind: ExternalSecret", StringComparison.Ordinal))
            .SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true)).ToList();

        Assert.True(objects.Count > 10, $"Only {objects.Count} objects were found.");
        Assert.All(objects, o => Assert.True(o is V1Secret or V1ServiceAccount, o.GetType().Name));
        Assert.All(objects.OfType<V1Secret>(), secret => HasOnePlaceholder(secret.StringData[".dockerconfigjson"]));
    }

    [Fact]
    public void The_kustomization_names_files_that_are_there()
    {
        var kustomize = Path.Join(Folder, "kustomize");
        var files = KustomizedFile().Matches(File.ReadAllText(Path.Join(kustomize, "kustomization.yaml")))
            .Select(match => match.Groups[1].Value).ToList();

        Assert.Equal(["serviceaccount.yaml", "config.json"], files);
        Assert.All(files, file => Assert.True(File.Exists(Path.Join(kustomize, file)), file));
        HasOnePlaceholder(File.ReadAllText(Path.Join(kustomize, "config.json")));
    }

    /// <summary>A registry document, whose password everybody sees to be none.</summary>
    private static void HasOnePlaceholder(string document)
    {
        using var json = JsonDocument.Parse(document);
        var entry = Assert.Single(json.RootElement.GetProperty("auths").EnumerateObject()).Value;
        Assert.Equal("CHANGE-ME", entry.GetProperty("password").GetString());
    }

    private static async Task<JsonElement> ExplainAsync(string example, string ns, params string[] settings)
    {
        var folder = Path.Join(Folder, example);
        var run = await Plugin.RunAsync(
            [
                "explain", Image, "--namespace", ns, "--secrets-from", folder, "--registries-conf",
                Path.Join(folder, "registries.conf"), "--registries-conf-dir", Path.Join(folder, "none"), "--output", "json",
                .. settings,
            ],
            []);
        Assert.True(run.ExitCode == 0, run.Stderr);
        return JsonDocument.Parse(run.Stdout).RootElement;
    }

    /// <summary>The Secret that serves the mirror.</summary>
    private static string? Chosen(JsonElement said) =>
        said.GetProperty("endpoints")[0].GetProperty("keys").EnumerateArray()
            .Where(key => key.GetProperty("standing").GetString() == "chosen")
            .Select(key => key.GetProperty("secret").GetString()).SingleOrDefault();

    [GeneratedRegex(@"\]\(\.\./deploy/examples/([^)#]+)\)")]
    private static partial Regex ExampleLink();

    [GeneratedRegex(@"""username"": ""([^""]+)""")]
    private static partial Regex User();

    [GeneratedRegex(@"^ +- (?:\.dockerconfigjson=)?([a-z]+\.(?:yaml|json))$", RegexOptions.Multiline)]
    private static partial Regex KustomizedFile();
}
