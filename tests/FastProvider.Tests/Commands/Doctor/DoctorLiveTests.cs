using System.Runtime.InteropServices;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Journal;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>Doctor as root of the node itself: it asks the kubelet and CRI-O for their versions, and the API server.</summary>
public sealed class DoctorLiveTests
{
    private const string Audience = "https://kubernetes.default.svc.cluster.local";
    private const string Review = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    [Fact]
    public async Task A_node_in_good_order_has_no_problem()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.AllowNodesAudience(Audience);
        using var node = await NodeAsync(server);

        var findings = await CheckAsync(node);

        Assert.Empty(findings.Of("problem"));
        Assert.Equal(0, findings.ExitCode);
        findings.Has("kubelet-version", "ok", "v1.36.2");
        findings.Has("crio-version", "ok", "1.35.0");
        findings.Has("provider-binary", "ok", "is fast-provider 0.");
        findings.Has("openssl", "ok", "libssl");
        findings.Has("api-server", "ok", $"127.0.0.1:{server.Port}");
        findings.Has("clock", "ok", "agrees");
        findings.Has("node-identity", "ok", "system:node:node1");
        findings.Has("audience-rbac", "ok", Audience);
        // Nothing of systemd is in there.
        findings.Has("journal", "warning", "nobody listens");
        findings.Has("kubelet", "warning", "does not run");
        findings.Has("crio", "warning", "does not run");
        Assert.Equal([Review], server.Requests.All.Select(r => r.Path));
    }

    [Fact]
    public async Task Whether_a_namespace_may_read_a_shared_Secret_is_asked_of_RBAC()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.AllowNodesAudience(Audience).AllowGetToGroup("platform", "team-a", "mirrors");
        using var node = await NodeAsync(
            server, provider: "    args: [\"--shared-secrets=platform/mirrors,platform/others\"]");

        var unasked = await CheckAsync(node);
        var findings = new Findings(await node.RunAsync("doctor", "--output", "json", "--namespace", "team-a"));

        new Findings(await node.RunAsync(
            "doctor", "--output", "json", "--namespace", "team-c", "--service-account", "app")).Has(
            "shared-secrets", "note", "ServiceAccount team-c/app may not get platform/mirrors, platform/others");
        unasked.Has("shared-secrets", "note", "pulls ask for platform/mirrors, platform/others");
        server.Cluster.AllowGetToGroup("platform", "team-b", "mirrors", "others");
        new Findings(await node.RunAsync("doctor", "--output", "json", "--namespace", "team-b"))
            .Has("shared-secrets", "ok", "ServiceAccount team-b/default may get platform/mirrors, platform/others");
        findings.Has(
            "shared-secrets", "note", "ServiceAccount team-a/default may get platform/mirrors, and not platform/others");
        Assert.All(server.Requests.All, r => Assert.Equal("system:node:node1", r.User));
        Assert.DoesNotContain(server.Requests.All, r => r.Path.Contains("secrets", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_an_answer_about_a_shared_Secret_kubectl_is_named()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.When(r => r.Path.EndsWith("/subjectaccessreviews", StringComparison.Ordinal), Respond.Synthesised(403));
        using var node = await NodeAsync(server, provider: "    args: [\"--shared-secrets=platform/mirrors\"]");

        var findings = new Findings(await node.RunAsync("doctor", "--output", "json", "--namespace", "team-a"));

        findings.Has("shared-secrets", "unknown", "(status 403)");
    }

    [Fact]
    public async Task Nodes_that_may_not_ask_for_tokens_are_a_problem()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Cluster.AllowNodesAudience("https://another");
        using var node = await NodeAsync(server);

        (await CheckAsync(node)).Has("audience-rbac", "problem", "fast-provider generate rbac");
    }

    [Theory]
    [InlineData(
        "Kubernetes v1.32.1", "crio version 1.32.0\nGitCommit: 1", "no ServiceAccount tokens to credential providers",
        "no auth file of a namespace")]
    [InlineData("Kubernetes v1.33.5", "crio version 1.34.2", "KubeletServiceAccountTokenForCredentialProviders", "1.34.3")]
    public async Task Old_programs_are_problems(string kubelet, string crio, string kubeletText, string crioText)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server, kubelet, crio);

        var findings = await CheckAsync(node);

        findings.Has("kubelet-version", "problem", kubeletText);
        findings.Has("crio-version", "problem", crioText);
    }

    [Fact]
    public async Task Private_images_of_an_older_kubelet_are_open_by_default()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server, "Kubernetes v1.34.1");

        (await CheckAsync(node)).Has("feature-gates", "note", "off by default before Kubernetes 1.35");
    }

    [Fact]
    public async Task A_program_that_says_nothing_of_its_version_is_unknown()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server, "no version", "");

        var findings = await CheckAsync(node);

        findings.Has("kubelet-version", "unknown", "kubelet --version");
        findings.Has("crio-version", "unknown", "crio --version");
    }

    [Theory]
    [InlineData(0, "clock", "ok", "agrees")]
    [InlineData(9, "clock", "ok", "behind")]
    [InlineData(-11, "clock", "warning", "11 s ahead of")]
    [InlineData(-60, "clock", "warning", "60 s ahead of")]
    [InlineData(119, "clock", "warning", "behind")]
    [InlineData(-121, "clock", "problem", "121 s ahead of")]
    [InlineData(-3600, "clock", "problem", "3600 s ahead of")]
    [InlineData(86400, "clock", "problem", "behind")]
    public async Task The_clock_is_compared_with_the_api_servers(int seconds, string id, string level, string text)
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(
            exchange => Respond.Body(
                "{}"u8.ToArray(),
                $"Date: {DateTimeOffset.UtcNow.AddSeconds(seconds):R}\r\nContent-Type: application/json\r\n")(exchange));
        using var node = await NodeAsync(server);

        // A second may begin between the two looks at the clock.
        var clock = (await CheckAsync(node)).Has(id, level, "the clock of this node").GetProperty("message").GetString()!;

        Assert.True(
            clock.Contains(text, StringComparison.Ordinal)
                || seconds <= 0 && clock.Contains($"{1 - seconds} s ahead", StringComparison.Ordinal),
            clock);
    }

    [Fact]
    public async Task A_server_that_says_no_time_and_does_not_know_the_review_leaves_them_unknown()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Respond.Body("not json"u8.ToArray()));
        using var node = await NodeAsync(server);

        var findings = await CheckAsync(node);

        findings.Has("clock", "unknown", "what time");
        findings.Has("audience-rbac", "unknown", "kubectl auth can-i");
    }

    [Fact]
    public async Task A_certificate_that_is_not_taken_is_a_problem_of_its_own()
    {
        await using var server = await KubeApiServer.StartAsync();
        server.Script.Always(Respond.Recorded("list-401-garbage-token"));
        using var node = await NodeAsync(server);

        var findings = await CheckAsync(node);

        findings.Has("node-identity", "problem", "system:node:node1");
        Assert.DoesNotContain("audience-rbac", findings.Ids);
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_another_is_said_in_the_words_of_a_pull()
    {
        await using var stranger = await KubeApiServer.StartAsync(
            new KubeApiServerOptions { Identity = ServerIdentity.OtherAuthority });
        using var node = await NodeAsync(stranger);
        (await CheckAsync(node)).Has("api-server", "problem", "check the address, and the CA");
        Assert.Empty(stranger.Requests.All);

        await stranger.DisposeAsync();
        (await CheckAsync(node)).Has("api-server", "problem", "ECONNREFUSED");
    }

    [Fact]
    public async Task What_pulls_give_up_is_said()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        using var off = await NodeAsync(server, provider: "    args: [\"--confine=none\"]");
        using var chain = await NodeAsync(server, provider: "    args: [\"--chain\"]");

        (await CheckAsync(node)).Has("confinement", "ok", "system calls before a byte goes to the API server");
        (await CheckAsync(off)).Has("confinement", "note", "--confine is none");
        (await CheckAsync(chain)).Has("confinement", "ok", "but for those that --chain is for");
    }

    /// <summary>Doctor runs as root, and so would what others have put there.</summary>
    [Theory]
    [InlineData(0, 0b111_101_101, true)]
    [InlineData(65534, 0b111_101_101, false)]
    [InlineData(0, 0b111_111_101, false)]
    [InlineData(0, 0b111_101_111, false)]
    public async Task A_program_that_others_may_change_is_not_asked_for_its_version(uint owner, int mode, bool isAsked)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        foreach (var program in (string[])["/usr/bin/kubelet", "/usr/bin/crio"])
        {
            await File.WriteAllTextAsync(node.PathOf(program), "#!/bin/sh\n: > $0.ran\necho 'Kubernetes v1.36.2'\n");
            Assert.Equal(0, chown(node.PathOf(program), owner, 0));
            File.SetUnixFileMode(node.PathOf(program), (UnixFileMode)mode);
        }

        var findings = await CheckAsync(node);

        Assert.All(["kubelet", "crio"], name => Assert.Equal(isAsked, File.Exists(node.PathOf($"/usr/bin/{name}.ran"))));
        findings.Has("kubelet-version", isAsked ? "ok" : "unknown", isAsked ? "v1.36.2" : "kubelet --version");
    }

    /// <summary>A binary that is several programs goes by the name that it is called by, and by the word behind it.</summary>
    [Theory]
    [InlineData("/usr/bin/kubelet\0--v=2\0", "v1.36.1")]
    [InlineData("/usr/bin/kubelet\0kubelet\0--v=2\0", "v1.36.2")]
    [InlineData("/opt/all-in-one\0kubelet\0--v=2\0", "v1.36.3")]
    public async Task A_kubelet_that_is_one_of_several_programs_is_asked_by_its_own_name(string commandLine, string version)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        var source = Path.Combine(node.Root, "all.c");
        await File.WriteAllTextAsync(source, """
            #include <stdio.h>
            #include <string.h>
            int main(int n, char **a) {
                int is_kubelet = !strcmp(a[0], "/usr/bin/kubelet"), has_word = n > 2 && !strcmp(a[1], "kubelet");
                puts(strcmp(a[n - 1], "--version") ? "not asked" : is_kubelet && has_word ? "Kubernetes v1.36.2"
                    : is_kubelet ? "Kubernetes v1.36.1" : has_word ? "Kubernetes v1.36.3" : "all-in-one v0.0.1");
            }
            """);
        using var compiler = System.Diagnostics.Process.Start("cc", ["-o", node.PathOf("/proc/900/exe"), source]);
        await compiler.WaitForExitAsync();
        Assert.Equal(0, compiler.ExitCode);
        await File.WriteAllTextAsync(node.PathOf("/proc/900/comm"), "kubelet\n");
        await File.WriteAllTextAsync(node.PathOf("/proc/900/cmdline"), commandLine);

        (await CheckAsync(node)).Has("kubelet-version", "ok", version);
    }

    /// <summary>systemd knows of its own reloads alone; CRI-O's journal knows of a signal that somebody sent.</summary>
    [Theory]
    [InlineData(1, "ok")]
    [InlineData(-7200, "problem")]
    public async Task A_reload_by_a_signal_is_found_in_the_journal(int secondsFromNow, string level)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        await RunCrioAsync(node);
        var reloaded = DateTimeOffset.UtcNow.AddSeconds(secondsFromNow).ToUnixTimeSeconds();
        node.Program("/usr/bin/journalctl", "");
        await File.WriteAllTextAsync(node.PathOf("/usr/bin/journalctl"), $"""
            #!/bin/sh
            case "$*" in *_PID=322*) echo '{reloaded}.250000 node1 crio[322]: level=info msg="Applied new registry configuration: x"' ;; esac

            """);

        (await CheckAsync(node)).Has("crio-reload", level, level == "ok" ? "since its last change" : "systemctl reload crio");
    }

    [Theory]
    [InlineData("kubelet", 10, "kubelet-version", "unknown", "kubelet --version")]
    [InlineData("crio", 10, "crio-version", "unknown", "crio --version")]
    [InlineData("journalctl", 5, "crio-reload", "problem", "systemctl reload crio")]
    [InlineData("systemctl", 5, "crio-reload", "problem", "systemctl reload crio")]
    [InlineData("api-server", 10, "api-server", "problem", "did not answer in time")]
    public async Task Who_is_asked_and_silent_is_given_seconds(string who, int seconds, string id, string level, string text)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        using var clock = NodeClock.Standing();
        clock.Patience = TimeSpan.FromSeconds(2);
        node.Clock = clock;
        if (who == "api-server")
        {
            server.Script.Always(Respond.Never());
        }
        else
        {
            node.Program($"/usr/bin/{who}", "");
            await File.WriteAllTextAsync(node.PathOf($"/usr/bin/{who}"), "#!/bin/sh\nkill -STOP $$\n");
        }

        if (who.EndsWith("ctl", StringComparison.Ordinal))
        {
            await RunCrioAsync(node);
        }

        Findings? findings = null;
        var waited = await clock.WaitedAsync(async () => findings = await CheckAsync(node));

        Assert.Equal(TimeSpan.FromSeconds(seconds), waited);
        findings!.Has(id, level, text);
    }

    /// <summary>Whoever installs is told the truth of this node's kubelet.</summary>
    [Theory]
    [InlineData("fast-provider", "no entry of /etc/kubernetes/fast-provider.yaml is named fast-provider")]
    [InlineData("crio-credential-provider", "the kubelet runs it for every pull from now on")]
    public async Task An_installation_says_whether_the_kubelet_runs_it(string name, string text)
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        const string installed = "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider";
        File.Copy(Plugin.Binary, node.PathOf("/opt/new"));
        await File.AppendAllTextAsync(node.PathOf("/opt/new"), "new");

        var run = await node.RunAsync("install", "--from", "/opt/new", "--name", name);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.Contains(text, System.Text.Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
        Assert.True(File.Exists(node.PathOf(installed)));
    }

    [Fact]
    public async Task Without_OpenSSL_the_api_server_cannot_be_asked()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        foreach (var library in Directory.GetFiles(node.Root, "libssl.so*", SearchOption.AllDirectories))
        {
            File.Delete(library);
        }

        var findings = await CheckAsync(node);

        findings.Has("openssl", "problem", "libssl.so.3 is not on this node");
        findings.Has("api-server", "unknown", "cannot be asked without libssl");
        Assert.Equal(0, server.Requests.TcpConnections);
    }

    [Fact]
    public async Task A_kubeconfig_without_a_certificate_leaves_the_nodes_identity_unknown()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        File.Delete(
            Path.Combine(Path.GetDirectoryName(node.PathOf("/etc/kubernetes/kubelet.conf"))!, "kubelet-client-current.pem"));

        var findings = await CheckAsync(node);

        findings.Has("node-identity", "unknown", "kubelet-client-current.pem");
        findings.Has("api-server", "ok", "answers");
        Assert.Equal(["system:anonymous"], server.Requests.All.Select(r => r.User));
        Assert.DoesNotContain("audience-rbac", findings.Ids);
    }

    [Fact]
    public async Task A_certificate_that_is_no_nodes_is_a_warning()
    {
        await using var server = await KubeApiServer.StartAsync();
        using var node = await NodeAsync(server);
        var directory = Path.GetDirectoryName(node.PathOf("/etc/kubernetes/kubelet.conf"))!;
        using var admin = server.Certificates.Client("CN=kubernetes-admin");
        var kubeconfig = Kubeconfig.WriteKubeadm(directory, server.Url, server.Certificates.AuthorityPem, admin);
        File.WriteAllText(kubeconfig, File.ReadAllText(kubeconfig).Replace(node.Root, "", StringComparison.Ordinal));

        var findings = await CheckAsync(node);

        findings.Has("node-identity", "warning", "kubernetes-admin");
        Assert.Equal(["kubernetes-admin"], server.Requests.All.Select(r => r.User));
    }

    [Fact]
    public async Task A_journal_that_listens_is_well()
    {
        await using var journald = await Journald.StartAsync();

        var run = await Plugin.RunAsync(
            journald.Inside(Plugin.Binary, ["doctor", "--output", "json"]), [], binary: "/usr/bin/nsenter");

        new Findings(run).Has("journal", "ok", "journald listens");
    }

    [Fact]
    public async Task Who_is_not_root_is_told_what_it_means()
    {
        // Where anybody may run it.
        var directory = Directory.CreateTempSubdirectory("fast-provider-anybody-");
        try
        {
            directory.UnixFileMode = (UnixFileMode)0b111_101_101;
            var program = Path.Combine(directory.FullName, "fast-provider");
            File.Copy(Plugin.Binary, program);
            File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);

            var run = await Plugin.RunAsync(
                ["--reuid=65534", "--regid=65534", "--clear-groups", program, "doctor", "--output", "json"], [],
                binary: "/usr/bin/setpriv");

            new Findings(run).Has("privileges", "unknown", "does not run as root");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>A CRI-O that was started an hour ago.</summary>
    private static async Task RunCrioAsync(ChrootNode node)
    {
        var boot = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        await File.WriteAllTextAsync(node.PathOf("/proc/stat"), $"btime {boot}\n");
        await File.WriteAllTextAsync(node.PathOf("/proc/322/comm"), "crio\n");
        await File.WriteAllTextAsync(node.PathOf("/proc/322/cmdline"), "/usr/bin/crio\0");
        await File.WriteAllTextAsync(
            node.PathOf("/proc/322/stat"), $"322 (crio) S {string.Join(' ', Enumerable.Repeat("0", 18))} 100 0\n");
    }

    private static async Task<Findings> CheckAsync(ChrootNode node) => new(await node.RunAsync("doctor", "--output", "json"));

    /// <summary>A worker of kubeadm, but with the program under the name that a chroot has for it.</summary>
    private static async Task<ChrootNode> NodeAsync(
        KubeApiServer server, string kubelet = "Kubernetes v1.36.2", string crio = "crio version 1.35.0", string provider = "")
    {
        using var files = DoctorNode.Kubeadm()
            .Change(DoctorNode.KubeadmConfig, "name: fast-provider", "name: crio-credential-provider")
            .Change(DoctorNode.KubeadmConfig, "defaultCacheDuration: \"0s\"", $"defaultCacheDuration: \"0s\"\n{provider}");
        var node = await ChrootNode.CreateAsync();
        node.Copy(files.Root);
        node.Program("/usr/bin/kubelet", kubelet);
        node.Program("/usr/bin/crio", crio);
        var directory = Path.GetDirectoryName(node.PathOf("/etc/kubernetes/kubelet.conf"))!;
        var kubeconfig = server.WriteKubeconfig(directory);
        File.WriteAllText(kubeconfig, File.ReadAllText(kubeconfig).Replace(node.Root, "", StringComparison.Ordinal));
        return node;
    }

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int chown(string path, uint owner, uint group);
}
