using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Deploy;

/// <summary>
/// The manifests of <c>deploy/rbac</c>: nothing in them is unknown to the API, and each way works with its own alone.
/// </summary>
public sealed class ManifestTests
{
    private const string Image = "docker.io/library/app";

    [Fact]
    public void Every_object_has_only_fields_that_its_type_knows()
    {
        var files = Directory.GetFiles(Folder(), "*.yaml");
        var objects = files.Where(f => !IsProviderConfig(f)).SelectMany(Load).ToList();

        Assert.Equal(8, files.Length);
        Assert.Equal(
            ["V1ClusterRole", "V1ClusterRoleBinding", "V1Role", "V1Role", "V1Role", "V1RoleBinding", "V1RoleBinding",
                "V1RoleBinding", "V1RoleBinding", "V1ServiceAccount", "V1ServiceAccount"],
            objects.Select(o => o.GetType().Name).Order(StringComparer.Ordinal));
        Assert.All(objects.OfType<IKubernetesObject>(), o =>
            Assert.Equal(o is V1ServiceAccount ? "v1" : "rbac.authorization.k8s.io/v1", o.ApiVersion));
        Assert.All(files.Where(IsProviderConfig), f => Assert.Equal("CredentialProviderConfig", ProviderConfig(f).Kind));
    }

