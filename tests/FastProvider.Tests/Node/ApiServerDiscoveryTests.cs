using System.Text;
using FastProvider.Node;

namespace FastProvider.Tests.Node;

public class ApiServerDiscoveryTests
{
    [Theory]
    [InlineData(KubeconfigPlaces.Kubeadm)]
    [InlineData(KubeconfigPlaces.OpenShift)]
    [InlineData(KubeconfigPlaces.MicroShift)]
    [InlineData("/var/lib/rancher/k3s/agent/kubelet.kubeconfig")]
    [InlineData("/var/lib/rancher/rke2/agent/kubelet.kubeconfig")]
    public void Each_usual_place_is_enough(string place)
    {
        using var node = new NodeTree().With(place, SampleKubeconfigs.Kubeadm()).WithParent("bash", "bash");

        var server = Found(node.Find(out var found), found);

        Assert.Equal("10.0.0.10", server.Url.Host);
        Assert.Equal("10.0.0.10", server.TlsServerName);
        Assert.Equal(6443, server.Url.Port);
        Assert.Equal(NodeTree.Pem, Encoding.UTF8.GetString(server.CertificateAuthorityPem.Span));
        Assert.Equal("/var/lib/kubelet/pki/kubelet-client-current.pem", server.ClientKey?.File);
        Assert.Contains(place, server.UrlOrigin);
        Assert.Contains(place, server.CertificateAuthorityOrigin);
    }

    [Theory]
    [InlineData("kubelet", "/usr/bin/kubelet", "--v=2", "--kubeconfig=/custom/kubelet.conf")]
    [InlineData("kubelet", "/usr/bin/kubelet", "--kubeconfig", "/custom/kubelet.conf", "--v=2")]
    [InlineData("kubelet", "/usr/bin/kubelet", "--kubeconfig=/old", "--kubeconfig=/custom/kubelet.conf", "--", "--kubeconfig=/x")]
    [InlineData("wrapped", "/opt/bin/kubelet", "--kubeconfig=/custom/kubelet.conf")]
    [InlineData("kubelet", "/opt/bin/start", "--kubeconfig=/custom/kubelet.conf")]
    [InlineData("hyperkube", "/hyperkube", "kubelet", "--kubeconfig=/custom/kubelet.conf")]
    public void The_parent_kubelets_kubeconfig_beats_the_usual_places(string comm, params string[] commandLine)
    {
        using var node = new NodeTree().WithParent(comm, commandLine)
            .With("/custom/kubelet.conf", SampleKubeconfigs.OpenShift).With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        var server = Found(node.Find(out var found), found);

        Assert.Equal("api-int.ocp.example.com", server.Url.Host);
        Assert.Contains("named by the parent kubelet", server.UrlOrigin);
    }

    [Theory]
    [InlineData("bash", "bash", "--kubeconfig=/custom/kubelet.conf")]
    [InlineData("hyperkube", "/hyperkube", "proxy", "--kubeconfig=/custom/kubelet.conf")]
    [InlineData("kubelet", "/usr/bin/kubelet", "--bootstrap-kubeconfig=/custom/kubelet.conf", "--kubeconfig=")]
    public void Others_are_not_believed(string comm, params string[] commandLine)
    {
        using var node = new NodeTree().WithParent(comm, commandLine)
            .With("/custom/kubelet.conf", SampleKubeconfigs.OpenShift).With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        Assert.Equal("10.0.0.10", Found(node.Find(out var found), found).Url.Host);
    }

    [Theory]
    [InlineData("/var/lib/rancher/k3s", "k3s-agent", "/usr/local/bin/k3s agent")]
    [InlineData("/var/lib/rancher/k3s", "k3s-server", "/usr/local/bin/k3s", "server")]
    [InlineData("/var/lib/rancher/rke2", "rke2", "/usr/local/bin/rke2", "agent")]
    [InlineData("/data/k3s", "k3s-agent", "/usr/local/bin/k3s", "agent", "--data-dir", "/data/k3s/")]
    [InlineData("/data/k3s", "k3s", "/usr/local/bin/k3s", "agent", "--data-dir=/data/k3s")]
    public void A_distribution_that_is_its_own_kubelet_leads_to_its_data_directory(string data, string comm, params string[] commandLine)
    {
        using var node = new NodeTree().WithParent(comm, commandLine)
            .With(data + "/agent/kubelet.kubeconfig", SampleKubeconfigs.K3s)
            .With("/var/lib/rancher/k3s/agent/server-ca.crt", NodeTree.Pem)
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        Assert.Equal(6444, Found(node.Find(out var found), found).Url.Port);
    }

    [Fact]
    public void A_file_that_the_parent_names_must_be_there()
    {
        using var node = new NodeTree().WithParent("kubelet", "kubelet", "--kubeconfig=/gone")
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        var message = Refused(node.Find(out _));

        Assert.Contains("/gone does not exist", message);
        Assert.Contains("named by the parent kubelet", message);
    }

    [Fact]
    public void Both_flags_need_no_kubeconfig_not_even_a_whole_one()
    {
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem).With(KubeconfigPlaces.Kubeadm, "&broken");

        var server = Found(node.Find(out var found, "https://[FD00::1]/base/", "/ca.pem"), found);

