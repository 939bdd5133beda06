using System.Text;
using FastProvider.Tests.Deploy;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Commands.Generate;

public sealed class GenerateTests
{
    [Theory]
    [InlineData("etc/kubernetes/apiserver-url.env", "openshift")]
    [InlineData("var/lib/kubelet/kubeconfig", "openshift")]
    [InlineData("etc/kubernetes/kubelet.conf", "kubernetes")]
    [InlineData("etc/hostname", "kubernetes")]
    public async Task The_platform_is_what_the_files_of_the_node_look_like(string file, string platform)
    {
        var root = Directory.CreateTempSubdirectory("fast-provider-generate-").FullName;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            await File.WriteAllTextAsync(Path.Combine(root, file), "");

            var text = Encoding.UTF8.GetString((await DeployedFiles.RunAsync("rbac", "--root", root)).Stdout);

            Assert.Contains($"# Platform: {platform}, as ", text, StringComparison.Ordinal);
            Assert.Equal(
                platform == "openshift", text.Contains("[\"https://kubernetes.default.svc\"]", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("daemonset")]
    [InlineData("rbac --namespace Team")]
    [InlineData("rbac --namespace a --secret x,")]
    [InlineData("rbac --audience a\"b")]
    [InlineData("rbac --audience a\nb")]
    [InlineData("rbac --namespace a,b")]
    [InlineData("rbac --shared-secret platform/x")]
    [InlineData("rbac --shared-secret x --namespace a")]
    [InlineData("rbac --shared-secret platform/x --namespace a,B")]
    [InlineData("rbac --shared-secret platform/x --namespace a --all-namespaces")]
    [InlineData("rbac --shared-secret platform/x --all-namespaces --service-account app")]
    [InlineData("rbac --all-namespaces")]
    [InlineData("rbac --shared-secrets platform/x --namespace a")]
    [InlineData("daemonset --image x --bin-dir relative")]
    [InlineData("daemonset --image x --bin-dir /a/../b")]
    [InlineData("daemonset --image a#b")]
    [InlineData("machineconfig --platform openshift --role Worker")]
    [InlineData("kubelet-config --name ../x")]
    [InlineData("kubelet-config --secrets nothing")]
    [InlineData("everything")]
    public async Task What_would_be_no_valid_object_is_wrong_usage(string arguments)
    {
        var run = await DeployedFiles.RunAsync(arguments.Split(' '));

        Assert.Equal((2, 0), (run.ExitCode, run.Stdout.Length));
        Assert.Single(run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("machineconfig --platform kubernetes", "a MachineConfig is for OpenShift")]
    [InlineData("machineconfig --platform openshift --secrets annotation", "passes no annotations")]
    public async Task What_the_platform_cannot_do_fails_with_the_reason(string arguments, string says)
    {
        var run = await DeployedFiles.RunAsync(arguments.Split(' '));

        Assert.Equal((1, 0), (run.ExitCode, run.Stdout.Length));
        Assert.Contains(says, run.Stderr, StringComparison.Ordinal);
    }

    /// <summary>Paths and values that YAML or systemd would take for their own.</summary>
    [Fact]
    public async Task A_value_comes_out_as_it_went_in()
    {
        const string path = "/a \"b\" # c: %d\\e";
        string[] flags = [
            "--auth-dir", path, "--secrets-annotation", "example.com/secrets", "--root", "/nowhere", "--registries-conf"];
        var conf = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(
                conf, "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.example\"\n");

            var yaml = Encoding.UTF8.GetString((await DeployedFiles.RunAsync(["kubelet-config", .. flags, conf])).Stdout);
            var units = Encoding.UTF8.GetString(
                (await DeployedFiles.RunAsync(["machineconfig", "--platform", "openshift", .. flags, conf])).Stdout);

            var provider = Assert.Single(KubernetesYaml.Deserialize<CredentialProviderConfig>(yaml, strict: true).Providers);
            Assert.Equal(
                [$"--registries-conf={conf}", $"--auth-dir={path}", "--secrets-annotation=example.com/secrets"], provider.Args);
            Assert.Contains(
                "Environment=\"FAST_PROVIDER_AUTH_DIR=/a \\\"b\\\" # c: %%d\\\\e\"\n", units, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(conf);
        }
    }

    [Fact]
    public async Task Variables_count_as_flags_do()
    {
        var run = await EndToEnd.Plugin.RunAsync(
            ["generate", "machineconfig", "--platform", "openshift"], [],
            new Dictionary<string, string> { ["FAST_PROVIDER_SECRETS"] = "pod", ["FAST_PROVIDER_LOG_LEVEL"] = "debug" });

        var text = Encoding.UTF8.GetString(run.Stdout);
        Assert.Contains("Environment=\"FAST_PROVIDER_SECRETS=pod\"\n", text, StringComparison.Ordinal);
        Assert.Contains("Environment=\"FAST_PROVIDER_LOG_LEVEL=debug\"\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--namespace team-a", "shared-secret:m:system:serviceaccounts:team-a Group system:serviceaccounts:team-a")]
    [InlineData(
        "--namespace team-a --service-account app", "shared-secret:m:system:serviceaccount:team-a:app ServiceAccount app")]
    [InlineData("--all-namespaces", "shared-secret:m:system:serviceaccounts Group system:serviceaccounts")]
    public async Task A_shared_Secret_is_bound_to_whom_it_is_for(string whom, string bound)
    {
        var objects = KubernetesYaml.LoadAllFromString(
            await DeployedFiles.GenerateAsync($"rbac --shared-secret platform/m,other/n {whom}"), strict: true);

        var first = objects.OfType<V1RoleBinding>().First();
        Assert.Equal(["V1Role", "V1RoleBinding", "V1Role", "V1RoleBinding"], objects.Select(o => o.GetType().Name));
        Assert.Equal(["platform", "platform", "other", "other"], objects.OfType<IMetadata<V1ObjectMeta>>()
            .Select(o => o.Metadata.NamespaceProperty));
        Assert.Equal(bound, $"{first.Metadata.Name} {Assert.Single(first.Subjects).Kind} {first.Subjects[0].Name}");
    }

    [Fact]
    public async Task Auto_gets_what_both_of_its_ways_need()
    {
        var objects = KubernetesYaml.LoadAllFromString(
            await DeployedFiles.GenerateAsync("rbac --secrets auto --namespace team-a"), strict: true);

        Assert.Equal(
            ["V1ServiceAccount", "V1Role", "V1RoleBinding", "V1Role", "V1RoleBinding"], objects.Select(o => o.GetType().Name));
    }
}
