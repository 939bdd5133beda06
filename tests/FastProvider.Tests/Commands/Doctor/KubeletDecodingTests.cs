namespace FastProvider.Tests.Commands.Doctor;

/// <summary>
/// What a kubelet decodes strictly keeps it from starting (kubernetes, pkg/credentialprovider/plugin: codecs with EnableStrict),
/// and what it takes is no problem.
/// </summary>
public sealed class KubeletDecodingTests
{
    private const string Providers = DoctorNode.KubeadmConfig, Kubelet = "/var/lib/kubelet/config.yaml";
    private const string Serial = "serializeImagePulls: true";

    [Theory]
    [InlineData(
        "defaultCacheDuration: \"0s\"", "cacheDuration: 0s\n    defaultCacheDuration: \"0s\"",
        "line 7: providers[0].cacheDuration is no field")]
    [InlineData("matchImages:", "matchimages: [a.example.com]\n    matchImages:", "providers[0].matchimages is no field")]
    [InlineData("providers:", "metadata: {}\nproviders:", "metadata is no field")]
    [InlineData("cacheType: Token", "cacheType: Token\n      audience: x", "providers[0].tokenAttributes.audience is no field")]
    [InlineData("\"0s\"", "\"0s\"\n    env: [{name: A, value: b, valueFrom: c}]", "providers[0].env[0].valueFrom is no field")]
    [InlineData("\"0s\"", "0", "providers[0].defaultCacheDuration is a number, not a duration as a text")]
    [InlineData("\"0s\"", "true", "providers[0].defaultCacheDuration is a truth value, not a duration")]
    [InlineData("\"0s\"", "10", "providers[0].defaultCacheDuration is a number, not a duration")]
    [InlineData("\"0s\"", "5 min", "providers[0].defaultCacheDuration is a text, not a duration")]
    [InlineData("\"0s\"", "\"\"", "providers[0].defaultCacheDuration is a text, not a duration")]
    [InlineData("\"0s\"", "\"0s\"\n    env: {HTTPS_PROXY: http://p:3128}", "providers[0].env is an object, not a list")]
    [InlineData("\"0s\"", "\"0s\"\n    env: [A=b]", "providers[0].env[0] is a text, not an object")]
    [InlineData(
        "\"0s\"", "\"0s\"\n    env: [{name: A, value: true}]",
        "providers[0].env[0].value is a truth value, not a text: put it in quotes")]
    [InlineData("\"0s\"", "\"0s\"\n    env: [{name: A, value: 3128}]", "providers[0].env[0].value is a number, not a text")]
    [InlineData("\"0s\"", "\"0s\"\n    env: [{name: A, value: on}]", "providers[0].env[0].value is a truth value, not a text")]
    [InlineData("\"0s\"", "\"0s\"\n    args: --log-level=debug", "providers[0].args is a text, not a list")]
    [InlineData("\"0s\"", "\"0s\"\n    args: [--timeout, 20]", "providers[0].args[1] is a number, not a text")]
    [InlineData("[\"docker.io\"]", "docker.io", "providers[0].matchImages is a text, not a list")]
    [InlineData(
        "requireServiceAccount: false", "requireServiceAccount: \"false\"", "requireServiceAccount is a text, not true or false")]
    [InlineData(
        "requireServiceAccount: false", "requireServiceAccount: 0", "requireServiceAccount is a number, not true or false")]
    [InlineData("name: fast-provider", "name: fast-provider\n    name: fast-provider", "twice")]
    [InlineData("  - name:", "    name:", "providers is an object, not a list")]
    public async Task A_provider_configuration_that_a_kubelet_does_not_decode_is_a_problem(
        string old, string replacement, string text)
    {
        using var node = DoctorNode.Kubeadm().Change(Providers, old, replacement);

        var findings = await node.CheckAsync();

        findings.Has("provider-config", "problem", text);
        Assert.Equal(1, findings.ExitCode);
    }

