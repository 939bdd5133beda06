using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using FastProvider.Mirrors;
using FastProvider.Tests.Deploy;
using FastProvider.Tests.EndToEnd;
using k8s;

namespace FastProvider.Tests.Commands.Generate;

public sealed partial class MatchImagesTests
{
    private const string Mirror = "[[registry.mirror]]\nlocation = \"cache.example.org\"\n";

    [Theory]
    [InlineData("docker.io", "docker.io")]
    [InlineData("docker.io docker.io/library", "docker.io")]
    [InlineData("docker.io/library docker.io", "docker.io")]
    [InlineData("quay.io/a quay.io/b", "quay.io/a quay.io/b")]
    [InlineData("localhost/x localhost:5000", "localhost/x localhost:5000")]
    [InlineData("*.example.com", "*.example.com *.*.example.com *.*.*.example.com")]
    [InlineData("a.example.com *.example.com", "*.example.com *.*.example.com *.*.*.example.com")]
    [InlineData("a.b.example.com:5000 *.example.com", "a.b.example.com:5000 *.example.com *.*.example.com *.*.*.example.com")]
    public async Task Each_prefix_is_covered_and_none_twice(string prefixes, string entries) =>
        Assert.Equal(entries.Split(' '), (await ConfigAsync(Registries(prefixes.Split(' ')))).MatchImages);

    [Fact]
    public async Task Only_what_is_pulled_from_elsewhere_counts()
    {
        var config = await ConfigAsync($"""
            [[registry]]
            location = "blocked.example.com"
            blocked = true
            [[registry]]
            prefix = "old.example.com"
            location = "new.example.com"
            [[registry]]
            prefix = "same.example.com"
            location = "same.example.com"
            [[registry]]
            location = "docker.io"
            {Mirror}
            """);

        Assert.Equal(["old.example.com", "docker.io"], config.MatchImages);
    }