    [Fact]
    public void An_unknown_field_would_be_noticed()
    {
        var yaml = File.ReadAllText(Path.Combine(Folder(), "namespace.yaml"))
            .Replace("verbs:", "verb:", StringComparison.Ordinal);

        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(yaml, strict: true));
    }

    [Theory]
    [InlineData("namespace")]
    [InlineData("annotation")]
    [InlineData("pod")]
    public void The_nodes_may_ask_for_the_audience_of_each_provider_configuration(string way)
    {
        var rule = Assert.Single(Load(Path.Combine(Folder(), "nodes.yaml")).OfType<V1ClusterRole>().Single().Rules);
        var provider = Assert.Single(ProviderConfig(Path.Combine(Folder(), $"{way}.credential-provider.yaml")).Providers);

        Assert.Equal([provider.TokenAttributes.ServiceAccountTokenAudience], rule.Resources);
        Assert.Equal(["request-serviceaccounts-token-audience"], rule.Verbs);
        Assert.Equal(
            ("fast-provider", "credentialprovider.kubelet.k8s.io/v1", "0s", "Token", false),
            (provider.Name, provider.ApiVersion, provider.DefaultCacheDuration, provider.TokenAttributes.CacheType,
                provider.TokenAttributes.RequireServiceAccount));
        Assert.Equal(
            way == "annotation" ? ["fast-provider/secrets"] : [], provider.TokenAttributes.OptionalServiceAccountAnnotationKeys);
    }

    [Theory]
    [InlineData("namespace", 2)]
    [InlineData("annotation", 2)]
    [InlineData("pod", 3)]
    public async Task A_pull_needs_no_more_than_the_manifest_of_its_way_gives(string way, int requests)
    {
        await using var scene = await PullScene.StartAsync();
        scene.Node.Mirror("docker.io", "localhost:5000/mirror");
        scene.Secrets(
            Secret.DockerConfigJson("cache-login", ("localhost:5000", RegistryEntry.Basic("cache", "password-cache"))),
            Secret.DockerConfigJson("source-login", ("docker.io", RegistryEntry.Basic("source", "password-source"))));
        scene.Token = scene.Server.Cluster.Tokens.Issue("team-a", "app");
        var objects = Load(Path.Combine(Folder(), $"{way}.yaml"));
        var account = objects.OfType<V1ServiceAccount>().SingleOrDefault();
        Apply(objects.OfType<V1Role>(), scene.Server.Cluster.ForbidAll());
        var provider = Assert.Single(ProviderConfig(Path.Combine(Folder(), $"{way}.credential-provider.yaml")).Providers);
        // As admission does it for a pod that names none itself.
        scene.Server.Cluster.SetPod(new Pod(
            "team-a", TokenIssuer.PodName, "node1", [.. (account?.ImagePullSecrets ?? []).Select(reference => reference.Name)]));
        var annotations = account?.Metadata.Annotations ?? new Dictionary<string, string>();
        var request = new KubeletRequest(Image, scene.Token)
        {
            Annotations = annotations.Where(a => provider.TokenAttributes.OptionalServiceAccountAnnotationKeys.Contains(a.Key))
                .ToDictionary(),
        };

        var run = await scene.PullAsync(request, scene.Arguments([.. provider.Args]));

        run.Answers().ClaimsPrivate(Image);
        var file = EndToEnd.AuthFile.Read(scene.AuthFilePathOf(Image));
        file.Serves("localhost:5000/mirror/library/app", "cache", "password-cache");
        file.Serves(Image, "source", "password-source");
        Assert.Equal((requests, 1), (scene.Server.Requests.All.Count, scene.Server.Requests.TcpConnections));
    }

    /// <summary>A platform's Secret, for two namespaces: each has a binding of its own, and nobody else reads it.</summary>
    [Fact]
    public async Task A_shared_Secret_is_read_with_its_manifest_by_the_namespaces_in_it_alone()
    {
        await using var scene = await PullScene.StartAsync();
        var objects = Load(Path.Combine(Folder(), "shared-secret.yaml"));
        var role = Assert.Single(objects.OfType<V1Role>());
        var rule = Assert.Single(role.Rules);
        var cluster = scene.Secrets().Server.Cluster;
        Assert.Equal(("platform", "get", "secrets", ""), (
            role.Metadata.NamespaceProperty, Assert.Single(rule.Verbs), Assert.Single(rule.Resources),
            Assert.Single(rule.ApiGroups)));
        foreach (var binding in objects.OfType<V1RoleBinding>())
        {
            Assert.Equal(("platform", role.Metadata.Name), (binding.Metadata.NamespaceProperty, binding.RoleRef.Name));
            var group = Assert.Single(binding.Subjects).Name;
            Assert.StartsWith("system:serviceaccounts:", group, StringComparison.Ordinal);
            cluster.AllowGetToGroup("platform", group.Split(':')[2], [.. rule.ResourceNames]);
        }

        var secret = Secret.DockerConfigJson("mirror-login", ("localhost:5000", RegistryEntry.Basic("p", "password-p")));
        cluster.SetSecrets("platform", [secret]).SetSecrets("team-b", []).SetSecrets("team-c", []);
        foreach (var (ns, isFor) in (List<(string, bool)>)[("team-b", true), ("team-c", false)])
        {
            scene.Token = cluster.Tokens.Issue(ns, "app");
            var run = await scene.PullAsync(
                "--secrets", "annotation", "--shared-secrets", "platform/mirror-login");
            Assert.Equal(isFor, run.Stderr.StartsWith("Wrote auth file to ", StringComparison.Ordinal));
            Assert.Equal(0, run.ExitCode);
        }
    }

    /// <summary>Gives the ServiceAccount what the Roles say; whom they are bound to is checked beside.</summary>
    private static void Apply(IEnumerable<V1Role> roles, Cluster cluster)
    {
        foreach (var rule in roles.SelectMany(role => role.Rules))
        {
            Assert.Equal(["secrets"], rule.Resources);
            Assert.Equal([""], rule.ApiGroups);
            if (rule.ResourceNames is null)
            {
                Assert.Equal(["list"], rule.Verbs);
                cluster.Allow("team-a", "app", "list");
            }
            else
            {
                Assert.Equal(["get"], rule.Verbs);
                cluster.AllowGet("team-a", "app", [.. rule.ResourceNames]);
            }
        }
    }

    [Theory]
    [InlineData("nodes", "Group system:nodes")]
    [InlineData("namespace", "Group system:serviceaccounts:team-a")]
    [InlineData("annotation", "ServiceAccount app")]
    public void Each_role_is_bound_to_those_who_need_it(string file, string subject)
    {
        var objects = Load(Path.Combine(Folder(), $"{file}.yaml"));
        var (role, reference, subjects) = objects.OfType<V1RoleBinding>().SingleOrDefault() is { } binding
            ? (objects.OfType<V1Role>().Single().Metadata.Name, binding.RoleRef, binding.Subjects)
            : (objects.OfType<V1ClusterRole>().Single().Metadata.Name, objects.OfType<V1ClusterRoleBinding>().Single().RoleRef,
                objects.OfType<V1ClusterRoleBinding>().Single().Subjects);

        Assert.Equal(role, reference.Name);
        Assert.Equal(subject, $"{Assert.Single(subjects).Kind} {subjects[0].Name}");
    }

    private static string Folder() => Path.Combine(AppContext.BaseDirectory, "deploy", "rbac");

    private static bool IsProviderConfig(string file) => file.EndsWith(".credential-provider.yaml", StringComparison.Ordinal);

    private static List<object> Load(string file) => KubernetesYaml.LoadAllFromString(File.ReadAllText(file), strict: true);

    private static CredentialProviderConfig ProviderConfig(string file) =>
        KubernetesYaml.Deserialize<CredentialProviderConfig>(File.ReadAllText(file), strict: true);
}
