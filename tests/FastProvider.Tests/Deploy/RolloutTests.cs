using System.Text;
using FastProvider.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace FastProvider.Tests.Deploy;

/// <summary>
/// What brings the binary to the nodes: nothing in it is unknown to the API or to systemd, and it does what it says.
/// </summary>
public sealed class RolloutTests
{
    [Theory]
    [InlineData("daemonset.yaml", "V1Namespace V1DaemonSet")]
    [InlineData("openshift/daemonset.yaml", "V1Namespace V1RoleBinding V1DaemonSet")]
    [InlineData("openshift/nodes.yaml", "V1ClusterRole V1ClusterRoleBinding")]
    public void Every_object_has_only_fields_that_its_type_knows(string file, string types) =>
        Assert.Equal(types.Split(' '), Load(file).Select(o => o.GetType().Name));

    [Theory]
    [InlineData("daemonset.yaml", "/usr/libexec/kubelet-image-credential-provider-plugins")]
    [InlineData("openshift/daemonset.yaml", "/usr/local/bin")]
    public void A_pod_can_write_one_directory_of_the_node_and_nothing_else(string file, string directory)
    {
        var pod = Load(file).OfType<V1DaemonSet>().Single().Spec.Template.Spec;
        var containers = pod.InitContainers.Concat(pod.Containers).ToList();

        Assert.Equal(["install", "keep"], containers.Select(c => c.Name));
        Assert.Equal((false, null, null, null), (pod.AutomountServiceAccountToken, pod.HostNetwork, pod.HostPID, pod.HostIPC));
        Assert.All(containers, container =>
        {
            var context = container.SecurityContext;
            Assert.Equal(
                (false, 0L, true, false),
                (context.Privileged, context.RunAsUser, context.ReadOnlyRootFilesystem, context.AllowPrivilegeEscalation));
            Assert.Equal(["ALL"], context.Capabilities.Drop);
            Assert.Equal(["SYS_CHROOT"], context.Capabilities.Add);
            var writable = Assert.Single(container.VolumeMounts, mount => mount.ReadOnlyProperty != true);
            Assert.Equal(
                (directory, "/host" + directory),
                (pod.Volumes.Single(v => v.Name == writable.Name).HostPath.Path, writable.MountPath));
            Assert.NotNull(container.Resources.Limits["memory"]);
        });
    }

    /// <summary>
    /// The arguments of its containers, over a root that stands for the node's, with no more than their one capability.
    /// </summary>
    [Theory]
    [InlineData("daemonset.yaml", "usr/libexec/kubelet-image-credential-provider-plugins/fast-provider")]
    [InlineData("openshift/daemonset.yaml", "usr/local/bin/fast-provider")]
    public async Task Its_first_container_installs_with_one_capability(string file, string installed)
    {
        using var node = await ChrootNode.CreateAsync();
        await File.WriteAllTextAsync(node.PathOf("/dev/null"), "");
        var args = Load(file).OfType<V1DaemonSet>().Single().Spec.Template.Spec.InitContainers.Single().Args
            .Select(a => a == "/host" ? node.Root : a);

        var run = await Plugin.RunAsync(
            ["--bounding-set=-all,+sys_chroot", "--inh-caps=-all", "--no-new-privs", Plugin.Binary, .. args], [],
            binary: "/usr/bin/setpriv");

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Equal(
            await File.ReadAllBytesAsync(Plugin.Binary), await File.ReadAllBytesAsync(Path.Combine(node.Root, installed)));
    }