        Assert.Equal("fd00::1", server.Url.Host);
        Assert.Equal(443, server.Url.Port);
        Assert.Equal("/base", server.Url.BasePath);
        Assert.Equal("[fd00::1]", server.Url.Authority);
        Assert.Equal("--api-server", server.UrlOrigin);
        Assert.Equal("--certificate-authority", server.CertificateAuthorityOrigin);
        Assert.Null(server.ClientCertificate);
    }

    [Fact]
    public void A_flag_overrides_its_part_alone()
    {
        const string other = "-----BEGIN CERTIFICATE-----\nT1RIRVI=\n-----END CERTIFICATE-----\n";
        using var node = new NodeTree().With("/ca.pem", other).With("/k.json", SampleKubeconfigs.Json);

        var byAuthority = Found(node.Find(out var found, authority: "/ca.pem", kubeconfig: "/k.json"), found);
        Assert.Equal(other, Encoding.UTF8.GetString(byAuthority.CertificateAuthorityPem.Span));
        Assert.Equal("right.example.com", byAuthority.Url.Host);
        Assert.Equal("kubernetes", byAuthority.TlsServerName);

        var byAddress = Found(node.Find(out found, apiServer: "https://Vip.example.com:8443", kubeconfig: "/k.json"), found);
        Assert.Equal(NodeTree.Pem, Encoding.UTF8.GetString(byAddress.CertificateAuthorityPem.Span));
        Assert.Equal("vip.example.com", byAddress.TlsServerName);
        Assert.Equal("vip.example.com:8443", byAddress.Url.Authority);
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST='api-int.ocp.example.com'\nKUBERNETES_SERVICE_PORT='6443'\n", "api-int.ocp.example.com:6443")]
    [InlineData("# comment\nexport KUBERNETES_SERVICE_HOST=\"10.1.2.3\"\r\nKUBERNETES_SERVICE_PORT=443", "10.1.2.3")]
    [InlineData("KUBERNETES_SERVICE_HOST=fd00::1\nKUBERNETES_SERVICE_PORT=6443", "[fd00::1]:6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=h\n", "h")]
    public void OpenShifts_env_file_gives_the_address_if_nothing_else_does(string env, string authority)
    {
        using var node = new NodeTree().With(ApiServerUrlEnv.Path, env).With("/ca.pem", NodeTree.Pem);

        Assert.Equal(authority, Found(node.Find(out var found, authority: "/ca.pem"), found).Url.Authority);
        Assert.Contains("CA was not found", Refused(node.Find(out _)));
    }

    [Fact]
    public void Nothing_found_names_the_places_and_the_flags()
    {
        using var node = new NodeTree();

        var message = Refused(node.Find(out var found));

        Assert.Null(found);
        foreach (var place in KubeconfigPlaces.All)
        {
            Assert.Contains(place, message);
        }

        Assert.Contains(ApiServerUrlEnv.Path, message);
        Assert.Contains("--kubeconfig, or --api-server and --certificate-authority", message);
    }

    [Theory]
    [InlineData("http://api.example.com", "in clear")]
    [InlineData("api.example.com:6443", "no https URL")]
    [InlineData("https://", "no valid host")]
    [InlineData("https://a b", "no valid host")]
    [InlineData("https://api.example.com:0", "no valid host and port")]
    [InlineData("https://api.example.com:65536", "no valid host and port")]
    [InlineData("https://api.example.com:99999999999999999999", "no valid host and port")]
    [InlineData("https://[::1", "no valid host")]
    [InlineData("https://[::1%25eth0]", "no valid host")]
    [InlineData("https://[10.0.0.1]", "no valid host")]
    [InlineData("https://user:hunter2@api.example.com", "has a user")]
    [InlineData("https://api.example.com?x=1", "a query")]
    [InlineData("https://api.example.com/a#b", "a fragment")]
    [InlineData("https://api.example.com/a\nb", "a character")]
    public void A_bad_url_is_refused_in_the_flag_and_in_the_kubeconfig(string url, string expected)
    {
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem)
            .With("/k", SampleKubeconfigs.Kubeadm($"\"{url.Replace("\n", "\\n")}\""));

        var flag = node.Find(out _, url, "/ca.pem");
        Assert.Contains(expected, Refused(flag));
        Assert.Equal(Failure.WrongUsage, flag!.ExitCode);
        var file = node.Find(out _, kubeconfig: "/k");
        Assert.Contains(expected, Refused(file));
        Assert.Equal(Failure.PullFailed, file!.ExitCode);
        Assert.DoesNotContain("hunter2", flag.Message + file.Message);
    }

    [Theory]
    [InlineData("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n", "holds no BEGIN CERTIFICATE")]
    [InlineData("", "holds no BEGIN CERTIFICATE")]
    [InlineData(null, "does not exist")]
    public void A_CA_file_must_hold_a_certificate(string? content, string expected)
    {
        using var node = new NodeTree();
        if (content is not null)
        {
            node.With("/ca.pem", content);
        }

        var message = Refused(node.Find(out _, "https://h", "/ca.pem"));

        Assert.Contains(expected, message);
        Assert.Contains("/ca.pem (--certificate-authority)", message);
        Assert.DoesNotContain("c2VjcmV0", message);
    }

    [Fact]
    public void A_kubeconfig_without_a_CA_does_not_fall_back_to_the_systems()
    {
        using var node = new NodeTree().With("/k", SampleKubeconfigs.Kubeadm().Replace("certificate-authority-data", "x"));

        Assert.Contains("names no certificate-authority; set --certificate-authority", Refused(node.Find(out _, kubeconfig: "/k")));
    }

    [Fact]
    public void The_real_parent_is_asked_by_default_and_is_no_kubelet_here()
    {
        Assert.True(File.Exists($"/proc/{ParentKubelet.ParentId}/cmdline"));
        Assert.Null(ParentKubelet.Kubeconfig(new NodeFiles(), ParentKubelet.ParentId, out _));
    }

    private static ApiServerTarget Found(Failure? failure, ApiServerTarget? server)
    {
        Assert.Null(failure?.Message);
        Assert.NotNull(server);
        return server;
    }

    private static string Refused(Failure? failure)
    {
        Assert.NotNull(failure);
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }
}