    [Theory]
    [InlineData("index.docker.io", "a kubelet calls it docker.io")]
    [InlineData("example.com/app:v1", "without tag or digest")]
    [InlineData("busybox", "docker.io/library/busybox")]
    [InlineData("[::1]:5000", "IPv6")]
    [InlineData("a.*.example.com", "no image has an asterisk in its name")]
    [InlineData("docker.io/library/*", "no image has an asterisk in its name")]
    public async Task What_a_kubelet_never_asks_for_is_left_out_with_the_reason(string prefix, string why)
    {
        var text = await DeployedFiles.GenerateAsync("kubelet-config", Registries(prefix, "docker.io"));

        Assert.Equal(["docker.io"], Decode(text).MatchImages);
        Assert.Contains(why, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "have no [[registry]] table")]
    [InlineData("[[registry]]\nlocation = \"docker.io\"\nblocked = true\n", "neither mirrors nor a location that differs")]
    [InlineData("[[registry]]\nlocation = \"index.docker.io\"\n" + Mirror, "a kubelet calls it docker.io")]
    [InlineData("[[registry]]\nlocation = 1\n", "line 2")]
    public async Task Without_an_entry_it_fails_and_says_why(string registries, string says)
    {
        var root = Directory.CreateTempSubdirectory("fast-provider-generate-");
        try
        {
            var conf = Path.Combine(root.FullName, "registries.conf");
            await File.WriteAllTextAsync(conf, registries);
            var run = await DeployedFiles.RunAsync(
                "kubelet-config", "--registries-conf", conf, "--registries-conf-dir", root.FullName + "/none");

            Assert.Equal((1, 0), (run.ExitCode, run.Stdout.Length));
            Assert.Contains(says, run.Stderr, StringComparison.Ordinal);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    /// <summary>What the tables of several files and both readers say, held against the decision for single images.</summary>
    [Fact]
    public void A_kubelet_asks_for_every_image_that_needs_it()
    {
        var host = Gen.OneOf(
            "a.example.com", "b.a.example.com", "c.b.a.example.com", "example.com", "docker.io", "quay.io:5000", "x.y");
        var prefix = Gen.Select(
            Gen.OneOf("*.example.com", "*.a.example.com", "a.example.com", "docker.io", "quay.io:5000", "x.y"),
            Gen.OneOf("", "/team", "/team/app"), (h, path) => h.StartsWith('*') ? h : h + path);
        var tables = Gen.Select(prefix, Gen.Bool, Gen.Bool, (p, mirrored, remapped) =>
            $"[[registry]]\nprefix = \"{p}\"\nlocation = \"{(remapped ? "moved.example.net" : p.TrimStart('*', '.'))}\"\n"
                + $"{(mirrored ? Mirror : "")}").Array[1, 6];
        var image = Gen.Select(host, Gen.OneOf("/team/app", "/team", "/other/app", "/teams/x"), (h, path) => h + path);

        Gen.Select(tables, tables, Gen.Bool, image).Sample((main, dropIn, isUnusual, asked) =>
        {
            var root = Directory.CreateTempSubdirectory("fast-provider-inventory-");
            try
            {
                // An inline table is more than the fast reader takes.
                var unusual = isUnusual ? "unknown = { inline = true }\n" : "";
                Directory.CreateDirectory(root.FullName + "/etc/containers/registries.conf.d");
                File.WriteAllText(root.FullName + "/etc/containers/registries.conf", unusual + string.Concat(main));
                File.WriteAllText(root.FullName + "/etc/containers/registries.conf.d/1.conf", string.Concat(dropIn));
                var files = new RegistriesFiles { Root = root.FullName };

                var inventory = RegistriesInventory.Read(files).Value!;
                var sources = PullSources.Find(files, Encoding.UTF8.GetBytes(asked)).Value!;
                var entries = FastProvider.Commands.Generate.MatchImages.Of(inventory).Entries;

                Assert.True(
                    !sources.NeedsCredentials || entries.Any(e => KubeletMatch.Matches(e, asked)),
                    $"{asked} is matched by none of {string.Join(' ', entries)}.");
                Assert.All(entries, entry => Assert.Single(entries, other => other == entry));
            }
            finally
            {
                root.Delete(recursive: true);
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public async Task OpenShift_gets_an_object_whose_entries_its_schema_takes()
    {
        var text = await DeployedFiles.GenerateAsync(
            "kubelet-config --platform openshift", Registries("docker.io", "*.example.com", "quay.io:5000/a"));

        Assert.Contains("kind: CRIOCredentialProviderConfig\nmetadata:\n  name: cluster\n", text, StringComparison.Ordinal);
        var entries = Entry().Matches(text).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["docker.io", "*.example.com", "*.*.example.com", "*.*.*.example.com", "quay.io:5000/a"], entries);
        Assert.All(entries, entry => Assert.Matches(Schema(), entry));
    }

    /// <summary>The generated configuration at work: what matchImages lets through is pulled with the generated args.</summary>
    [Fact]
    public async Task A_pull_with_the_generated_args_works()
    {
        await using var scene = await PullScene.StartAsync();
        string[] flags = [
            .. scene.Arguments(), "--secrets", "namespace", "--podman-secrets", "--private-images-except=", "--slot-wait", "5s"];
        var generated = await DeployedFiles.RunAsync(["kubelet-config", .. flags]);
        Assert.True(generated.ExitCode == 0, generated.Stderr);
        var provider = Decode(Encoding.UTF8.GetString(generated.Stdout));

        Assert.Contains(provider.MatchImages, entry => KubeletMatch.Matches(entry, PullScene.Image));
        (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), [.. provider.Args])).Answers()
            .ClaimsPrivate(PullScene.Image);

        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        Assert.Equal(3, scene.Server.Requests.All.Count); // the third for --podman-secrets
    }

    private static string Registries(params string[] prefixes) => string.Concat(prefixes.Select(p =>
        $"[[registry]]\nprefix = \"{p}\"\n{(p.StartsWith('*') ? "" : $"location = \"{p}\"\n")}{Mirror}"));

    private static async Task<CredentialProviderConfig.Provider> ConfigAsync(string registries) =>
        Decode(await DeployedFiles.GenerateAsync("kubelet-config", registries));

    private static CredentialProviderConfig.Provider Decode(string yaml) =>
        Assert.Single(KubernetesYaml.Deserialize<CredentialProviderConfig>(yaml, strict: true).Providers);

    [GeneratedRegex("""^    - "?([^"\n]+)"?$""", RegexOptions.Multiline)]
    private static partial Regex Entry();

    /// <summary>As openshift/api says it (config/v1, CRIOCredentialProviderConfig).</summary>
    [GeneratedRegex(
        "^((\\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?)(\\.(\\*|[a-z0-9]([a-z0-9-]*[a-z0-9])?))*)(:[0-9]+)?(/[-a-z0-9._/]*)?$")]
    private static partial Regex Schema();
}
