using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Deploy;

/// <summary>The files of <c>deploy</c>, each of which is what <c>fast-provider generate</c> prints for example values.</summary>
internal static class DeployedFiles
{
    /// <summary>Set, the test writes the files instead of comparing them.</summary>
    public const string WriteVariable = "FAST_PROVIDER_WRITE_DEPLOY";

    /// <summary>What the examples are made of, beside the command line.</summary>
    private const string Registries =
        "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"cache.example.com:5000/dockerhub\"\n";

    private const string Tenant = "--namespace team-a --service-account app --secret cache-login,source-login";
    private const string Image = "--image registry.example.com/fast-provider:0.1.0";

    /// <summary>Path under <c>deploy</c> and command line.</summary>
    public static TheoryData<string, string> All => new()
    {
        { "rbac/nodes.yaml", "rbac --platform kubernetes" },
        { "rbac/namespace.yaml", $"rbac --platform kubernetes --secrets namespace {Tenant}" },
        { "rbac/annotation.yaml", $"rbac --platform kubernetes --secrets annotation {Tenant}" },
        { "rbac/pod.yaml", $"rbac --platform kubernetes --secrets pod {Tenant}" },
        { "rbac/shared-secret.yaml", "rbac --shared-secret platform/mirror-login --namespace team-a,team-b" },
        { "rbac/namespace.credential-provider.yaml", "kubelet-config --platform kubernetes --secrets namespace" },
        { "rbac/annotation.credential-provider.yaml", "kubelet-config --platform kubernetes --secrets annotation" },
        { "rbac/pod.credential-provider.yaml", "kubelet-config --platform kubernetes --secrets pod" },
        { "daemonset.yaml", $"daemonset --platform kubernetes {Image}" },
        { "daemonset-agent.yaml", $"daemonset --platform kubernetes --agent {Image}" },
        { "systemd/fast-provider-agent.socket", "agent-socket" },
        { "systemd/fast-provider-agent.service", "agent-service" },
        { "tmpfiles.d/fast-provider.conf", "tmpfiles" },
        { "openshift/nodes.yaml", "rbac --platform openshift" },
        { "openshift/criocredentialproviderconfig.yaml", "kubelet-config --platform openshift" },
        { "openshift/daemonset.yaml", $"daemonset --platform openshift {Image}" },
        { "openshift/machineconfig.yaml", "machineconfig --platform openshift --role worker,master --events" },
        { "openshift/machineconfig-agent.yaml", "machineconfig --platform openshift --agent" },
    };

    /// <summary>What is printed for a command line on a node whose only file is registries.conf.</summary>
    public static async Task<string> GenerateAsync(string arguments, string registries = Registries)
    {
        var root = Directory.CreateTempSubdirectory("fast-provider-generate-").FullName;
        try
        {
            Directory.CreateDirectory(root + "/etc/containers");
            await File.WriteAllTextAsync(root + "/etc/containers/registries.conf", registries);
            var run = await RunAsync([.. arguments.Split(' '), "--root", root]);
            Assert.True(run.ExitCode == 0, run.Stderr);
            Assert.Empty(run.Stderr);
            return Encoding.UTF8.GetString(run.Stdout);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public static Task<PluginRun> RunAsync(params string[] arguments) => Plugin.RunAsync(["generate", .. arguments], []);

    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "deploy", file);

    /// <summary>The same file in the checkout.</summary>
    public static string SourceOf(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FastProvider.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException("No checkout lies above the test assembly.");
        }

        return Path.Combine(root.FullName, "deploy", file);
    }
}
