using System.Reflection;
using System.Text.RegularExpressions;
using FastProvider.Commands.Doctor;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>Doctor on the files of nodes: well ones are left alone, and each fault is found and called by its name.</summary>
public sealed partial class DoctorTests
{
    private const string KubeadmConfig = DoctorNode.KubeadmConfig;

    private const string Registries = "/etc/containers/registries.conf";
    private const string Mirror = "cache.example.com:5000/dockerhub";

    [Theory]
    [InlineData("kubeadm")]
    [InlineData("openshift")]
    public async Task A_node_in_good_order_has_neither_problem_nor_warning(string kind)
    {
        using var node = kind == "kubeadm" ? DoctorNode.Kubeadm() : DoctorNode.OpenShift();

        var findings = await node.CheckAsync();

        Assert.Empty(findings.Of("problem"));
        Assert.Empty(findings.Of("warning"));
        Assert.Equal(0, findings.ExitCode);
        findings.Has("provider-entry", "ok", kind == "kubeadm" ? "line 4: fast-provider" : "crio-credential-provider");
        findings.Has("provider-binary", "ok", "is a fast-provider");
        findings.Has("match-images-cover", "ok", "all 1 prefixes");
        findings.Has("audience", "ok", kind == "kubeadm" ? ".svc.cluster.local" : "https://kubernetes.default.svc is");
        findings.Has("api-server", "note", kind == "kubeadm" ? "/etc/kubernetes/kubelet.conf" : "/var/lib/kubelet/kubeconfig");
        findings.Has("image-pulls", "note", kind == "kubeadm" ? "one image after the other" : "side by side");
        findings.Has("cache-duration", kind == "kubeadm" ? "ok" : "note", kind == "kubeadm" ? "not cached" : "1s");
    }