    [Fact]
    public void A_machine_config_has_only_fields_that_its_type_knows_and_names_its_pool()
    {
        var configs = MachineConfigs();

        Assert.Equal(["worker", "master"], configs.Select(c => Assert.Single(c.Metadata.Labels).Value));
        Assert.Equal(["99-worker-fast-provider", "99-master-fast-provider"], configs.Select(c => c.Metadata.Name));
        Assert.All(configs, config =>
        {
            Assert.Equal(
                ("machineconfiguration.openshift.io/v1", "MachineConfig", "3.4.0"),
                (config.ApiVersion, config.Kind, config.Spec.Config.Header.Number));
            Assert.Equal(["machineconfiguration.openshift.io/role"], config.Metadata.Labels.Keys);
            Assert.Equal(
                ["fast-provider-mount.service", "fast-provider-mount.path", "kubelet.service"],
                config.Spec.Config.Systemd.Units.Select(u => u.Name));
            Assert.Contains(
                "Environment=\"FAST_PROVIDER_EVENTS=true\"", config.Spec.Config.Systemd.Units[2].Dropins.Single().Contents,
                StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Its_file_is_the_one_for_tmpfiles()
    {
        const string start = "data:text/plain;charset=utf-8;base64,";
        var file = Assert.Single(MachineConfigs()[0].Spec.Config.Storage.Files);

        Assert.Equal(("/etc/tmpfiles.d/fast-provider.conf", Convert.ToInt32("644", 8)), (file.Path, file.Mode));
        Assert.StartsWith(start, file.Contents.Source, StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllText(DeployedFiles.PathOf("tmpfiles.d/fast-provider.conf")),
            Encoding.UTF8.GetString(Convert.FromBase64String(file.Contents.Source[start.Length..])));
    }

    /// <summary>systemd itself reads the units, in a root where what they run and name is there.</summary>
    [Fact]
    public async Task Systemd_takes_the_units()
    {
        var folder = Directory.CreateTempSubdirectory("fast-provider-units-").FullName;
        try
        {
            var units = MachineConfigs()[0].Spec.Config.Systemd.Units;
            foreach (var unit in units.Where(u => u.Contents is not null))
            {
                await File.WriteAllTextAsync(Path.Combine(folder, unit.Name), unit.Contents);
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "kubelet.service"), "[Service]\nExecStart=/bin/true\n");
            Directory.CreateDirectory(folder + "/kubelet.service.d");
            await File.WriteAllTextAsync(folder + "/kubelet.service.d/30-fast-provider.conf", units[2].Dropins.Single().Contents);

            var run = await AnalyzeAsync(folder);
            Assert.Equal((0, ""), (run.ExitCode, run.Stderr));

            await File.AppendAllTextAsync(Path.Combine(folder, "fast-provider-mount.service"), "\n[Service]\nNoSuchSetting=1\n");
            Assert.Contains("NoSuchSetting", (await AnalyzeAsync(folder)).Stderr, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The two commands of the unit, in a mount namespace: first mounted, then nothing to do, and after an update mounted anew.
    /// </summary>
    [Fact]
    public async Task The_mount_follows_an_update_of_the_binary()
    {
        var folder = Directory.CreateTempSubdirectory("fast-provider-mount-").FullName;
        try
        {
            var unit = MachineConfigs()[0].Spec.Config.Systemd.Units[0].Contents!;
            string Command(string key) => string.Join("; ", unit.Split('\n')
                .Where(l => l.StartsWith(key, StringComparison.Ordinal)).Select(l => l[key.Length..].TrimStart('-')))
                .Replace("/usr/local/bin/fast-provider", "$1/ours", StringComparison.Ordinal)
                .Replace(
                    "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider", "$1/own",
                    StringComparison.Ordinal);
            var script = $$"""
                echo own > $1/own; echo first > $1/ours
                again() { if {{Command("ExecCondition=")}}; then { {{Command("ExecStart=")}}; } 2>&-; fi; cat $1/own; grep -c " $1/own " /proc/self/mountinfo; }
                again $1; again $1
                echo second > $1/new; mv $1/new $1/ours; again $1; again $1
                umount --lazy $1/own; cat $1/own
                """;

            var run = await Plugin.RunAsync(["--mount", "/bin/sh", "-c", script, "sh", folder], [], binary: "/usr/bin/unshare");

            Assert.Equal(
                ("first\n1\nfirst\n1\nsecond\n1\nsecond\n1\nown\n", ""), (Encoding.UTF8.GetString(run.Stdout), run.Stderr));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Systemd_makes_the_directories_of_tmpfiles()
    {
        var root = Directory.CreateTempSubdirectory("fast-provider-tmpfiles-").FullName;
        try
        {
            Directory.CreateDirectory(root + "/etc/crio");
            File.WriteAllText(root + "/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
            File.WriteAllText(root + "/etc/group", "root:x:0:\n");
            var run = await Plugin.RunAsync(
                ["--create", "--root", root, DeployedFiles.PathOf("tmpfiles.d/fast-provider.conf")], [],
                binary: "/usr/bin/systemd-tmpfiles");

            Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
            Assert.All(
                ["/run/fast-provider", "/etc/crio/auth"],
                directory => Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(root + directory)));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static Task<PluginRun> AnalyzeAsync(string folder) => Plugin.RunAsync(
        ["verify", "--man=no", "--recursive-errors=no", .. Directory.GetFiles(folder, "fast-provider-*"),
            Path.Combine(folder, "kubelet.service")], [],
        new Dictionary<string, string> { ["SYSTEMD_UNIT_PATH"] = folder + ":" }, "/usr/bin/systemd-analyze");

    private static List<object> Load(string file) =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(DeployedFiles.PathOf(file)), strict: true);

    private static List<MachineConfig> MachineConfigs() =>
    [
        .. File.ReadAllText(DeployedFiles.PathOf("openshift/machineconfig.yaml")).Split("---\n")[1..]
            .Select(document => KubernetesYaml.Deserialize<MachineConfig>(document, strict: true)),
    ];
}
