using System.Text.Json;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Node;

namespace FastProvider.Tests.Commands.Doctor;

/// <summary>
/// The files of a node on which everything is as it should be, as its installer leaves them; a test then breaks one of them.
/// </summary>
internal sealed class DoctorNode : IDisposable
{
    public const string Provider = "/usr/libexec/kubelet-image-credential-provider-plugins/fast-provider";
    public const string KubeadmConfig = "/etc/kubernetes/fast-provider.yaml";

    private readonly NodeTree _tree = new();

    private DoctorNode(string provider)
    {
        With("/etc/containers/registries.conf", """
            [[registry]]
            location = "docker.io"
            [[registry.mirror]]
            location = "cache.example.com:5000/dockerhub"
            """);
        With(provider, "");
        File.Copy(Plugin.Binary, Root + provider, overwrite: true);
        // What the program names as its loader, on each architecture.
        foreach (var loader in (string[])["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"])
        {
            With(loader, "");
            File.SetUnixFileMode(Root + loader, (UnixFileMode)0b111_101_101);
        }
    }

    public string Root => _tree.Root;

    /// <summary>The clock that doctor sees; null for the machine's.</summary>
    public NodeClock? Clock { get; private init; }

    /// <summary>A worker of kubeadm, with the packages' units.</summary>
    public static DoctorNode Kubeadm(NodeClock? clock = null)
    {
        var node = new DoctorNode(Provider) { Clock = clock };
        return node
            .With("/usr/lib/systemd/system/kubelet.service", """
                [Unit]
                Description=kubelet
                [Service]
                ExecStart=/usr/bin/kubelet
                Restart=always
                """)
            .With("/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf", """
                [Service]
                Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
                Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
                # Written by kubeadm init and join.
                EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
                EnvironmentFile=-/etc/default/kubelet
                ExecStart=
                ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
                """)
            .With("/var/lib/kubelet/kubeadm-flags.env",
                "KUBELET_KUBEADM_ARGS=\"--container-runtime-endpoint=unix:///var/run/crio/crio.sock\"\n")
            .With("/etc/default/kubelet",
                $"KUBELET_EXTRA_ARGS=\"--image-credential-provider-config={KubeadmConfig}"
                    + $" --image-credential-provider-bin-dir={Path.GetDirectoryName(Provider)}\"\n")
            .With("/var/lib/kubelet/config.yaml",
                "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nserializeImagePulls: true\n")
            .With("/etc/kubernetes/kubelet.conf", SampleKubeconfigs.Kubeadm())
            .With(KubeadmConfig, """
                apiVersion: kubelet.config.k8s.io/v1
                kind: CredentialProviderConfig
                providers:
                  - name: fast-provider
                    apiVersion: credentialprovider.kubelet.k8s.io/v1
                    matchImages: ["docker.io"]
                    defaultCacheDuration: "0s"
                    tokenAttributes:
                      serviceAccountTokenAudience: https://kubernetes.default.svc.cluster.local
                      cacheType: Token
                      requireServiceAccount: false
                """)
            .With("/usr/lib/systemd/system/crio.service", """
                [Service]
                EnvironmentFile=-/etc/sysconfig/crio
                ExecStart=/usr/bin/crio \
                          $CRIO_CONFIG_OPTIONS \
                          $CRIO_RUNTIME_OPTIONS
                ExecReload=/bin/kill -s HUP $MAINPID
                """)
            .With("/etc/crio/crio.conf.d/10-crio.conf", "[crio.image]\nsignature_policy = \"/etc/crio/policy.json\"\n");
    }

    /// <summary>
    /// A worker of OpenShift: the provider in place of the node's own, its configuration written by the operator.
    /// </summary>
    public static DoctorNode OpenShift()
    {
        var node = new DoctorNode("/usr/libexec/kubelet-image-credential-provider-plugins/crio-credential-provider");
        return node
            .With("/etc/systemd/system/kubelet.service", """
                [Service]
                Type=notify
                EnvironmentFile=/etc/os-release
                EnvironmentFile=-/etc/kubernetes/kubelet-workaround
                ExecStart=/usr/local/bin/kubenswrapper \
                    /usr/bin/kubelet \
                      --config=/etc/kubernetes/kubelet.conf \
                      --kubeconfig=/var/lib/kubelet/kubeconfig \
                      --image-credential-provider-bin-dir=/usr/libexec/kubelet-image-credential-provider-plugins \
                      --image-credential-provider-config=/etc/kubernetes/credential-providers \
                      --node-labels=node-role.kubernetes.io/worker,node.openshift.io/os_id=${ID} \
                      --v=2
                """)
            .With("/etc/os-release", "ID=\"rhcos\"\n")
            .With("/etc/kubernetes/kubelet.conf", """
                {"kind":"KubeletConfiguration","apiVersion":"kubelet.config.k8s.io/v1beta1","serializeImagePulls":false,
                 "featureGates":{"KubeletServiceAccountTokenForCredentialProviders":true}}
                """)
            .With("/etc/kubernetes/apiserver-url.env",
                "KUBERNETES_SERVICE_HOST='api-int.example.com'\nKUBERNETES_SERVICE_PORT='6443'\n")
            .With("/var/lib/kubelet/kubeconfig", SampleKubeconfigs.OpenShift)
            .With("/etc/kubernetes/kubelet-ca.crt", NodeTree.Pem)
            .With("/etc/kubernetes/ca.crt", NodeTree.Pem)
            .With("/etc/kubernetes/credential-providers/crio-credential-provider.yaml", """
                apiVersion: kubelet.config.k8s.io/v1
                kind: CredentialProviderConfig
                providers:
                - apiVersion: credentialprovider.kubelet.k8s.io/v1
                  defaultCacheDuration: 1s
                  matchImages:
                  - docker.io
                  name: crio-credential-provider
                  tokenAttributes:
                    cacheType: Token
                    requireServiceAccount: false
                    serviceAccountTokenAudience: https://kubernetes.default.svc
                """)
            .With("/etc/kubernetes/credential-providers/README", "no configuration")
            .With("/usr/lib/systemd/system/crio.service", "[Service]\nExecStart=/usr/bin/crio $CRIO_CONFIG_OPTIONS\n")
            .With("/etc/crio/crio.conf.d/00-default", "[crio.image]\nglobal_auth_file = \"/var/lib/kubelet/config.json\"\n");
    }

