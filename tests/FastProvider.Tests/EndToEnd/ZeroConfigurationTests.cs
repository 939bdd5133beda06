using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// No flags and no environment, under the name of the provider it replaces, on nodes as the usual installers leave them.
/// </summary>
public sealed class ZeroConfigurationTests
{
    private const string Mirrors =
        "[[registry]]\nlocation = \"registry.invalid\"\n[[registry.mirror]]\nlocation = \"localhost:5000/mirror\"\n";

    [Theory]
    [InlineData("/etc/kubernetes/kubelet.conf", "/etc/containers/registries.conf")] // kubeadm
    [InlineData("/var/lib/kubelet/kubeconfig", "/etc/containers/registries.conf")] // OpenShift
    [InlineData(
        "/var/lib/microshift/resources/kubelet/kubeconfig", "/etc/containers/registries.conf.d/50-mirrors.conf")] // MicroShift
    [InlineData("/var/lib/kubelet/kubeconfig", "/etc/containers/registries.conf.d/50-mirrors.conf")]
    [InlineData("/etc/kubernetes/kubelet.conf", "/usr/share/containers/registries.conf")]
    public async Task A_run_without_flags_finds_everything_where_it_usually_is(string kubeconfig, string registriesConf)
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await PrepareAsync(scene, kubeconfig);
        await File.WriteAllTextAsync(node.PathOf(registriesConf), Mirrors);

        var run = await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token));

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.StartsWith("Wrote auth file to /etc/crio/auth/", run.Stderr, StringComparison.Ordinal);
        AuthFile.Read(AuthFile.PathOf(node.PathOf("/etc/crio/auth"), PullScene.Namespace, PullScene.Image))
            .Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    [Fact]
    public async Task A_node_without_registries_conf_is_answered_emptily()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await ChrootNode.CreateAsync();

        (await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token))).Answers().IsEmpty();
    }

    /// <summary>The dot ends the resolver's search. Go finds the name in /etc/hosts with it and without.</summary>
    [Fact]
    public async Task The_API_servers_name_may_stand_in_etc_hosts_and_have_a_dot_at_its_end()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await PrepareAsync(scene, "/var/lib/kubelet/kubeconfig");
        await File.WriteAllTextAsync(node.PathOf("/etc/containers/registries.conf"), Mirrors);
        await File.WriteAllTextAsync(node.PathOf("/etc/nsswitch.conf"), "hosts: files\n");
        await File.WriteAllTextAsync(node.PathOf("/etc/hosts"), "127.0.0.1 localhost\n");

        var server = $"https://localhost.:{scene.Server.Port}";
        (await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token), "--api-server", server))
            .Answers().ClaimsPrivate(PullScene.Image);
    }

    [Fact]
    public async Task The_kubelets_own_auth_file_is_the_global_one()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await PrepareAsync(scene, "/var/lib/kubelet/kubeconfig");
        await File.WriteAllTextAsync(node.PathOf("/etc/containers/registries.conf"), Mirrors);
        await File.WriteAllTextAsync(node.PathOf("/var/lib/kubelet/config.json"),
            $$$$"""{"auths":{"registry.invalid":{"auth":"{{{{RegistryEntry.Encode("global", "password-global")}}}}"}}}""");

        (await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token))).Answers().ClaimsPrivate(PullScene.Image);

        AuthFile.Read(AuthFile.PathOf(node.PathOf("/etc/crio/auth"), PullScene.Namespace, PullScene.Image))
            .Serves(PullScene.Image, "global", "password-global");
    }

    /// <summary>
    /// What podman, skopeo and docker left for root is what CRI-O would use; the file of the pull takes its place.
    /// </summary>
    [Fact]
    public async Task The_logins_of_root_are_carried_into_the_file_in_CRI_Os_order()
    {
        await using var scene = await PullScene.StartAsync();
        using var node = await PrepareAsync(scene, "/var/lib/kubelet/kubeconfig");
        await File.WriteAllTextAsync(node.PathOf("/etc/containers/registries.conf"), Mirrors);
        await File.WriteAllTextAsync(node.PathOf("/etc/passwd"), "root:x:0:0:root:/var/roothome:/bin/bash\n");
        var path = AuthFile.PathOf(node.PathOf("/etc/crio/auth"), PullScene.Namespace, PullScene.Image);
        (string Path, string Json)[] files =
        [
            ("/var/lib/kubelet/config.json", """{"auths":{"registry.invalid":LOGIN}}"""),
            ("/var/roothome/.dockercfg", """{"registry.invalid":LOGIN}"""),
            ("/var/roothome/.docker/config.json", """{"auths":{"https://registry.invalid/some/page":LOGIN}}"""),
            ("/var/roothome/.config/containers/auth.json", """{"auths":{"registry.invalid/app":LOGIN}}"""),
            ("/run/containers/0/auth.json", """{"auths":{"registry.invalid":LOGIN}}"""),
        ];

        for (var i = 0; i < files.Length; i++)
        {
            var login = $$$"""{"auth":"{{{RegistryEntry.Encode($"login{i}", $"password-{i}")}}}"}""";
            await File.WriteAllTextAsync(
                node.PathOf(files[i].Path), files[i].Json.Replace("LOGIN", login, StringComparison.Ordinal));

            var run = await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token));

            run.Answers().ClaimsPrivate(PullScene.Image);
            Assert.Contains(
                $"{PullScene.Image} from the global auth file {files[i].Path} key", run.Stderr, StringComparison.Ordinal);
            AuthFile.Read(path).Serves(PullScene.Image, $"login{i}", $"password-{i}");
        }

        await File.WriteAllTextAsync(
            node.PathOf("/etc/crio/crio.conf"), "[crio.image]\nglobal_auth_file = \"/etc/crio/none.json\"\n");
        (await node.RunAsync(new KubeletRequest(PullScene.Image, scene.Token))).Answers().ClaimsPrivate(PullScene.Image);
        Assert.Equal([PullScene.MirrorRepository], AuthFile.Read(path).Repositories);
    }

    /// <summary>Writes the kubeconfig where the installer would, with paths as they are seen inside.</summary>
    private static async Task<ChrootNode> PrepareAsync(PullScene scene, string kubeconfig)
    {
        var node = await ChrootNode.CreateAsync();
        var real = node.PathOf(kubeconfig);
        var directory = Path.GetDirectoryName(real)!;
        var isKubeadm = Path.GetFileName(kubeconfig) == "kubelet.conf";
        var written = isKubeadm ? scene.Server.WriteKubeconfig(directory) : scene.Server.WriteOpenShiftKubeconfig(directory);
        Assert.Equal(real, written);
        var text = await File.ReadAllTextAsync(real);
        await File.WriteAllTextAsync(real, text.Replace(node.Root, "", StringComparison.Ordinal));
        return node;
    }
}
