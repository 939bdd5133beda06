namespace FastProvider.Tests.Commands.Doctor;

/// <summary>
/// What cannot be seen from outside is unknown, and no problem; what can be seen is read as the programs read it.
/// </summary>
public sealed class UnseenFlagsTests
{
    private const string
        Unit = "/usr/lib/systemd/system/kubelet.service",
        DropIn = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";
    private const string Bin = "/usr/libexec/kubelet-image-credential-provider-plugins";

    [Theory]
    [InlineData(
        "/bin/bash -c \"exec /usr/bin/kubelet --config=/var/lib/kubelet/config.yaml $$(cat /etc/kubernetes/flags)\"",
        "by a shell")]
    [InlineData("/bin/sh -ec \"/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf $${MORE}\"", "by a shell")]
    [InlineData("/opt/start-kubelet.sh", "by /opt/start-kubelet.sh")]
    [InlineData("/usr/bin/kubelet --kubeconfig=/etc/kubernetes/kubelet.conf", "/usr/bin/kubelet is a script")]
    [InlineData("/opt/run.sh kubelet", "by /opt/run.sh")]
    [InlineData("/opt/run.sh /usr/bin/kubelet --v=2", "by /opt/run.sh")]
    [InlineData("/usr/bin/podman run --name kubelet registry.example.com/kubelet:1", "by /usr/bin/podman")]
    [InlineData("/opt/kubelet --node-labels=%H", "has specifiers")]
    public async Task Flags_that_a_shell_or_a_script_adds_are_unknown(string command, string why)
    {
        using var node = DoctorNode.Kubeadm().Remove(DropIn)
            .With(Unit, $"[Service]\nExecStart={command}\n")
            .With("/usr/bin/kubelet", "#!/bin/sh\nexec /usr/bin/kubelet.real --image-credential-provider-bin-dir=/x \"$@\"\n");

        var findings = await node.CheckAsync();

        findings.Has("provider-config", "unknown", why);
        Assert.Empty(findings.Of("problem"));
        Assert.Equal(0, findings.ExitCode);
    }

    [Fact]
    public async Task Flags_that_stand_in_the_words_of_a_shell_are_seen()
    {
        using var node = DoctorNode.Kubeadm().Remove(DropIn).With(Unit, "[Service]\nExecStart=/bin/bash -c 'exec /usr/bin/kubelet"
            + $" --image-credential-provider-config={DoctorNode.KubeadmConfig}"
            + $" --image-credential-provider-bin-dir={Bin} $(cat /x)'\n");

        (await node.CheckAsync()).Has("provider-entry", "ok", "fast-provider");
    }

    /// <summary>What stands before the kubelet has flags of its own, and a double dash that ends them.</summary>
    [Theory]
    [InlineData("/usr/bin/systemd-cat -t kubelet -- /usr/bin/kubelet")]
    [InlineData("/usr/bin/numactl --interleave=all -- /usr/bin/kubelet")]
    [InlineData("/usr/bin/nice -n -5 kubelet")]
    [InlineData("/usr/local/bin/kubenswrapper /usr/bin/kubelet")]
    public async Task Flags_behind_a_program_that_starts_the_kubelet_are_the_kubelets(string command)
    {
        using var node = DoctorNode.Kubeadm().Remove(DropIn).With(Unit, $"[Service]\nExecStart={command}"
            + $" --image-credential-provider-config={DoctorNode.KubeadmConfig} --image-credential-provider-bin-dir={Bin}\n");
        var findings = await node.CheckAsync();
        findings.Has("provider-entry", "ok", "fast-provider");
        Assert.Empty(findings.Of("problem"));

        (await node.With(Unit, $"[Service]\nExecStart={command} --v=2\n").CheckAsync())
            .Has("provider-config", "problem", "has no --image-credential-provider-config");
    }

    /// <summary>component-base's WordSepNormalizeFunc.</summary>
    [Fact]
    public async Task An_underscore_in_a_flag_is_a_dash()
    {
        using var node = DoctorNode.Kubeadm()
            .Change("/etc/default/kubelet", "--image-credential-provider-config=", "--image_credential_provider_config=")
            .Change("/etc/default/kubelet", "--image-credential-provider-bin-dir=", "--image-credential_provider-bin_dir=");

        (await node.CheckAsync()).Has("provider-entry", "ok", "fast-provider");
    }

