using FastProvider.Node;

namespace FastProvider.Tests.Node;

public class CrioConfTests
{
    [Fact]
    public void Without_files_the_defaults_count()
    {
        using var node = new NodeTree();

        var conf = CrioConf.Read(node.Root);

        Assert.Equal("/etc/crio/auth", conf.NamespacedAuthDirectory);
        Assert.Null(conf.GlobalAuthFile);
        Assert.False(conf.ReloadsRegistries);
    }

    [Fact]
    public void Every_file_counts_in_lexical_order_and_the_last_one_wins()
    {
        using var node = new NodeTree()
            .With(
                "/etc/crio/crio.conf",
                "[crio]\n[crio.image]\nglobal_auth_file = \"/main.json\"\nnamespaced_auth_dir = \"/main\"\n")
            .With("/etc/crio/crio.conf.d/20-late", "[crio.image]\nnamespaced_auth_dir = '/late' # no .conf needed\n")
            .With(
                "/etc/crio/crio.conf.d/15-sub/x.conf",
                "[ crio.image ] # below\nnamespaced_auth_dir='/sub'\nglobal_auth_file\t=\t\"/sub.json\"\r\n")
            .With(
                "/etc/crio/crio.conf.d/10-early.conf",
                "[crio.image]\nnamespaced_auth_dir = \"/early\"\nglobal_auth_file = \"/early.json\"");

        var conf = CrioConf.Read(node.Root);

        Assert.Equal("/late", conf.NamespacedAuthDirectory);
        Assert.Equal("/sub.json", conf.GlobalAuthFile);
    }

    [Theory]
    [InlineData("[crio]\nimage.namespaced_auth_dir = \"/x\"")]
    [InlineData("crio.image.namespaced_auth_dir = \"/x\"")]
    [InlineData("[crio]\nimage = { namespaced_auth_dir = \"/x\" }")]
    [InlineData("crio = { image.namespaced_auth_dir = \"/x\" }")]
    [InlineData("[crio.\"image\"]\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("[ \"crio\" . 'image' ]\n\"namespaced_auth_dir\" = '''/x'''")]
    [InlineData("[Crio.Image]\nNamespaced_Auth_Dir = \"/x\"")]
    [InlineData("[crio.image]\nNAMESPACED_AUTH_DIR = \"/y\"\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("\uFEFF[crio.image]\r\nnamespaced_auth_dir = \"/x\"\r\n")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"\\u002fx\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"\"\"\\\n  /x\"\"\"")]
    [InlineData("[crio.image]\na = \"\"\"one line\"\"\"\nb = '''\n[crio]\n'''\nnamespaced_auth_dir = \"/x\"")]
    public void It_is_read_as_toml_into_the_fields_of_a_go_struct(string toml)
    {
        using var node = new NodeTree().With("/etc/crio/crio.conf", toml);

        var conf = CrioConf.Read(node.Root);

        Assert.Empty(conf.Faults);
        Assert.Equal("/x", conf.NamespacedAuthDirectory);
    }

