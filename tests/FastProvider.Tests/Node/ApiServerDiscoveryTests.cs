using System.Text;
using FastProvider.Base;
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

        var server = Found(node.Find());

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
            .With("/custom/kubelet.conf", SampleKubeconfigs.OpenShift)
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        var server = Found(node.Find());

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
            .With("/custom/kubelet.conf", SampleKubeconfigs.OpenShift)
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        Assert.Equal("10.0.0.10", Found(node.Find()).Url.Host);
    }

    [Theory]
    [InlineData("/var/lib/rancher/k3s", "k3s-agent", "/usr/local/bin/k3s agent")]
    [InlineData("/var/lib/rancher/k3s", "k3s-server", "/usr/local/bin/k3s", "server")]
    [InlineData("/var/lib/rancher/rke2", "rke2", "/usr/local/bin/rke2", "agent")]
    [InlineData("/data/k3s", "k3s-agent", "/usr/local/bin/k3s", "agent", "--data-dir", "/data/k3s/")]
    [InlineData("/data/k3s", "k3s", "/usr/local/bin/k3s", "agent", "--data-dir=/data/k3s")]
    public void A_distribution_that_is_its_own_kubelet_leads_to_its_data_directory(
        string data, string comm, params string[] commandLine)
    {
        using var node = new NodeTree().WithParent(comm, commandLine)
            .With(data + "/agent/kubelet.kubeconfig", SampleKubeconfigs.K3s)
            .With("/var/lib/rancher/k3s/agent/server-ca.crt", NodeTree.Pem)
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        Assert.Equal(6444, Found(node.Find()).Url.Port);
    }

    [Fact]
    public void A_file_that_the_parent_names_must_be_there()
    {
        using var node = new NodeTree().WithParent("kubelet", "kubelet", "--kubeconfig=/gone")
            .With(KubeconfigPlaces.Kubeadm, SampleKubeconfigs.Kubeadm());

        var message = Refused(node.Find());

        Assert.Contains("/gone does not exist", message);
        Assert.Contains("named by the parent kubelet", message);
    }

    [Fact]
    public void Both_flags_need_no_kubeconfig_not_even_a_whole_one()
    {
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem).With(KubeconfigPlaces.Kubeadm, "&broken");

        var server = Found(node.Find("https://[FD00::1]/base/", "/ca.pem"));

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

        var byAuthority = Found(node.Find(authority: "/ca.pem", kubeconfig: "/k.json"));
        Assert.Equal(other, Encoding.UTF8.GetString(byAuthority.CertificateAuthorityPem.Span));
        Assert.Equal("right.example.com", byAuthority.Url.Host);
        Assert.Equal("kubernetes", byAuthority.TlsServerName);

        var byAddress = Found(node.Find(apiServer: "https://Vip.example.com:8443", kubeconfig: "/k.json"));
        Assert.Equal(NodeTree.Pem, Encoding.UTF8.GetString(byAddress.CertificateAuthorityPem.Span));
        Assert.Equal("vip.example.com", byAddress.TlsServerName);
        Assert.Equal("vip.example.com:8443", byAddress.Url.Authority);
    }

    [Theory]
    [InlineData(
        "KUBERNETES_SERVICE_HOST='api-int.ocp.example.com'\nKUBERNETES_SERVICE_PORT='6443'\n", "api-int.ocp.example.com:6443")]
    [InlineData("# comment\nexport KUBERNETES_SERVICE_HOST=\"10.1.2.3\"\r\nKUBERNETES_SERVICE_PORT=443", "10.1.2.3")]
    [InlineData("KUBERNETES_SERVICE_HOST=fd00::1\nKUBERNETES_SERVICE_PORT=6443", "[fd00::1]:6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=h\n", "h")]
    public void OpenShifts_env_file_gives_the_address_if_nothing_else_does(string env, string authority)
    {
        using var node = new NodeTree().With(ApiServerUrlEnv.Path, env).With("/ca.pem", NodeTree.Pem);

        Assert.Equal(authority, Found(node.Find(authority: "/ca.pem")).Url.Authority);
        Assert.Contains("CA was not found", Refused(node.Find()));
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST=h/x\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=h\nKUBERNETES_SERVICE_PORT=6443/x")]
    [InlineData("KUBERNETES_SERVICE_HOST=h:1\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=user@h\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=a..b\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST='h\nKUBERNETES_SERVICE_PORT=6443")]
    [InlineData("KUBERNETES_SERVICE_HOST=h # c\nKUBERNETES_SERVICE_PORT=6443")]
    public void An_env_file_that_gives_no_host_and_port_is_refused(string env)
    {
        using var node = new NodeTree().With(ApiServerUrlEnv.Path, env).With("/ca.pem", NodeTree.Pem);

        Assert.StartsWith(ApiServerUrlEnv.Path + " gives no valid", Refused(node.Find(authority: "/ca.pem")));
    }

    [Fact]
    public void A_dot_at_the_end_of_a_name_is_the_resolvers_and_no_part_of_the_certificates()
    {
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem);

        var server = Found(node.Find("https://Api.example.com.:6443", "/ca.pem"));

        Assert.Equal("api.example.com.", server.Url.Host);
        Assert.Equal("api.example.com", server.TlsServerName);
    }

    [Theory]
    [InlineData("https://h/k8s/clusters/c-1/", "/k8s/clusters/c-1")]
    [InlineData("https://h/", "")]
    [InlineData("https://h", "")]
    [InlineData("https://h?timeout=32s#x", "")]
    [InlineData("https://h/a?b/c", "/a")]
    [InlineData("https://h//a///b", "/a/b")]
    [InlineData("https://h/a/../b/./c/..", "/b")]
    [InlineData("https://h/../../a", "/a")]
    [InlineData("https://h/a%2Fb", "/a/b")]
    [InlineData("https://h/%2e%2e/a%41", "/aA")]
    [InlineData("https://h/a b(c)\u00e9", "/a%20b%28c%29%C3%A9")]
    [InlineData("https://h/a%25%3f%23", "/a%25%3F%23")]
    [InlineData("https://h/~c;d=e,f:g@h$&+", "/~c;d=e,f:g@h$&+")]
    public void A_path_becomes_what_client_go_makes_of_it(string url, string expected)
    {
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem);

        Assert.Equal(expected, Found(node.Find(url, "/ca.pem")).Url.BasePath);
    }

    [Fact]
    public void A_dot_at_the_end_of_tls_server_name_is_in_no_certificate_either()
    {
        var kubeconfig = SampleKubeconfigs.Kubeadm().Replace(
            "    server:", "    tls-server-name: Kubernetes.default.\n    server:", StringComparison.Ordinal);
        using var node = new NodeTree().With("/k", kubeconfig);

        Assert.Equal("Kubernetes.default", Found(node.Find(kubeconfig: "/k")).TlsServerName);
    }

    [Fact]
    public void Nothing_found_names_the_places_and_the_flags()
    {
        using var node = new NodeTree();

        var message = Refused(node.Find());

        foreach (var place in KubeconfigPlaces.All)
        {
            Assert.Contains(place, message);
        }

        Assert.Contains(ApiServerUrlEnv.Path, message);
        Assert.Contains("--kubeconfig, or --api-server and --certificate-authority", message);
    }

    [Theory]
    [InlineData("http://api.example.com", "in clear")]
    [InlineData("api.example.com:6443", "no https URL, for want of https:// before it: https://api.example.com:6443 is needed")]
    [InlineData("[fd00::1]:6443", "https://[fd00::1]:6443 is needed")]
    [InlineData("ftp://api.example.com", "no https URL: https://HOST:PORT is needed")]
    [InlineData("https://", "no valid host")]
    [InlineData("https://a b", "no valid host")]
    [InlineData("https:// api.example.com", "no valid host")]
    [InlineData(" https://api.example.com", "no https URL")]
    [InlineData("https://api.example.com ", "no valid host")]
    [InlineData("https:/api.example.com", "no https URL")]
    [InlineData("https:\\\\api.example.com", "no https URL")]
    [InlineData("https:///api.example.com", "no valid host")]
    [InlineData("https://a..b", "no valid host")]
    [InlineData("https://.a", "no valid host")]
    [InlineData("https://a..", "no valid host")]
    [InlineData("https://.", "no valid host")]
    [InlineData("https://-a.example.com", "no valid host")]
    [InlineData("https://a-.example.com", "no valid host")]
    [InlineData("https://api\u0001.example.com", "no valid host")]
    [InlineData("https://api\t.example.com", "no valid host")]
    [InlineData("https://api\u0085.example.com", "no valid host")]
    [InlineData("https://\u0430pi.example.com", "no valid host")]
    [InlineData("https://api%2eexample.com", "no valid host")]
    [InlineData("https://api.example.com\\@evil.example.com", "has a user")]
    [InlineData("https://api.example.com\\.evil.example.com", "no valid host")]
    [InlineData("https://@api.example.com", "has a user")]
    [InlineData("https://1", "no valid host")]
    [InlineData("https://127.1", "no valid host")]
    [InlineData("https://0x7f.0.0.1", "no valid host")]
    [InlineData("https://0x7f000001", "no valid host")]
    [InlineData("https://010.0.0.1", "no valid host")]
    [InlineData("https://256.0.0.1", "no valid host")]
    [InlineData("https://1.2.3.4.5", "no valid host")]
    [InlineData("https://1.2.3.4.", "no valid host")]
    [InlineData("https://a.0x10", "no valid host")]
    [InlineData("https://::1", "no valid host")]
    [InlineData("https://[]", "no valid host")]
    [InlineData("https://[::1]x", "no valid host")]
    [InlineData("https://[::1]]:1", "no valid host")]
    [InlineData("https://[::1%eth0]", "no valid host")]
    [InlineData("https://[::1\u0000]", "no valid host")]
    [InlineData("https://[v1.x]", "no valid host")]
    [InlineData("https://api.example.com:", null)]
    [InlineData("https://api.example.com:+1", "no valid host and port")]
    [InlineData("https://api.example.com:1:2", "no valid host and port")]
    [InlineData("https://api.example.com: 1", "no valid host and port")]
    [InlineData("https://api.example.com/a b", null)]
    [InlineData("https://api.example.com/a\"b", null)]
    [InlineData("https://api.example.com/a\\b", null)]
    [InlineData("https://api.example.com/a<b>", null)]
    [InlineData("https://api.example.com/a%2", "a character")]
    [InlineData("https://api.example.com/a%zz", "a character")]
    [InlineData("https://api.example.com/a%0a", "a character")]
    [InlineData("https://api.example.com/%ff", "a character")]
    [InlineData("https://api.example.com/%41", null)]
    [InlineData("https://api.example.com//a", null)]
    [InlineData("https://api.example.com/a/../b", null)]
    [InlineData("https://api.example.com/.", null)]
    [InlineData("https://api.example.com/..a/.b/~c;d=e,f:g@h//", null)]
    [InlineData("https://a_b.example-1.com.:6443/k8s/clusters/c-1/", null)]
    [InlineData("https://1a.2b.c3", null)]
    [InlineData("https://10.0.0.1:6443", null)]
    [InlineData("HTTPS://[::FFFF:10.0.0.1]:6443", null)]
    [InlineData("https://api.example.com:0", "no valid host and port")]
    [InlineData("https://api.example.com:65536", "no valid host and port")]
    [InlineData("https://api.example.com:99999999999999999999", "no valid host and port")]
    [InlineData("https://[::1", "no valid host")]
    [InlineData("https://[::1%25eth0]", "no valid host")]
    [InlineData("https://[10.0.0.1]", "no valid host")]
    [InlineData("https://user:hunter2@api.example.com", "has a user")]
    [InlineData("https://api.example.com?x=1", null)]
    [InlineData("https://api.example.com/a#b", null)]
    [InlineData("https://api.example.com/a\nb", "a character")]
    public void A_bad_url_is_refused_in_the_flag_and_in_the_kubeconfig(string url, string? expected)
    {
        var quoted = string.Concat(url.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? $"\\x{(int)c:x2}" : $"{c}"));
        using var node = new NodeTree().With("/ca.pem", NodeTree.Pem).With("/k", SampleKubeconfigs.Kubeadm($"\"{quoted}\""));
        if (expected is null)
        {
            Found(node.Find(url, "/ca.pem"));
            Found(node.Find(kubeconfig: "/k"));
            return;
        }

        var flag = node.Find(url, "/ca.pem");
        Assert.Contains(expected, Refused(flag));
        Assert.Equal(Failure.WrongUsage, flag.Failure!.ExitCode);
        Assert.StartsWith("--api-server ", flag.Failure!.Message);
        var file = node.Find(kubeconfig: "/k");
        var isControl = url.Any(char.IsControl);
        Assert.Contains(isControl ? "server has a control character" : expected, Refused(file));
        Assert.StartsWith(isControl ? "kubeconfig /k line 4" : "server of kubeconfig /k (--kubeconfig) ", file.Failure!.Message);
        Assert.Equal(Failure.PullFailed, file.Failure!.ExitCode);
        Assert.DoesNotContain("hunter2", flag.Failure!.Message + file.Failure!.Message);
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

        var message = Refused(node.Find("https://h", "/ca.pem"));

        Assert.Contains(expected, message);
        Assert.Contains("/ca.pem (--certificate-authority)", message);
        Assert.DoesNotContain("c2VjcmV0", message);
    }

    [Fact]
    public void A_kubeconfig_without_a_CA_does_not_fall_back_to_the_systems()
    {
        using var node = new NodeTree().With("/k", SampleKubeconfigs.Kubeadm().Replace("certificate-authority-data", "x"));

        Assert.Contains(
            "names no certificate-authority; set --certificate-authority", Refused(node.Find(kubeconfig: "/k")));
    }

    private static ApiServerTarget Found(Result<ApiServerTarget> found)
    {
        Assert.Null(found.Failure?.Message);
        Assert.NotNull(found.Value);
        return found.Value;
    }

    private static string Refused(Result<ApiServerTarget> found)
    {
        Assert.Null(found.Value);
        Assert.NotNull(found.Failure);
        Assert.DoesNotContain('\n', found.Failure.Message);
        return found.Failure.Message;
    }
}