    [Fact]
    public async Task Flags_of_CRI_O_that_a_shell_adds_are_unknown()
    {
        using var node = DoctorNode.Kubeadm()
            .With("/usr/lib/systemd/system/crio.service", "[Service]\nExecStart=/bin/sh -c 'exec /usr/bin/crio $FLAGS'\n");

        var findings = await node.CheckAsync();

        findings.Has("crio-auth-dir", "unknown", "by a shell");
        Assert.Empty(findings.Of("problem"));
    }

    /// <summary>systemd, src/core/service.c, service_verify: only a service of type oneshot has several commands.</summary>
    [Theory]
    [InlineData("kubelet", "ExecStart=/usr/bin/kubelet --v=4", "problem")]
    [InlineData("crio", "ExecStart=/usr/bin/crio --log-level=debug", "problem")]
    [InlineData("crio", "ExecStart=\nExecStart=/usr/bin/crio --log-level=debug", "note")]
    [InlineData("crio", "Type=oneshot\nExecStart=/usr/bin/crio --log-level=debug", "note")]
    public async Task A_unit_with_several_commands_is_one_that_systemd_refuses(string service, string lines, string level)
    {
        using var node = DoctorNode.Kubeadm()
            .With($"/etc/systemd/system/{service}.service.d/90-more.conf", $"[Service]\n{lines}\n");

        (await node.CheckAsync())
            .Has(service, level, level == "problem" ? "more than one ExecStart" : "does not run below --root");
    }

    /// <summary>kubeadm join writes the kubelet's configuration, its flags and its kubeconfig.</summary>
    [Fact]
    public async Task An_image_that_is_being_built_has_no_problem_for_what_only_a_running_node_has()
    {
        using var node = DoctorNode.Kubeadm().Remove("/etc/kubernetes/kubelet.conf").Remove("/var/lib/kubelet/config.yaml")
            .Remove("/var/lib/kubelet/kubeadm-flags.env").Remove("/etc/default/kubelet");

        var findings = await node.CheckAsync();

        findings.Has("kubelet-config", "unknown", "/var/lib/kubelet/config.yaml");
        findings.Has("provider-config", "unknown", "/var/lib/kubelet/kubeadm-flags.env");
        findings.Has("api-server", "unknown", "/etc/kubernetes/kubelet.conf");
        Assert.Empty(findings.Of("problem"));
        Assert.Equal(0, findings.ExitCode);
    }

    /// <summary>Where a kubelet runs, as below /host of a container, it is no image.</summary>
    [Fact]
    public async Task On_a_node_that_runs_the_same_is_a_problem()
    {
        using var node = DoctorNode.Kubeadm().Remove("/etc/kubernetes/kubelet.conf").Remove("/var/lib/kubelet/config.yaml")
            .Run(
                7, TimeSpan.FromMinutes(1), "kubelet",
                ["/usr/bin/kubelet", "--kubeconfig=/etc/kubernetes/kubelet.conf", "--config=/var/lib/kubelet/config.yaml"]);

        var findings = await node.CheckAsync();

        findings.Has("kubelet-config", "problem", "/var/lib/kubelet/config.yaml does not exist");
        findings.Has("provider-config", "problem", "no --image-credential-provider-config");
        findings.Has("api-server", "problem", "/etc/kubernetes/kubelet.conf");
    }

    [Fact]
    public async Task A_CA_that_comes_with_the_cluster_is_unknown_and_a_broken_kubeconfig_a_problem()
    {
        using var node = DoctorNode.Kubeadm().With("/etc/kubernetes/kubelet.conf",
            "apiVersion: v1\nkind: Config\n"
            + "clusters: [{name: a, cluster: {server: 'https://h:6443', certificate-authority: /etc/kubernetes/pki/ca.crt}}]\n"
            + "contexts: [{name: a, context: {cluster: a, user: a}}]\ncurrent-context: a\nusers: [{name: a, user: {}}]\n");
        (await node.CheckAsync()).Has("api-server", "unknown", "/etc/kubernetes/pki/ca.crt");

        node.With("/etc/kubernetes/kubelet.conf", "clusters: [");
        (await node.CheckAsync()).Has("api-server", "problem", "/etc/kubernetes/kubelet.conf");
    }
}