    public DoctorNode With(string path, string content)
    {
        _tree.With(path, content);
        return this;
    }

    /// <summary>Replaces a text in one of the files, which must be there.</summary>
    public DoctorNode Change(string path, string old, string replacement)
    {
        var text = File.ReadAllText(Root + path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        return With(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    public DoctorNode Remove(string path)
    {
        File.Delete(Root + path);
        return this;
    }

    /// <summary>A process in the node's /proc, started so long after its boot, which was an hour ago.</summary>
    public DoctorNode Run(int id, TimeSpan afterBoot, string comm, string[] commandLine, params string[] environment)
    {
        var boot = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        return With("/proc/stat", $"cpu 1 2 3\nbtime {boot}\n")
            .With($"/proc/{id}/comm", comm + "\n")
            .With($"/proc/{id}/cmdline", string.Join('\0', commandLine) + "\0")
            .With($"/proc/{id}/environ", string.Concat(environment.Select(e => e + "\0")))
            .With(
                $"/proc/{id}/stat",
                $"{id} (a (b) c) S {string.Join(' ', Enumerable.Repeat("0", 18))} {(long)(afterBoot.TotalSeconds * 100)} 0\n");
    }

    /// <summary>Runs doctor on the files.</summary>
    public async Task<Findings> CheckAsync(params string[] more) =>
        new(await Plugin.RunAsync(["doctor", "--root", Root, "--output", "json", .. more], [], Clock?.Environment));

    public void Dispose()
    {
        Clock?.Dispose();
        _tree.Dispose();
    }
}

/// <summary>What doctor said as JSON.</summary>
internal sealed class Findings
{
    private readonly JsonElement[] _findings;

    public Findings(PluginRun run)
    {
        Assert.True(run.ExitCode is 0 or 1, run.Stderr);
        Assert.Empty(run.Stderr);
        ExitCode = run.ExitCode;
        var document = JsonDocument.Parse(run.Stdout).RootElement;
        Assert.Equal(1, document.GetProperty("version").GetInt32());
        _findings = [.. document.GetProperty("findings").EnumerateArray()];
    }

    public int ExitCode { get; }

    public IEnumerable<string> Ids => _findings.Select(f => f.GetProperty("id").GetString()!);

    /// <summary>The findings of a level, each as its id and message.</summary>
    public IEnumerable<string> Of(string level) =>
        _findings.Where(f => f.GetProperty("level").GetString() == level)
            .Select(f => $"{f.GetProperty("id").GetString()}: {f.GetProperty("message").GetString()}");

    /// <summary>Expects a finding whose message, cure or items hold the text, and no worse one of its id.</summary>
    public JsonElement Has(string id, string level, string text)
    {
        var found = _findings.Where(f => f.GetProperty("id").GetString() == id).ToArray();
        Assert.True(found.Length > 0, $"No finding {id}.");
        var match = found.FirstOrDefault(f => f.GetProperty("level").GetString() == level && Says(f, text));
        Assert.True(match.ValueKind != JsonValueKind.Undefined, $"Expected {level} with \"{text}\": {string.Join('\n', found)}");
        var worse = found.Where(f => Severity(f.GetProperty("level").GetString()) > Severity(level)).ToArray();
        Assert.True(worse.Length == 0, $"Worse than {level} \"{text}\": {string.Join('\n', worse)}");
        Assert.True(
            level is not ("problem" or "warning") || match.GetProperty("cure").GetString() is { Length: > 0 },
            $"{id} says nothing to do.");
        return match;
    }

    private static bool Says(JsonElement finding, string text) =>
        Holds(finding.GetProperty("message"), text) || Holds(finding.GetProperty("cure"), text)
        || (finding.TryGetProperty("items", out var items) && items.EnumerateArray().Any(item => Holds(item, text)));

    private static bool Holds(JsonElement said, string text) =>
        said.ValueKind == JsonValueKind.String && said.GetString()!.Contains(text, StringComparison.Ordinal);

    private static int Severity(string? level) => Array.IndexOf(["ok", "note", "unknown", "warning", "problem"], level);
}