    /// <summary>One fault at a time: a file, what is replaced in it, and what doctor must say.</summary>
    [Theory]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "serializeImagePulls: true",
        "featureGates: {KubeletServiceAccountTokenForCredentialProviders: false}",
        "feature-gates", "problem", "is off")]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "serializeImagePulls: true", "featureGates: {KubeletEnsureSecretPulledImages: false}",
        "feature-gates", "warning", "every namespace")]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "serializeImagePulls: true", "imagePullCredentialsVerificationPolicy: NeverVerify",
        "feature-gates", "warning", "NeverVerify")]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "serializeImagePulls: true", "serializeImagePulls: [",
        "kubelet-config", "problem", "/var/lib/kubelet/config.yaml")]
    [InlineData(
        "/etc/default/kubelet", "--image-credential-provider-config=", "--nothing=",
        "provider-config", "problem", "no --image-credential-provider-config")]
    [InlineData(
        "/etc/default/kubelet", "--image-credential-provider-bin-dir=", "--nothing=",
        "provider-config", "problem", "no --image-credential-provider-bin-dir")]
    [InlineData("/etc/default/kubelet", "-bin-dir=/usr", "-bin-dir=/opt", "provider-binary", "problem", "ENOENT")]
    [InlineData(
        "/etc/default/kubelet", "KUBELET_EXTRA_ARGS=\"",
        "KUBELET_EXTRA_ARGS=\"--feature-gates=KubeletServiceAccountTokenForCredentialProviders=false ",
        "feature-gates", "problem", "is off")]
    [InlineData(KubeadmConfig, "name: fast-provider", "name: other", "provider-entry", "problem", "line 4: other")]
    [InlineData(
        KubeadmConfig, "kind: CredentialProviderConfig", "kind: Other",
        "provider-config", "problem", "no CredentialProviderConfig")]
    [InlineData(
        KubeadmConfig, "credentialprovider.kubelet.k8s.io/v1", "credentialprovider.kubelet.k8s.io/v1beta1",
        "provider-entry provider-config", "problem", "v1beta1")]
    [InlineData(
        KubeadmConfig, "apiVersion: kubelet.config.k8s.io/v1\n", "apiVersion: kubelet.config.k8s.io/v1beta1\n",
        "provider-entry provider-config", "problem", "no ServiceAccount token")]
    [InlineData(
        KubeadmConfig, "defaultCacheDuration: \"0s\"", "defaultCacheDuration: \"0s\"\n    args: [\"--secrets=all\"]",
        "provider-settings", "problem", "none of namespace, annotation")]
    [InlineData(
        KubeadmConfig, "defaultCacheDuration: \"0s\"",
        "defaultCacheDuration: \"0s\"\n    env: [{name: FAST_PROVIDER_TIMEOUT, value: long}]",
        "provider-settings", "problem", "FAST_PROVIDER_TIMEOUT")]
    [InlineData(
        KubeadmConfig, "defaultCacheDuration: \"0s\"", "defaultCacheDuration: \"0s\"\n    args: [\"--secrets=auto\"]",
        "provider-settings", "problem", "optionalServiceAccountAnnotationKeys")]
    [InlineData(KubeadmConfig, "defaultCacheDuration: \"0s\"", "defaultCacheDuration: 10m", "cache-duration", "note", "10m")]
    [InlineData(
        KubeadmConfig, "serviceAccountTokenAudience: https://kubernetes.default.svc.cluster.local", "x: y",
        "provider-config", "problem", "serviceAccountTokenAudience is missing")]
    [InlineData(KubeadmConfig, "tokenAttributes", "others", "token-attributes provider-config", "problem", "no tokenAttributes")]
    [InlineData(
        KubeadmConfig, "cacheType: Token", "cacheType: Image", "provider-config", "problem", "neither Token nor ServiceAccount")]
    [InlineData(
        KubeadmConfig, "requireServiceAccount: false", "requireServiceAccount: true", "token-attributes", "note", "static pods")]
    [InlineData(
        KubeadmConfig, "https://kubernetes.default.svc.cluster.local", "https://elsewhere",
        "audience", "unknown", "kubectl create token")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"quay.io\"]",
        "match-images-cover", "problem", "docker.io, of /etc/containers/registries.conf")]
    [InlineData(KubeadmConfig, "[\"docker.io\"]", "[\"docker.io/library\"]", "match-images-cover", "problem", "only in part")]
    [InlineData(KubeadmConfig, "[\"docker.io\"]", "[\"docker.io/\"]", "match-images-cover", "ok", "all 1 prefixes")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nprefix = \"a.*.example.com\"\nlocation = \"m.example.com\"\n[[registry]]",
        "match-images-cover", "ok", "covers all")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"*.io\", \"*.*.io\"]", "match-images-useless", "warning", "*.*.io: no prefix")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"docker.io\", \"docker.io/*\"]",
        "match-images-useless", "warning", "letter by letter")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"docker.io\", \"https://docker.io\"]",
        "match-images-useless", "warning", "no scheme")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"docker.io\", \"index.docker.io\"]",
        "match-images-useless", "warning", "a kubelet calls it docker.io")]
    [InlineData("/etc/containers/registries.conf", "[[registry]]", "[[registry]", "registries-conf", "problem", "line 1")]
    [InlineData(
        "/etc/containers/registries.conf", "[[registry]]", "[registries.search]\nregistries = [\"docker.io\"]\n[[registry]]",
        "registries-conf", "problem", "up to 1.37")]
    [InlineData(
        "/etc/containers/registries.conf", "[[registry.mirror]]\nlocation = \"cache.example.com:5000/dockerhub\"", "",
        "registries-conf", "warning", "no image has a mirror")]
    [InlineData(
        "/etc/containers/registries.conf", "[[registry]]", "credential-helpers = [\"ecr-login\"]\n[[registry]]",
        "credential-helpers", "problem", "never reads an auth file")]
    [InlineData(
        "/etc/crio/crio.conf.d/10-crio.conf", "signature_policy", "namespaced_auth_dir = \"/run/auth\"\nsignature_policy",
        "crio-auth-dir", "ok", "/run/auth")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--namespaced-auth-dir=/run/auth",
        "crio-auth-dir", "ok", "/run/auth")]
    [InlineData(
        KubeadmConfig, "    defaultCacheDuration", "    args: [--auth-dir=/run/auth]\n    defaultCacheDuration",
        "crio-auth-dir", "problem", "take --auth-dir out")]
    [InlineData(
        "/etc/crio/crio.conf.d/10-crio.conf", "signature_policy", "namespaced_auth_dir = 1\nsignature_policy",
        "crio-conf", "problem", "/etc/crio/crio.conf.d/10-crio.conf line")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--config /etc/kubernetes/kubelet.conf",
        "crio-conf", "problem", "/etc/kubernetes/kubelet.conf line 1")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--config /etc/other.conf",
        "crio-conf", "problem", "/etc/other.conf, which CRI-O was told to read, does not exist")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--config= --config-dir=/etc/none",
        "crio-conf", "ok", "configured by /etc/none")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--global-auth-file=/etc/containers",
        "global-auth-file", "problem", "/etc/containers cannot be read")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "[Service]", "[Service]\nEnvironment=CONTAINERS_REGISTRIES_CONF=/etc/other.conf",
        "crio-registries", "problem", "--registries-conf=/etc/other.conf")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "[Service]",
        "[Service]\nEnvironment=CONTAINERS_REGISTRIES_CONF_OVERRIDE=/etc/other.conf",
        "crio-registries", "problem", "OVERRIDE")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--registries-conf-dir=/etc/other.d",
        "crio-registries", "problem", "--registries-conf-dir=/etc/other.d")]
    [InlineData(
        "/etc/kubernetes/kubelet.conf", "server: https://", "server: http://",
        "api-server", "problem", "/etc/kubernetes/kubelet.conf")]
    [InlineData(
        KubeadmConfig, "defaultCacheDuration: \"0s\"", "x: y", "provider-config", "problem", "defaultCacheDuration is missing")]
    [InlineData(KubeadmConfig, "\"0s\"", "-5s", "provider-config", "problem", "less than zero")]
    [InlineData(KubeadmConfig, "\"0s\"", "soon", "provider-config", "problem", "no duration")]
    [InlineData(KubeadmConfig, "\"0s\"", "48h", "cache-duration", "note", "48h")]
    [InlineData(
        KubeadmConfig, "requireServiceAccount: false", "x: y", "provider-config", "problem", "requireServiceAccount is missing")]
    [InlineData(
        KubeadmConfig, "requireServiceAccount: false",
        "requireServiceAccount: false\n      requiredServiceAccountAnnotationKeys: [a]",
        "provider-config", "problem", "without requireServiceAccount")]
    [InlineData(
        KubeadmConfig, "requireServiceAccount: false",
        "requireServiceAccount: false\n      optionalServiceAccountAnnotationKeys: [a, a]",
        "provider-config", "problem", "twice")]
    [InlineData(KubeadmConfig, "[\"docker.io\"]", "[]", "provider-config match-images-cover", "problem", "matchImages is empty")]
    [InlineData(
        KubeadmConfig, "[\"docker.io\"]", "[\"docker.io\", \"reg.example.com:*\"]",
        "provider-config", "problem", "no host with a path")]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration", "kind: Other",
        "kubelet-config", "problem", "no KubeletConfiguration")]
    [InlineData(
        "/var/lib/kubelet/config.yaml", "serializeImagePulls: true", "featureGates: {AllBeta: false}",
        "feature-gates", "problem", "AllBeta")]
    [InlineData(
        "/usr/lib/systemd/system/crio.service", "$CRIO_CONFIG_OPTIONS", "--global-auth-file=/etc/crio/g.json",
        "global-auth-file", "ok", "/etc/crio/g.json")]
    [InlineData(Registries, Mirror, "[::1]:5000", "registries-endpoints", "problem", "[::1]:5000, for docker.io")]
    [InlineData(
        Registries, Mirror, "m.example.com.:5000", "registries-endpoints", "problem", "m.example.com.:5000, for docker.io")]
    [InlineData(Registries, Mirror, "my_cache.example.com/hub", "registries-endpoints", "warning", "have an underscore")]
    [InlineData(Registries, Mirror, "my_cache:5000", "registries-endpoints", "problem", "my_cache:5000, for docker.io")]
    [InlineData(Registries, Mirror, "cache.example.com/my_hub", "registries-endpoints", "ok", "all mirrors")]
    [InlineData(Registries, Mirror, "cache", "registries-endpoints", "problem", "cache, for docker.io")]
    [InlineData(
        Registries, Mirror, "cache.example.com/Hub", "registries-endpoints", "problem", "cache.example.com/Hub, for docker.io")]
    [InlineData(
        Registries, "location = \"docker.io\"", "location = \"docker.io.\"\nprefix = \"docker.io\"",
        "registries-endpoints", "problem", "docker.io., for docker.io")]
    [InlineData(
        Registries, "location = \"docker.io\"", "location = \"m.example.com\"\nprefix = \"docker.io/library/nginx\"",
        "registries-endpoints", "warning", "m.example.com, for images like docker.io/library/nginx")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nprefix = \"*\"\nlocation = \"m.example.com\"\n[[registry]]",
        "registries-useless", "warning", "prefix *, of /etc/containers/registries.conf")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nprefix = \"*.\"\n[[registry]]", "registries-useless", "warning", "prefix *.,")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nlocation = \"index.docker.io\"\n[[registry]]",
        "registries-useless", "warning", "prefix index.docker.io,")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nlocation = \"quay.io/a/b:1\"\n[[registry]]",
        "registries-useless", "warning", "prefix quay.io/a/b:1,")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nlocation = \"quay.io\"\n[[registry]]\nlocation = \"quay.io\"\n[[registry]]",
        "registries-useless", "warning", "the first one counts")]
    [InlineData(
        Registries, Mirror, Mirror + "\"\nshort-name-mode = \"enforcing",
        "registries-keys", "warning",
        "line 5: short-name-mode stands in a [[registry.mirror]], where it is not read; it belongs above the first table")]
    [InlineData(
        Registries, Mirror, Mirror + "\"\nmirror-by-digest-only = true\nx = \"",
        "registries-keys", "warning", "it belongs in a [[registry]]")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nUnqualified-Search-Registries = []",
        "registries-keys", "warning", "belongs above the first table")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nblokced = true", "registries-keys", "warning", "blocked was perhaps meant")]
    [InlineData(
        Registries, "[[registry]]", "[[registry]]\nmirror_by_digest_only = true",
        "registries-keys", "warning", "mirror-by-digest-only was perhaps meant")]
    [InlineData(
        Registries, "[[registry.mirror]]", "[[registry.mirrors]]\nlocation = \"a.b\"\n[[registry.mirror]]",
        "registries-keys", "warning", "mirror was perhaps meant")]
    [InlineData(Registries, "[[registry]]", "[[registries]]\nx = 1\n[[registry]]", "registries-conf", "problem", "wrong type")]
    public async Task A_fault_is_found_and_said_what_to_do(
        string file, string old, string replacement, string id, string level, string text)
    {
        using var node = DoctorNode.Kubeadm().Change(file, old, replacement);

        var findings = await node.CheckAsync();

        var ids = id.Split(' ');
        findings.Has(ids[0], level, text);
        Assert.Equal(level == "problem" ? 1 : 0, findings.ExitCode);
        // One fault is one problem: what follows from it may be unknown, but is not called a problem of its own.
        Assert.Equal(
            level == "problem" ? ids.Order(StringComparer.Ordinal) : [],
            findings.Of("problem").Select(p => p[..p.IndexOf(':', StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_kubelet_and_cri_o_it_says_so()
    {
        using var node = DoctorNode.Kubeadm().Remove("/usr/lib/systemd/system/kubelet.service")
            .Remove("/usr/lib/systemd/system/crio.service");

        var findings = await node.CheckAsync();

        findings.Has("kubelet", "problem", "--provider-config");
        findings.Has("crio", "problem", "no CRI-O");
        var told = await node.CheckAsync(
            "--provider-config", KubeadmConfig, "--bin-dir", Path.GetDirectoryName(DoctorNode.Provider)!);
        told.Has("provider-entry", "ok", "fast-provider");
    }

    [Fact]
    public async Task An_entry_of_any_name_is_found_by_its_program_or_by_name()
    {
        using var node = DoctorNode.Kubeadm().Change(KubeadmConfig, "name: fast-provider", "name: mirrors");
        File.Move(node.Root + DoctorNode.Provider, node.Root + Path.GetDirectoryName(DoctorNode.Provider) + "/mirrors");

        (await node.CheckAsync()).Has("provider-entry", "ok", "mirrors");
        (await node.CheckAsync("--name", "mirrors")).Has("provider-entry", "ok", "mirrors");
        (await node.CheckAsync("--name", "fast-provider")).Has("provider-entry", "problem", "s providers is fast-provider");
    }

    [Fact]
    public async Task An_asterisk_of_matchImages_is_one_label()
    {
        using var node = DoctorNode.Kubeadm()
            .Change("/etc/containers/registries.conf", "location = \"docker.io\"", "prefix = \"*.example.com\"")
            .Change(KubeadmConfig, "docker.io", "*.example.com");

        (await node.CheckAsync()).Has("match-images-cover", "warning", "any number of labels");
        (await node.Change(KubeadmConfig, "[\"*.example.com\"]", "[\"*.example.com\", \"*.*.example.com\"]").CheckAsync())
            .Has("match-images-cover", "ok", "covers all");
    }

    [Fact]
    public async Task A_name_that_no_entry_has_is_a_problem_and_no_crash()
    {
        using var node = DoctorNode.Kubeadm();

        (await node.CheckAsync("--name", "nothing")).Has("provider-entry", "problem", "s providers is nothing");
    }

    /// <summary>Pods may name their programs as they like, and their processes are in the node's /proc, too.</summary>
    [Theory]
    [InlineData("status", "Name:\tkubelet\nUid:\t65534\t65534\t65534\t65534\n")]
    [InlineData("status", "Name:\tkubelet\nUid:\t1000\t0\t0\t0\n")]
    [InlineData("cgroup", "0::/kubepods.slice/kubepods-besteffort.slice/crio-1234.scope\n")]
    [InlineData("cgroup", "0::/machine.slice/libpod-1234.scope\n")]
    public async Task A_process_of_a_pod_is_not_taken_for_the_kubelet(string file, string content)
    {
        using var node = DoctorNode.Kubeadm().Run(7, TimeSpan.FromMinutes(1), "kubelet", ["/tmp/kubelet", "--kubeconfig=/tmp/k"])
            .With($"/proc/7/{file}", content);

        (await node.CheckAsync()).Has("kubelet", "note", "/usr/lib/systemd/system/kubelet.service");
    }

    [Fact]
    public async Task A_kubelet_says_more_than_the_program_that_started_it()
    {
        using var node = DoctorNode.Kubeadm()
            .Run(700, TimeSpan.FromMinutes(30), "rke2", ["/usr/local/bin/rke2 server"])
            .Run(900, TimeSpan.FromMinutes(30), "kubelet", ["kubelet", $"--image-credential-provider-config={KubeadmConfig}",
                $"--image-credential-provider-bin-dir={Path.GetDirectoryName(DoctorNode.Provider)}"]);

        var findings = await node.CheckAsync();

        findings.Has("kubelet", "ok", "kubelet runs (process 900");
        findings.Has("provider-entry", "ok", "fast-provider");
    }

    [Fact]
    public async Task K3s_is_not_blamed_for_what_it_does_not_say_and_its_usual_places_are_known()
    {
        using var node = DoctorNode.Kubeadm().Run(5, TimeSpan.FromMinutes(30), "k3s-server", ["k3s server"]);
        (await node.CheckAsync()).Has("provider-config", "unknown", "--provider-config");

        node.With("/var/lib/rancher/credentialprovider/config.yaml", File.ReadAllText(node.Root + KubeadmConfig));
        Directory.CreateDirectory(node.Root + "/var/lib/rancher/credentialprovider/bin");
        File.Copy(node.Root + DoctorNode.Provider, node.Root + "/var/lib/rancher/credentialprovider/bin/fast-provider");
        (await node.CheckAsync()).Has("provider-binary", "ok", "/var/lib/rancher/credentialprovider/bin/fast-provider");
    }

    [Fact]
    public async Task Times_beyond_all_bounds_are_unknown()
    {
        using var node = DoctorNode.Kubeadm().Run(5, TimeSpan.FromMinutes(30), "kubelet", ["kubelet"])
            .With("/proc/stat", $"btime {long.MaxValue}\n");

        Assert.DoesNotContain("kubelet-restart", (await node.CheckAsync()).Ids);
    }

    [Fact]
    public async Task Links_lead_where_they_lead_on_the_node()
    {
        using var node = DoctorNode.Kubeadm();
        node.With("/opt/provider.yaml", File.ReadAllText(node.Root + KubeadmConfig));
        node.Remove(KubeadmConfig);
        File.CreateSymbolicLink(node.Root + KubeadmConfig, "/opt/provider.yaml");

        (await node.CheckAsync()).Has("provider-entry", "ok", "fast-provider");
    }

    [Fact]
    public async Task A_link_in_place_of_in_use_is_no_list_of_what_to_remove()
    {
        using var node = DoctorNode.Kubeadm();
        Directory.CreateDirectory(
            node.Root + "/etc/crio/auth", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(node.Root + "/etc/crio/auth/in-use", "/etc");

        (await node.CheckAsync()).Has("stale-in-use", "problem", "symbolic link");
    }

    [Fact]
    public async Task A_program_below_a_directory_that_others_may_write_is_not_safe()
    {
        using var node = DoctorNode.Kubeadm();
        File.SetUnixFileMode(node.Root + Path.GetDirectoryName(DoctorNode.Provider), (UnixFileMode)0b111_111_111);

        (await node.CheckAsync())
            .Has("provider-binary", "problem", "may write /usr/libexec/kubelet-image-credential-provider-plugins");
    }

    [Fact]
    public async Task A_password_in_an_address_is_not_shown()
    {
        using var node = DoctorNode.Kubeadm()
            .Change(KubeadmConfig, "\"0s\"", "\"0s\"\n    args: [\"--api-server=https://user:secret-word@h:6443\"]");

        var run = await Plugin.RunAsync(["doctor", "--root", node.Root], []);

        run.RevealsNoneOf(["secret-word"]);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task Helpers_open_mirrors_and_a_broken_file_fails_pulls()
    {
        using var node = DoctorNode.Kubeadm()
            .With("/var/lib/kubelet/config.json", """{"auths":{},"credHelpers":{"cache.example.com:5000":"ecr-login"}}""");
        File.SetUnixFileMode(node.Root + "/var/lib/kubelet/config.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await node.CheckAsync()).Has("global-auth-opens", "warning", "credential helper ecr-login, for cache.example.com:5000");

        node.With("/var/lib/kubelet/config.json", "garbage");
        (await node.CheckAsync()).Has("global-auth-file", "warning", "the kubelet and the provider pass it over");
        node.With("/etc/crio/crio.conf.d/10-auth.conf", "[crio.image]\nglobal_auth_file = \"/var/lib/kubelet/config.json\"\n");
        var broken = await node.CheckAsync();
        broken.Has("global-auth-file", "problem", "CRI-O fails pulls");
        Assert.DoesNotContain("global-auth-opens", broken.Ids);
    }

    [Theory]
    [InlineData("/run/containers/0/auth.json", """{"auths":{"cache.example.com:5000":{"auth":"dTpw"}}}""")]
    [InlineData(
        "/root/.config/containers/auth.json", """{"auths":{"https://cache.example.com:5000/some/page":{"auth":"dTpw"}}}""")]
    [InlineData("/root/.docker/config.json", """{"credHelpers":{"cache.example.com:5000":"ecr-login"}}""")]
    [InlineData("/root/.dockercfg", """{"cache.example.com:5000":{"auth":"dTpw"}}""")]
    [InlineData(
        "/somewhere/containers/auth.json", """{"auths":{"cache.example.com:5000":{"auth":"dTpw"}}}""",
        "[Service]\nEnvironment=XDG_RUNTIME_DIR=/somewhere\n")]
    public async Task Without_global_auth_file_the_logins_of_root_are_those_of_the_node(
        string path, string json, string unit = "[Service]\n")
    {
        using var node = DoctorNode.Kubeadm().With(path, json).With("/etc/systemd/system/crio.service.d/env.conf", unit);
        File.SetUnixFileMode(node.Root + path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var said = await node.CheckAsync();

        said.Has("global-auth-file", "ok", $"{path} is there: without global_auth_file CRI-O takes root");
        said.Has("global-auth-opens", "warning", $"{path} has credentials for mirrors");
        node.With(path, "");
        (await node.CheckAsync()).Has("global-auth-file", "problem", $"{path} is empty");
        node.With("/etc/crio/crio.conf.d/10-auth.conf", "[crio.image]\nglobal_auth_file = \"/etc/crio/none.json\"\n");
        (await node.CheckAsync()).Has("global-auth-file", "ok", "/etc/crio/none.json is not there");
    }

    [Fact]
    public async Task Two_providers_of_the_same_files_are_a_warning()
    {
        using var node = DoctorNode.Kubeadm();
        var entry = File.ReadAllText(node.Root + KubeadmConfig);
        node.With(KubeadmConfig, entry + "\n" + entry[entry.IndexOf("  - name", StringComparison.Ordinal)..]
            .Replace("name: fast-provider", "name: crio-credential-provider", StringComparison.Ordinal));

        (await node.CheckAsync()).Has("provider-entry", "warning", "crio-credential-provider is run beside fast-provider");
    }

    [Fact]
    public async Task Another_program_is_told_from_ours_and_a_weak_file_from_a_safe_one()
    {
        using var node = DoctorNode.Kubeadm();
        File.SetUnixFileMode(node.Root + DoctorNode.Provider, (UnixFileMode)0b111_111_111);
        (await node.CheckAsync()).Has("provider-binary", "problem", "others than root may write it");
        File.SetUnixFileMode(node.Root + DoctorNode.Provider, (UnixFileMode)0b110_100_100);
        (await node.CheckAsync()).Has("provider-binary", "problem", "not executable");
        File.Copy("/bin/true", node.Root + DoctorNode.Provider, overwrite: true);
        File.SetUnixFileMode(node.Root + DoctorNode.Provider, (UnixFileMode)0b111_101_101);
        (await node.CheckAsync()).Has("provider-binary", "warning", "fast-provider install --to /usr/libexec");
        using var openShift = DoctorNode.OpenShift();
        File.Copy(
            "/bin/true", openShift.Root + "/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider",
            overwrite: true);
        (await openShift.CheckAsync()).Has("provider-binary", "warning", "generate daemonset and machineconfig");
    }

    [Fact]
    public async Task On_a_node_of_the_control_plane_the_audiences_are_the_api_servers_own()
    {
        using var node = DoctorNode.Kubeadm().With("/etc/kubernetes/manifests/kube-apiserver.yaml", """
            apiVersion: v1
            kind: Pod
            spec:
              containers:
              - command:
                - kube-apiserver
                - --service-account-issuer=https://kubernetes.default.svc.cluster.local
                - --v=2
            """);
        (await node.CheckAsync()).Has("audience", "ok", "of this node");

        node.Change(
            "/etc/kubernetes/manifests/kube-apiserver.yaml", "    - --service",
            "    - --service-account-issuer=https://old\n    - --service");
        (await node.CheckAsync()).Has("audience", "ok", "of this node");

        node.Change("/etc/kubernetes/manifests/kube-apiserver.yaml", "--v=2", "--api-audiences=api,vault");
        (await node.CheckAsync()).Has("audience", "problem", "set serviceAccountTokenAudience to api");
    }

    [Fact]
    public async Task Processes_say_more_than_units_and_what_changed_since_they_started_is_found()
    {
        using var node = DoctorNode.Kubeadm();
        string[] kubelet = [
            "/usr/bin/kubelet", "--config", "/var/lib/kubelet/config.yaml", "--kubeconfig=/etc/kubernetes/kubelet.conf",
            $"--image-credential-provider-config={KubeadmConfig}",
            "--image-credential-provider-bin-dir", Path.GetDirectoryName(DoctorNode.Provider)!];
        node.Run(321, TimeSpan.FromMinutes(30), "kubelet", kubelet, "FAST_PROVIDER_AUTH_DIR=/run/other")
            .Run(322, TimeSpan.FromMinutes(30), "crio", ["/usr/bin/crio"]);
        foreach (var file in Directory.EnumerateFiles(node.Root + "/etc", "*", SearchOption.AllDirectories)
            .Append(node.Root + "/var/lib/kubelet/config.yaml"))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        }

        var well = await node.CheckAsync();
        well.Has("kubelet", "ok", "process 321, since ");
        well.Has("crio", "ok", "process 322, since ");
        well.Has("kubelet-restart", "ok", "after the last change");
        well.Has("crio-reload", "ok", "since its last change");
        well.Has("crio-auth-dir", "problem", "/run/other"); // the kubelet's environment is the provider's

        File.SetLastWriteTimeUtc(node.Root + KubeadmConfig, DateTime.UtcNow);
        File.SetLastWriteTimeUtc(node.Root + "/etc/containers/registries.conf", DateTime.UtcNow);
        var changed = await node.CheckAsync();
        changed.Has("kubelet-restart", "problem", KubeadmConfig);
        changed.Has("crio-reload", "problem", "/etc/containers/registries.conf");
    }

    [Fact]
    public async Task Drop_ins_that_cri_o_watches_need_no_reload()
    {
        using var node = DoctorNode.Kubeadm()
            .With("/etc/containers/registries.conf.d/50-hub.conf", "[[registry]]\nlocation = \"quay.io\"\n")
            .Run(322, TimeSpan.FromMinutes(30), "crio", ["/usr/bin/crio"]);
        File.SetLastWriteTimeUtc(node.Root + "/etc/containers/registries.conf", DateTime.UtcNow.AddHours(-1));

        (await node.CheckAsync()).Has("crio-reload", "problem", "50-hub.conf");
        node.With("/etc/crio/crio.conf.d/20-reload.conf", "[crio.image]\nauto_reload_registries = true # at once\n");
        (await node.CheckAsync()).Has("crio-reload", "ok", "since its last change");
    }

    [Fact]
    public async Task Directories_that_cannot_be_looked_at_are_unknown()
    {
        using var node = DoctorNode.Kubeadm().Change(KubeadmConfig, "defaultCacheDuration: \"0s\"",
            $"defaultCacheDuration: \"0s\"\n    args: [\"--auth-dir={KubeadmConfig}/auth\", \"--lock-dir={KubeadmConfig}/run\"]");

        var findings = await node.CheckAsync();

        findings.Has("auth-dir", "unknown", "ENOTDIR");
        findings.Has("lock-dir", "unknown", "ENOTDIR");
    }

    [Fact]
    public async Task Directories_that_a_pull_refuses_are_problems()
    {
        using var node = DoctorNode.Kubeadm();
        var auth = Directory.CreateDirectory(node.Root + "/etc/crio/auth").FullName;
        File.SetUnixFileMode(auth, (UnixFileMode)0b111_111_111);
        var open = (await node.CheckAsync()).Has("auth-dir", "problem", "can be written by others (mode 777)");
        Assert.Equal("chmod 0755 /etc/crio/auth", open.GetProperty("cure").GetString()); // as a pull that fails by it says
        Directory.Delete(auth);
        File.CreateSymbolicLink(auth, "/tmp");
        (await node.CheckAsync()).Has("auth-dir", "problem", "symbolic link");
        File.Delete(auth);
        File.WriteAllText(Directory.CreateDirectory(node.Root + "/run").FullName + "/fast-provider", "");
        (await node.CheckAsync()).Has("lock-dir", "problem", "no directory");
        Assert.False(Directory.Exists(auth), "doctor has made the auth directory.");
    }

    [Fact]
    public async Task The_global_auth_file_is_searched_for_what_it_opens_and_masks()
    {
        using var node = DoctorNode.Kubeadm().With("/var/lib/kubelet/config.json", """
            {"auths":{"quay.io":{"auth":"dTpw"}}}
            """);
        File.SetUnixFileMode(node.Root + "/var/lib/kubelet/config.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var closed = await node.CheckAsync();
        closed.Has("global-auth-opens", "ok", "no credential for a mirror");

        node.With("/var/lib/kubelet/config.json", """
            {"auths":{"cache.example.com:5000":{"auth":"c29tZW9uZTpzZWNyZXQtd29yZA=="},"cache.example.com:5000/dockerhub":{"auth":"!"}}}
            """);
        var run = await Plugin.RunAsync(["doctor", "--root", node.Root, "--output", "json"], []);
        run.RevealsNoneOf(["c29tZW9uZTpzZWNyZXQtd29yZA", "secret-word"]);
        var open = new Findings(run);
        open.Has("global-auth-opens", "warning", "key cache.example.com:5000, for cache.example.com:5000");
        open.Has(
            "global-auth-masks", "warning",
            "key cache.example.com:5000/dockerhub holds no credential, and masks key cache.example.com:5000");
        open.Has("global-auth-file", "warning", "base64");

        File.SetUnixFileMode(node.Root + "/var/lib/kubelet/config.json", (UnixFileMode)0b110_100_100);
        node.With("/var/lib/kubelet/config.json", "{}");
        (await node.CheckAsync()).Has("global-auth-file", "warning", "mode 644");
    }

    [Fact]
    public async Task Images_that_the_kubelet_recorded_as_open_are_named_if_their_registry_has_mirrors()
    {
        const string Records = "/var/lib/kubelet/image_manager/pulled/";
        using var node = DoctorNode.Kubeadm()
            .With(
                Records + "sha256-1",
                """{"kind":"ImagePulledRecord","apiVersion":"kubelet.config.k8s.io/v1beta1","imageRef":"a","credentialMapping":{"busybox":{"nodePodsAccessible":true}}}""")
            .With(
                Records + "sha256-2",
                """{"kind":"ImagePulledRecord","imageRef":"b","credentialMapping":{"docker.io/team/app":{"nodePodsAccessible":true},"docker.io/team/own":{"kubernetesServiceAccounts":[{"uid":"1","namespace":"a","name":"b"}]}}}""")
            .With(
                Records + "sha256-3",
                """{"kind":"ImagePulledRecord","imageRef":"c","credentialMapping":{"quay.io/team/app":{"nodePodsAccessible":true}}}""")
            .With(Records + "sha256-4", "broken");

        var open = (await node.CheckAsync()).Has("open-images", "warning", "2 images");

        Assert.Equal(["busybox", "docker.io/team/app"], open.GetProperty("items").EnumerateArray().Select(i => i.GetString()));
        File.Delete(node.Root + Records + "sha256-1");
        File.Delete(node.Root + Records + "sha256-2");
        (await node.CheckAsync()).Has("open-images", "ok", "no image");

        Directory.Delete(node.Root + Records.TrimEnd('/'), recursive: true);
        (await node.CheckAsync()).Has("open-images", "note", "keeps no records");
    }

    [Theory]
    [InlineData(10_000, "open-images", "ok", "no image")]
    [InlineData(10_001, "open-images", "unknown", "more records than doctor reads, 10,000")]
    public async Task No_more_than_ten_thousand_records_are_read(int count, string id, string level, string text)
    {
        using var node = DoctorNode.Kubeadm();
        var records = Directory.CreateDirectory(node.Root + "/var/lib/kubelet/image_manager/pulled").FullName;
        for (var i = 0; i < count; i++)
        {
            File.WriteAllText(Path.Combine(records, $"sha256-{i}"), "");
        }

        var findings = await node.CheckAsync();

        findings.Has(id, level, text);
        Assert.Single(findings.Ids, found => found == id);
    }

    [Fact]
    public async Task What_is_well_is_said_too()
    {
        using var node = DoctorNode.Kubeadm();

        var findings = await node.CheckAsync();

        findings.Has("kubelet-config", "ok", "/var/lib/kubelet/config.yaml");
        findings.Has("provider-config", "ok", KubeadmConfig);
        findings.Has("provider-settings", "ok", "no args");
        findings.Has("token-attributes", "ok", "cacheType Token");
        findings.Has("crio-registries", "ok", "the same registries.conf");
        findings.Has("registries-conf", "ok", "1 of 1 [[registry]] tables");
        findings.Has("registries-endpoints", "ok", "make valid repository names");
        findings.Has("registries-useless", "ok", "is for some image");
        findings.Has("registries-keys", "ok", "no key of registries.conf is misplaced");
        findings.Has("credential-helpers", "ok", "CRI-O reads auth files");
        findings.Has("match-images-useless", "ok", "all 1 entries");
        findings.Has("global-auth-file", "ok", "the node has no credentials of its own");
        findings.Has("cache-duration", "ok", "not cached");
        findings.Has("feature-gates", "ok", "none that is needed is off");
        findings.Has("crio", "note", "does not run below --root");
        findings.Has("auth-dir", "ok", "is not there yet");
        findings.Has("lock-dir", "ok", "is not there yet");

        foreach (var directory in new[] { "/etc/crio/auth", "/run/fast-provider" })
        {
            Directory.CreateDirectory(
                node.Root + directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        findings = await node.CheckAsync();
        findings.Has("auth-dir", "ok", "mode 700");
        findings.Has("lock-dir", "ok", "mode 700");
        node.With("/var/lib/kubelet/config.json", "{}");
        File.SetUnixFileMode(node.Root + "/var/lib/kubelet/config.json", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        findings = await node.CheckAsync();
        findings.Has("global-auth-file", "ok", "is there");
        findings.Has("global-auth-masks", "ok", "masks another");

        node.With("/etc/containers/registries.conf", "");
        (await node.CheckAsync()).Has("global-auth-file", "note", "no image has a mirror");
    }

    [Fact]
    public async Task Twenty_items_of_a_finding_are_printed_for_people_and_all_for_programs()
    {
        using var node = DoctorNode.Kubeadm().Change(
            "/var/lib/kubelet/config.yaml", "serializeImagePulls: true",
            string.Concat(Enumerable.Range(10, 23).Select(i => $"fieldOfTomorrow{i}: 1\n")));

        var text = System.Text.Encoding.UTF8.GetString((await Plugin.RunAsync(["doctor", "--root", node.Root], [])).Stdout);

        Assert.Equal(20, text.Split('\n').Count(line => line.Contains("fieldOfTomorrow", StringComparison.Ordinal)));
        Assert.Contains("- and 3 more (--output json has all)\n", text, StringComparison.Ordinal);
        (await node.CheckAsync()).Has("kubelet-config", "note", "fieldOfTomorrow32");
    }

    [Fact]
    public async Task The_env_of_the_entry_counts_for_more_than_the_kubelets()
    {
        using var node = DoctorNode.Kubeadm()
            .Change(KubeadmConfig, "\"0s\"", "\"0s\"\n    env: [{name: FAST_PROVIDER_AUTH_DIR, value: /run/of-the-entry}]")
            .Change(
                "/usr/lib/systemd/system/kubelet.service", "[Service]",
                "[Service]\nEnvironment=FAST_PROVIDER_AUTH_DIR=/run/of-the-kubelet"
                    + " FAST_PROVIDER_LOCK_DIR=/run/locks-of-the-kubelet");

        var findings = await node.CheckAsync();

        findings.Has("auth-dir", "ok", "/run/of-the-entry is not there yet");
        findings.Has("lock-dir", "ok", "/run/locks-of-the-kubelet is not there yet");
    }

    [Fact]
    public async Task Names_from_files_colour_no_terminal_and_forge_no_line()
    {
        using var node = DoctorNode.Kubeadm().Change(KubeadmConfig, "name: fast-provider", "name: \"x\\e[31m\\nok\"");

        var run = await Plugin.RunAsync(["doctor", "--root", node.Root], []);

        Assert.DoesNotContain((byte)0x1B, run.Stdout);
        Assert.DoesNotContain("\nok\n", System.Text.Encoding.UTF8.GetString(run.Stdout), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_is_no_directory_is_wrong_usage() =>
        Assert.Contains(
            "ENOTDIR", (await Plugin.RunAsync(["doctor", "--root", "/dev/null"], [])).Stderr, StringComparison.Ordinal);

    /// <summary>
    /// What no test shows may be wrong. An id and a level beside each other in a test are taken for a test of them.
    /// </summary>
    [Fact]
    public void Every_finding_of_the_code_is_shown_by_a_test_with_its_level()
    {
        var words = typeof(FindingId).GetFields(BindingFlags.Public | BindingFlags.Static)
            .ToDictionary(f => f.Name, f => (string)f.GetRawConstantValue()!);
        var said = Sources("src/FastProvider/Commands/Doctor").SelectMany(Said)
            .Select(pair => (Id: words[pair.Field], Level: pair.Level is "Warn" ? "warning" : pair.Level.ToLowerInvariant()))
            .ToHashSet();
        var shown = Sources("tests/FastProvider.Tests/Commands/Doctor").SelectMany(source => ShownInTest().Matches(source))
            .SelectMany(m => m.Groups[1].Value.Split(' ').Select(id => (Id: id, Level: m.Groups[2].Value)));

        Assert.Empty(words.Values.Except(said.Select(pair => pair.Id)));
        Assert.Empty(said.Except(shown).Order());
    }

    /// <summary>
    /// The findings of a file: an id with its level, with a choice of levels, or handed over to where the level is.
    /// </summary>
    private static IEnumerable<(string Field, string Level)> Said(string source)
    {
        var handedOver = HandedOver().Matches(source).Select(m => m.Groups[1].Value).ToList();
        return SaidInCode().Matches(source).Select(m => (m.Groups[2].Value, m.Groups[1].Value))
            .Concat(Chosen().Matches(source).SelectMany(
                m => LevelWord().Matches(m.Value).Select(l => (m.Groups[1].Value, l.Groups[1].Value))))
            .Concat(SaidOfId().Matches(source).SelectMany(m => handedOver.Select(field => (field, m.Groups[1].Value))));
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory.GetFiles(Path.Join(Repository.Root, folder), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex(@"\.(Ok|Note|Unknown|Warn|Problem)\(\s*FindingId\.(\w+)")]
    private static partial Regex SaidInCode();

    [GeneratedRegex(@"new Finding\(\s*FindingId\.(\w+),[^;""]*")]
    private static partial Regex Chosen();

    [GeneratedRegex(@"\bLevel\.(\w+)")]
    private static partial Regex LevelWord();

    [GeneratedRegex(@"\.(Ok|Note|Unknown|Warn|Problem)\(\s*id,")]
    private static partial Regex SaidOfId();

    [GeneratedRegex(@"\(run, FindingId\.(\w+)")]
    private static partial Regex HandedOver();

    [GeneratedRegex(@"""([a-z-]+(?: [a-z-]+)*)"",\s*""(ok|note|unknown|warning|problem)""")]
    private static partial Regex ShownInTest();

    /// <summary>A node whose kubelet has another provider beside ours, which has <c>--chain</c>.</summary>
    private static DoctorNode WithCloud(string pattern, string more = "") => DoctorNode.Kubeadm()
        .Change(KubeadmConfig, "defaultCacheDuration: \"0s\"", "defaultCacheDuration: \"0s\"\n    args: [\"--chain\"]")
        .Change(KubeadmConfig, "providers:\n", $"""
            providers:
              - name: cloud
                apiVersion: credentialprovider.kubelet.k8s.io/v1
                matchImages: ["{pattern}"]
                defaultCacheDuration: 1h
            {more}
            """);

    /// <summary>Nothing of the node can be served by a program that is missing, or that is this one.</summary>
    [Theory]
    [InlineData(false, "its program is not there")]
    [InlineData(true, "its program is a fast-provider")]
    public async Task A_provider_that_cannot_be_run_is_named(bool isOurs, string why)
    {
        using var node = WithCloud("cache.example.com:5000");
        if (isOurs)
        {
            File.Copy(Plugin.Binary, node.Root + Path.GetDirectoryName(DoctorNode.Provider) + "/cloud");
        }

        var finding = (await node.CheckAsync()).Has("chain", "warning", "no other credential provider");

        Assert.Equal($"cloud: {why}", finding.GetProperty("items")[0].GetString());
    }

    /// <summary>Where doctor is told where the programs are, as on a copy of a node.</summary>
    [Fact]
    public async Task A_provider_is_looked_for_where_doctor_is_told_to()
    {
        using var node = WithCloud("cache.example.com:5000")
            .With("/opt/providers/cloud", "#!/bin/sh\n").With("/opt/providers/fast-provider", "#!/bin/sh\n");

        (await node.CheckAsync("--provider-config", KubeadmConfig, "--bin-dir", "/opt/providers"))
            .Has("chain", "note", "may pull from these mirrors as the node does");
    }

    [Theory]
    [InlineData("cache.example.com:5000", "", "note", "may pull from these mirrors as the node does")]
    [InlineData("*.example.com:5000/dockerhub", "", "note", "may pull from these mirrors as the node does")]
    [InlineData("other.example.com", "", "warning", "no other credential provider of the kubelet can serve a mirror")]
    [InlineData(
        "cache.example.com:5000", "requireServiceAccount: true", "warning",
        "no other credential provider of the kubelet can serve a mirror")]
    public async Task What_other_providers_would_be_asked_for_is_named(string pattern, string more, string level, string text)
    {
        var requires = more.Length > 0 ? "true" : "false";
        using var node = WithCloud(pattern,
            $"    tokenAttributes: {{serviceAccountTokenAudience: a, cacheType: Token, requireServiceAccount: {requires}}}\n");

        node.With($"{Path.GetDirectoryName(DoctorNode.Provider)}/cloud", "#!/bin/sh\n");
        var finding = level == "note"
            ? (await node.CheckAsync()).Has("chain", "note", text)
            : (await node.CheckAsync()).Has("chain", "warning", text);

        Assert.StartsWith("cloud: ", finding.GetProperty("items")[0].GetString(), StringComparison.Ordinal);
    }

    /// <summary>docs/doctor.md is an interface: all ids of the code stand there and no others.</summary>
    [Fact]
    public void Every_finding_is_described_and_every_described_finding_is_there()
    {
        var ids = typeof(FindingId).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!);
        var page = File.ReadAllText(Path.Join(Repository.Root, "docs", "doctor.md"));
        var documented = Regex.Matches(
            page[page.IndexOf("## Findings", StringComparison.Ordinal)..], @"^\| `([a-z-]+)` \|", RegexOptions.Multiline)
            .Select(m => m.Groups[1].Value);

        Assert.Equal(ids.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }
}
