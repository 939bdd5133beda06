using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Deploy;

/// <summary>The manifests, flags and commands of docs/credentials.md, as a reader would copy them.</summary>
public sealed partial class DocumentedCredentialsTests
{
    private const string Image = "docker.io/library/busybox";

    private static string Page => File.ReadAllText(Path.Join(Repository.Root, "docs", "credentials.md"));

    [Fact]
    public async Task The_configuration_lets_one_namespace_pull_by_the_clouds_provider()
    {
        const string mirror = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/dockerhub";
        Assert.Contains(mirror, Page, StringComparison.Ordinal);
        var yaml = Assert.Single(
            Blocks("yaml"), block => block.Contains("kind: CredentialProviderConfig", StringComparison.Ordinal));
        var config = KubernetesYaml.Deserialize<CredentialProviderConfig>(yaml, strict: true);
        var ours = config.Providers[0];
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("docker.io", mirror);
        scene.Secrets().Server.Cluster.ForbidAll();
        var programs = new ChainedPrograms(scene.Node.Root).Add(config.Providers[1].Name,
            """
            echo '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",
                   "cacheKeyType":"Registry","cacheDuration":"6h",
                   "auth":{"123456789012.dkr.ecr.eu-west-1.amazonaws.com":{"username":"AWS","password":"password-for-hours"}}}'
            """);
        await File.WriteAllTextAsync(programs.Config, yaml);

        foreach (var (ns, isFor) in (List<(string, bool)>)[("team-a", true), ("team-c", false)])
        {
            scene.Token = scene.Server.Cluster.Tokens.Issue(ns, "app");
            var run = await scene.PullAsync(new KubeletRequest(Image, scene.Token), programs.Arguments(scene, [.. ours.Args]));
            var path = EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, ns, Image);
            Assert.Equal(isFor, File.Exists(path));
            if (isFor)
            {
                run.Answers().ClaimsPrivate(Image);
                EndToEnd.AuthFile.Read(path).Serves($"{mirror}/library/busybox", "AWS", "password-for-hours");
            }
        }
    }

    [Fact]
    public async Task The_steps_for_a_shared_Secret_open_the_mirror_for_the_namespaces_in_them_alone()
    {
        var steps = string.Join('\n', Blocks(""));
        var flags = Arguments().Match(Page).Groups[1].Value.Split(',').Select(flag => flag.Trim(' ', '"')).ToArray();
        Assert.Equal(2, flags.Length);
        var create = CreateSecret().Match(steps);
        var (ns, name, host, user) =
            (create.Groups[1].Value, create.Groups[2].Value, create.Groups[3].Value, create.Groups[4].Value);
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("docker.io", $"{host}/dockerhub");
        var cluster = scene.Secrets().Server.Cluster.ForbidAll();
        cluster.SetSecrets(ns, [Secret.DockerConfigJson(name, (host, RegistryEntry.Basic(user, "password-shared")))]);
        var printed = await Plugin.RunAsync(Generate().Match(steps).Groups[1].Value.Split(' '), []);
        Assert.Equal(0, printed.ExitCode);
        var objects = KubernetesYaml.LoadAllFromString(Encoding.UTF8.GetString(printed.Stdout), strict: true);
        var rule = Assert.Single(Assert.Single(objects.OfType<V1Role>()).Rules);
        Assert.Equal(("get", name), (Assert.Single(rule.Verbs), Assert.Single(rule.ResourceNames)));
        foreach (var subject in objects.OfType<V1RoleBinding>().SelectMany(binding => binding.Subjects))
        {
            cluster.AllowGetToGroup(ns, subject.Name.Split(':')[2], name);
        }

        foreach (var (team, isFor) in (List<(string, bool)>)[("team-a", true), ("team-b", true), ("team-c", false)])
        {
            scene.Token = cluster.Tokens.Issue(team, "default");
            var run = await scene.PullAsync(new KubeletRequest(Image, scene.Token), scene.Arguments(flags));
            var path = EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, team, Image);
            Assert.Equal((0, isFor), (run.ExitCode, File.Exists(path)));
            if (isFor)
            {
                EndToEnd.AuthFile.Read(path).Serves($"{host}/dockerhub/library/busybox", user, "password-shared");
            }
        }
    }

    /// <summary>The code blocks of a language, those in lists as well.</summary>
    private static IEnumerable<string> Blocks(string language) => Block().Matches(Page)
        .Where(match => match.Groups["language"].Value == language).Select(match => match.Groups["text"].Value);

    [GeneratedRegex(@"^ *```(?<language>\w*)\n(?<text>.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"args: \[(""--shared-secrets=[^\]]*)\]")]
    private static partial Regex Arguments();

    [GeneratedRegex(
        @"kubectl -n (\S+) create secret docker-registry (\S+) \\\s+--docker-server=(\S+) --docker-username=(\S+)")]
    private static partial Regex CreateSecret();

    [GeneratedRegex(@"fast-provider (generate rbac --shared-secret .*) \| kubectl apply -f -")]
    private static partial Regex Generate();
}
