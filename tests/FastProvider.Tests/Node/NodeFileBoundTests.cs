using FastProvider.Node;
using FastProvider.Tests.Commands.Doctor;

namespace FastProvider.Tests.Node;

/// <summary>The largest files of a node that are read and the smallest that are not, by numbers of the tests' own.</summary>
public sealed class NodeFileBoundTests
{
    [Theory]
    [InlineData(1_048_576, "/x", null)]
    [InlineData(1_048_577, "/etc/crio/auth", "/etc/crio/crio.conf cannot be read: it is too large")]
    public void A_crio_conf_of_1_MiB(int bytes, string directory, string? fault)
    {
        using var node = new NodeTree()
            .With("/etc/crio/crio.conf", "[crio.image]\nnamespaced_auth_dir = \"/x\"\n#".PadRight(bytes, 'x'));

        var conf = CrioConf.Read(node.Root);

        Assert.Equal(directory, conf.NamespacedAuthDirectory);
        Assert.Equal(fault, conf.Faults.SingleOrDefault());
    }

    /// <summary>CRI-O reads them all. No node has them so deep.</summary>
    [Theory]
    [InlineData(8, "/deep", null)]
    [InlineData(9, "/top", "/etc/crio/crio.conf.d/9/9/9/9/9/9/9/9/9 is more than 8 directories deep")]
    [InlineData(80, "/top", "/etc/crio/crio.conf.d/9/9/9/9/9/9/9/9/9 is more than 8 directories deep")]
    public void A_crio_conf_d_of_8_levels(int levels, string directory, string? fault)
    {
        using var node = new NodeTree()
            .With("/etc/crio/crio.conf.d/1", "[crio.image]\nnamespaced_auth_dir = \"/top\"\n")
            .With(
                $"/etc/crio/crio.conf.d{string.Concat(Enumerable.Repeat("/9", levels))}/x",
                "[crio.image]\nnamespaced_auth_dir = \"/deep\"\n");

        var conf = CrioConf.Read(node.Root);

        Assert.Equal(directory, conf.NamespacedAuthDirectory);
        Assert.Equal(fault, conf.Faults.SingleOrDefault());
    }

    [Theory]
    [InlineData(65_536, null)]
    [InlineData(65_537, "/etc/kubernetes/apiserver-url.env cannot be read: it is too large; set --api-server")]
    public void An_apiserver_url_env_of_64_KiB(int bytes, string? failure)
    {
        const string env = "KUBERNETES_SERVICE_HOST='api-int.example.com'\nKUBERNETES_SERVICE_PORT='6443'\n#";
        using var node = new NodeTree()
            .With("/etc/kubernetes/apiserver-url.env", env.PadRight(bytes, 'x')).With("/ca.pem", NodeTree.Pem);

        Assert.Equal(failure, node.Find(authority: "/ca.pem").Failure?.Message);
    }

    [Theory]
    [InlineData(1_048_576, true)]
    [InlineData(1_048_577, false)]
    public void A_unit_of_1_MiB(int bytes, bool isRead)
    {
        using var node = new NodeTree()
            .With("/usr/lib/systemd/system/some.service", "[Service]\nExecStart=/bin/a\n#".PadRight(bytes, 'x'));

        Assert.Equal(isRead ? "/bin/a" : null, SystemdUnit.Find(new NodeFiles(node.Root), "some.service")?.Arguments[0]);
    }

    [Theory]
    [InlineData(1_048_576, "warning")]
    [InlineData(1_048_577, "ok")]
    public async Task A_record_of_a_pulled_image_of_1_MiB(int bytes, string level)
    {
        using var node = DoctorNode.Kubeadm()
            .With(
                "/var/lib/kubelet/image_manager/pulled/sha256-1",
                """{"kind":"ImagePulledRecord","credentialMapping":{"busybox":{"nodePodsAccessible":true}}}""".PadRight(bytes));

        (await node.CheckAsync()).Has("open-images", level, "image");
    }

    [Fact]
    public async Task A_crio_conf_that_is_not_read_is_told()
    {
        using var node = DoctorNode.Kubeadm().With("/etc/crio/crio.conf.d/99-large.conf", new string('#', 1_048_577));

        (await node.CheckAsync()).Has("crio-conf", "problem", "the provider goes by none of them");
    }
}