    [Theory]
    [InlineData("requireServiceAccount: false", "requireServiceAccount: false\n---")]
    [InlineData("requireServiceAccount: false", "requireServiceAccount: false\n...")]
    [InlineData("requireServiceAccount: false", "requireServiceAccount: false\n---\nkind: Other\nx: 1\n")]
    [InlineData("requireServiceAccount: false", "requireServiceAccount: no")]
    [InlineData("\"0s\"", "0s")]
    [InlineData("\"0s\"", "\"0\"")]
    [InlineData("\"0s\"", "\"0s\"\n    args: null")]
    [InlineData("\"0s\"", "\"0s\"\n    env: []")]
    [InlineData("\"0s\"", "\"0s\"\n    env: [{name: NO_PROXY, value: \"true\"}]")]
    [InlineData("\"0s\"", "&d \"0s\"")]
    [InlineData("apiVersion: kubelet", "---\napiVersion: kubelet")]
    public async Task What_a_kubelet_starts_with_is_no_problem(string old, string replacement)
    {
        using var node = DoctorNode.Kubeadm().Change(Providers, old, replacement);

        var findings = await node.CheckAsync();

        Assert.Empty(findings.Of("problem"));
        Assert.Equal(0, findings.ExitCode);
    }

    [Theory]
    [InlineData("serializeImagePulls: \"true\"", "serializeImagePulls is a text, not true or false")]
    [InlineData("featureGates: {A: \"true\"}", "featureGates.A is a text, not true or false")]
    [InlineData("maxPods: many", "maxPods is a text, not a whole number")]
    [InlineData("maxPods: 5000000000", "maxPods is a number, not a whole number of 32 bits")]
    [InlineData("syncFrequency: 10", "syncFrequency is a number, not a duration")]
    [InlineData("syncFrequency: null", "syncFrequency is null, not a duration")]
    [InlineData("clusterDNS: 10.96.0.10", "clusterDNS is a text, not a list")]
    [InlineData("authentication: {webhook: {enabled: 1}}", "authentication.webhook.enabled is a number")]
    [InlineData("evictionHard: {memory.available: 100}", "evictionHard.memory.available is a number, not a text")]
    [InlineData("logging: {verbosity: -1}", "logging.verbosity is a number, not a whole number of 32 bits that is not negative")]
    [InlineData("logging: {verbosity: \"2\"}", "logging.verbosity is a text")]
    [InlineData("logging: {vmodule: a=2}", "logging.vmodule is a text, not a list")]
    [InlineData(
        "registerWithTaints: [{key: a, value: true, effect: NoSchedule}]", "registerWithTaints[0].value is a truth value")]
    [InlineData("tracing: {samplingRatePerMillion: \"1\"}", "tracing.samplingRatePerMillion is a text")]
    [InlineData("reservedMemory: [{numaNode: 0, limits: [1Gi]}]", "reservedMemory[0].limits is a list, not an object")]
    public async Task A_wrong_type_in_the_kubelets_own_configuration_is_a_problem(string line, string text)
    {
        using var node = DoctorNode.Kubeadm().Change(Kubelet, Serial, line);

        (await node.CheckAsync()).Has("kubelet-config", "problem", text);
    }

    /// <summary>
    /// These take a text as well as a number (metav1.Duration's TimeOrMetaDuration, resource.Quantity), and null is nothing.
    /// </summary>
    [Theory]
    [InlineData("logging: {flushFrequency: 5s, verbosity: 2, format: json, options: {json: {infoBufferSize: \"0\"}}}")]
    [InlineData(
        "logging: {flushFrequency: 0, vmodule: [{filePattern: a, verbosity: 3}], "
            + "options: {text: {infoBufferSize: 0, splitStream: true}}}")]
    [InlineData("registerWithTaints: [{key: a, effect: NoSchedule}]")]
    [InlineData("reservedMemory: [{numaNode: 0, limits: {memory: 1Gi, hugepages-1Gi: 1}}]")]
    [InlineData("authentication:\nmaxPods: ~\ntracing: {endpoint: localhost:4317, samplingRatePerMillion: 100}")]
    public async Task What_the_kubelets_own_configuration_may_hold_is_no_problem(string line)
    {
        using var node = DoctorNode.Kubeadm().Change(Kubelet, Serial, line);

        Assert.Empty((await node.CheckAsync()).Of("problem"));
    }

    /// <summary>
    /// A kubelet walks the directory and ends where it cannot (cmd/kubelet/app/server.go, mergeKubeletConfigurations).
    /// </summary>
    [Fact]
    public async Task A_directory_of_drop_ins_that_is_not_there_is_a_problem()
    {
        using var node = DoctorNode.Kubeadm()
            .Run(
                7, TimeSpan.FromMinutes(1), "kubelet",
                ["/usr/bin/kubelet", "--config-dir=/etc/kubelet.d", $"--config={Kubelet}"]);
        (await node.CheckAsync()).Has("kubelet-config", "problem", "/etc/kubelet.d of --config-dir is not there");

        (await node.With("/etc/kubelet.d", "").CheckAsync())
            .Has("kubelet-config", "problem", "/etc/kubelet.d of --config-dir is no directory");
    }