    [Theory]
    [InlineData("namespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.runtime]\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\n[crio.network]\nnamespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\n# namespaced_auth_dir = \"/x\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir_other = \"/x\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"relative\"")]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"\"")]
    [InlineData("[crio.image]\nother = \"\"\"\nnamespaced_auth_dir = \"/x\"\n\"\"\"")]
    [InlineData("[crio.image]\nother = '''\nnamespaced_auth_dir = \"/x\"\n'''")]
    public void What_is_strange_or_elsewhere_leaves_the_default(string toml)
    {
        using var node = new NodeTree().With("/etc/crio/crio.conf", toml);

        Assert.Equal(CrioConf.DefaultNamespacedAuthDirectory, CrioConf.Read(node.Root).NamespacedAuthDirectory);
    }

    [Theory]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x", 2)]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x\" y", 2)]
    [InlineData("[crio.image]\nnamespaced_auth_dir = /x", 2)]
    [InlineData("[crio.image]\nnamespaced_auth_dir", 2)]
    [InlineData("[crio.image", 1)]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x\"\n[crio.image]", 3)]
    [InlineData("[crio.image]\nnamespaced_auth_dir = \"/x\"\nglobal_auth_file = false", 1)]
    [InlineData("crio = \"/x\"", 1)]
    public void A_file_that_cri_o_does_not_start_with_counts_not_at_all_and_is_named(string toml, int line)
    {
        using var node = new NodeTree()
            .With("/etc/crio/crio.conf", "[crio.image]\nnamespaced_auth_dir = \"/before\"")
            .With("/etc/crio/crio.conf.d/50", toml);

        var conf = CrioConf.Read(node.Root);

        Assert.Equal("/before", conf.NamespacedAuthDirectory);
        Assert.StartsWith($"/etc/crio/crio.conf.d/50 line {line}: ", Assert.Single(conf.Faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("global_auth_file = \"\"", "")]
    [InlineData("# global_auth_file = \"\"", "/main.json")]
    [InlineData("global_auth_file = \"relative.json\"", "/relative.json")]
    public void An_empty_value_takes_an_earlier_one_back(string dropIn, string expected)
    {
        using var node = new NodeTree()
            .With("/etc/crio/crio.conf", "[crio.image]\nglobal_auth_file = \"/main.json\"")
            .With("/etc/crio/crio.conf.d/50", $"[crio.image]\n{dropIn}\n");

        var conf = CrioConf.Read(node.Root);

        Assert.Equal(expected, conf.GlobalAuthFile);
    }

    [Theory]
    [InlineData("--config=/opt/c --config-dir=/opt/d", "", "/d", "/c.json")]
    [InlineData("-c /opt/c -d /opt/d", "", "/d", "/c.json")]
    [InlineData("", "CONTAINER_CONFIG=/opt/c CONTAINER_CONFIG_DIR=/opt/d", "/d", "/c.json")]
    [InlineData("--config /opt/c", "CONTAINER_CONFIG=/opt/none", "/etc/crio/auth", "/c.json")]
    [InlineData("--config= --config-dir=/opt/d", "", "/d", null)]
    [InlineData("--config-dir=/opt/d --namespaced-auth-dir=/flag --global-auth-file=", "", "/flag", "")]
    [InlineData("", "CONTAINER_NAMESPACED_AUTH_DIR=/var CONTAINER_GLOBAL_AUTH_FILE=/var.json", "/var", "/var.json")]
    public void The_cri_o_that_runs_says_where_its_files_are_and_wins_over_them(
        string flags, string variables, string directory, string? file)
    {
        foreach (var hasUnit in (bool[])[true, false])
        {
            using var node = new NodeTree()
                .With("/opt/c", "[crio.image]\nglobal_auth_file = \"/c.json\"")
                .With("/opt/d/1", "[crio.image]\nnamespaced_auth_dir = \"/d\"")
                .With("/proc/77/comm", "bash\n").With("/proc/77/cmdline", "crio\0--config=/opt/none\0")
                .With("/proc/99/comm", "crio\n").With("/proc/99/cmdline", $"/usr/bin/crio\0{flags.Replace(' ', '\0')}\0")
                .With("/proc/99/environ", variables.Replace(' ', '\0'));
            if (hasUnit)
            {
                node.With("/sys/fs/cgroup/system.slice/crio.service/cgroup.procs", "77\n99\n");
            }

            var conf = CrioConf.Read(node.Root);

            Assert.Equal(directory, conf.NamespacedAuthDirectory);
            Assert.Equal(file, conf.GlobalAuthFile);
        }
    }

    /// <summary>Root's logins are where CRI-O's own environment says. Its unit may be in any slice, and have any name.</summary>
    [Theory]
    [InlineData("system.slice/crio.service")]
    [InlineData("podruntime.slice/crio.service")]
    [InlineData("system.slice/container-engine.service")]
    public void The_cri_o_that_runs_says_where_the_logins_of_root_are(string unit)
    {
        using var node = new NodeTree()
            .With($"/sys/fs/cgroup/{unit}/cgroup.procs", "99\n")
            .With("/proc/99/comm", "crio\n").With("/proc/99/cmdline", "/usr/bin/crio\0")
            .With("/proc/99/environ", "HOME=/var/roothome\0XDG_RUNTIME_DIR=/run/crio\0");

        var crio = CrioConf.Read(node.Root);

        Assert.Equal(
            ["/run/crio/containers/auth.json", "/var/roothome/.config/containers/auth.json", "/var/roothome/.docker/config.json",
                "/var/roothome/.dockercfg", "/var/lib/kubelet/config.json"],
            NodeAuthFiles.Find(null, crio.GlobalAuthFile, crio.Variable, new NodeFiles(node.Root)).Select(file => file.Path));
        Assert.Null(crio.Variable("DOCKER_CONFIG"));
    }

    /// <summary>Pods may name their programs as they like.</summary>
    [Theory]
    [InlineData("/proc/99/status", "Name:\tcrio\nUid:\t1000\t1000\t1000\t1000\n")]
    [InlineData("/proc/99/status", "Name:\tcrio\nUid:\t1000\t0\t0\t0\n")]
    [InlineData("/proc/99/status", "Name:\tcrio\nUid:\t0\t1000\t0\t0\n")]
    [InlineData("/proc/99/status", "Name:\tcrio\nUid:\t0\t0\t1000\t0\n")]
    [InlineData("/proc/99/status", "Name:\tcrio\nUid:\t0\t0\t0\t1000\n")]
    [InlineData("/proc/99/cgroup", "0::/kubepods.slice/kubepods-pod1.slice/crio-1.scope\n")]
    [InlineData("/proc/99/cgroup", "0::/kubepods/burstable/pod1/1\n")]
    [InlineData("/proc/99/cgroup", "0::/system.slice/crio-1.scope\n")]
    [InlineData("/proc/99/cgroup", "0::/machine.slice/libpod-1.scope\n")]
    [InlineData("/proc/99/cgroup", "0::/system.slice/docker-1.scope\n")]
    public void A_process_that_is_none_of_the_node_says_nothing(string file, string content)
    {
        using var node = new NodeTree()
            .With("/proc/99/comm", "crio\n").With("/proc/99/cmdline", "crio\0--namespaced-auth-dir=/tmp/x\0").With(file, content);

        Assert.Equal(CrioConf.DefaultNamespacedAuthDirectory, CrioConf.Read(node.Root).NamespacedAuthDirectory);
    }

    /// <summary>A container has namespaces of its own, whatever its control group is called.</summary>
    [Theory]
    [InlineData("pid")]
    [InlineData("user")]
    public void A_process_in_a_namespace_of_its_own_says_nothing(string space)
    {
        using var node = new NodeTree()
            .With("/proc/99/comm", "crio\n").With("/proc/99/cmdline", "crio\0--namespaced-auth-dir=/of/crio\0");
        foreach (var shared in (string[])["pid", "user"])
        {
            node.With($"/proc/1/ns/{shared}", "");
            Directory.CreateDirectory($"{node.Root}/proc/99/ns");
            File.CreateSymbolicLink($"{node.Root}/proc/99/ns/{shared}", $"{node.Root}/proc/1/ns/{shared}");
        }

        Assert.Equal("/of/crio", CrioConf.Read(node.Root).NamespacedAuthDirectory);

        File.Delete($"{node.Root}/proc/99/ns/{space}");
        node.With($"/proc/99/ns/{space}", "");
        Assert.Equal("/etc/crio/auth", CrioConf.Read(node.Root).NamespacedAuthDirectory);
    }
}