    /// <summary>A kubelet decodes its main file once more without being strict; a drop-in it does not.</summary>
    [Fact]
    public async Task Fields_that_nobody_knows_and_repeated_keys_of_the_main_file_do_not_keep_a_kubelet_from_starting()
    {
        using var node = DoctorNode.Kubeadm()
            .Change(Kubelet, Serial, "serializeImagePulls: true\nserializeImagePulls: false\nmaxPods: 110.0\n---\n");
        var findings = await node.CheckAsync();
        findings.Has("kubelet-config", "warning", "twice");
        findings.Has("image-pulls", "note", "side by side");
        Assert.Empty(findings.Of("problem"));

        using var newer = DoctorNode.Kubeadm().Change(Kubelet, Serial, "newField: 1\n");
        (await newer.CheckAsync()).Has("kubelet-config", "note", "newField");

        using var dropIn = DoctorNode.Kubeadm()
            .Change("/etc/default/kubelet", "KUBELET_EXTRA_ARGS=\"", "KUBELET_EXTRA_ARGS=\"--config-dir=/etc/kubelet.d ")
            .With(
                "/etc/kubelet.d/10.conf",
                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nmaxPods: 1\nmaxPods: 2\n");
        (await dropIn.CheckAsync()).Has("kubelet-config", "problem", "twice");
    }

    [Fact]
    public async Task In_a_directory_of_configurations_directories_are_passed_over_and_links_to_them_are_not()
    {
        using var node = DoctorNode.Kubeadm().Change("/etc/default/kubelet", $"{Providers}", "/etc/kubernetes/providers");
        node.With("/etc/kubernetes/providers/10.yaml", File.ReadAllText(node.Root + Providers));
        Directory.CreateDirectory(node.Root + "/etc/kubernetes/providers/20.yaml");
        Assert.Empty((await node.CheckAsync()).Of("problem"));

        File.CreateSymbolicLink(node.Root + "/etc/kubernetes/providers/30.yaml", "20.yaml");
        (await node.CheckAsync()).Has("provider-config", "problem", "/etc/kubernetes/providers/30.yaml");
    }

    [Fact]
    public async Task The_program_of_each_entry_must_be_there()
    {
        using var node = DoctorNode.Kubeadm();
        var entry = File.ReadAllText(node.Root + Providers);
        node.With(
            Providers,
            entry
                + "\n"
                + entry[entry.IndexOf("  - name", StringComparison.Ordinal)..]
                    .Replace("name: fast-provider", "name: ecr", StringComparison.Ordinal));

        (await node.CheckAsync()).Has("provider-config", "problem", "plugins/ecr");
    }

    [Fact]
    public async Task Args_that_ask_for_the_version_answer_no_pull()
    {
        using var node = DoctorNode.Kubeadm().Change(Providers, "\"0s\"", "\"0s\"\n    args: [--version-json]");

        (await node.CheckAsync()).Has("provider-settings", "problem", "no run answers the kubelet");
    }

    /// <summary>A file of nonsense: whoever mends fifty sees the rest.</summary>
    [Theory]
    [InlineData(49, 49)]
    [InlineData(60, 50)]
    public async Task Fifty_faults_of_a_file_are_told(int faults, int told)
    {
        var fields = string.Concat(Enumerable.Range(0, faults).Select(i => $"no{i}: 1\n"));
        using var node = DoctorNode.Kubeadm().Change(Kubelet, Serial, fields);

        var finding = (await node.CheckAsync()).Has("kubelet-config", "note", "no0 ").ToString();

        Assert.Equal(told, Enumerable.Range(0, faults).Count(i => finding.Contains($"no{i} is ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_wrong_type_is_told_however_many_fields_are_unknown()
    {
        var fields = string.Concat(Enumerable.Range(0, 60).Select(i => $"no{i}: 1\n"));
        using var node = DoctorNode.Kubeadm().Change(Kubelet, Serial, $"{fields}maxPods: many\n");

        (await node.CheckAsync()).Has("kubelet-config", "problem", "maxPods is a text, not a whole number");
    }
}
