using System;
using FastProvider.Names;

namespace FastProvider.Settings;

/// <content>
/// The flags: each has its own way to give the settings a value, so that none can be forgotten. Pointers to functions, as
/// eighteen delegates would be made at each start.
/// </content>
internal sealed unsafe partial class Options
{
    /// <summary>In the order of the help.</summary>
    public static readonly Flag[] Flags =
    [
        new("registries-conf", "FAST_PROVIDER_REGISTRIES_CONF", FlagShape.File,
            "main registries.conf (default: the first of /etc/containers/registries.conf and"
                + " /usr/share/containers/registries.conf)",
            &TakeRegistriesConf),

        new("registries-conf-dir", "FAST_PROVIDER_REGISTRIES_CONF_DIR", FlagShape.Directory,
            "the only directory of drop-ins (default: registries.rootful.conf.d and registries.conf.d under both)",
            &TakeRegistriesConfDir),

        new("auth-dir", "FAST_PROVIDER_AUTH_DIR", FlagShape.Directory,
            "where CRI-O takes auth files from (default: as the running CRI-O, by its flags and crio.conf)",
            &TakeAuthDir),

        new("global-auth-file", "FAST_PROVIDER_GLOBAL_AUTH_FILE", FlagShape.File,
            "the node's own auth file (default: global_auth_file of crio.conf, else root's logins as CRI-O finds them)",
            &TakeGlobalAuthFile),

        new("kubeconfig", "FAST_PROVIDER_KUBECONFIG", FlagShape.File,
            "the kubelet's kubeconfig, for the API server's address and CA (default: what the running kubelet uses)",
            &TakeKubeconfig),

        new("api-server", "FAST_PROVIDER_API_SERVER", FlagShape.Text("URL"),
            "https address of the API server (default: the kubeconfig's)",
            &TakeApiServer),

        new("certificate-authority", "FAST_PROVIDER_CERTIFICATE_AUTHORITY", FlagShape.File,
            "PEM file of the cluster's CA (default: the kubeconfig's)",
            &TakeCertificateAuthority),

        new("timeout", "FAST_PROVIDER_TIMEOUT", FlagShape.Text("DURATION", "no duration from 100ms to 50s, such as 20s"),
            "budget for all work with the API server, from 100ms to 50s (default: 20s; the kubelet kills at 60s)",
            &TakeTimeout),

        new("lock-dir", "FAST_PROVIDER_LOCK_DIR", FlagShape.Directory,
            "where the locks of auth files are kept (default: /run/fast-provider)",
            &TakeLockDir),

        new("slot-wait", "FAST_PROVIDER_SLOT_WAIT", FlagShape.Text("DURATION", "no duration, such as 30s"),
            "longest wait for a pull to take the auth file of the pod before, 0 for none; below 55s together with --timeout"
                + " (default: 30s, less if the timeout leaves less)",
            &TakeSlotWait),

        new("agent", "FAST_PROVIDER_AGENT", FlagShape.Text("auto|none|PATH", "neither auto nor none nor an absolute path"),
            "the socket of the agent, which mirrored images are handed to where it listens; a run that would have to wait for its"
                + " turn starts one; auto is agent.sock in the lock directory, none asks nobody (default: auto)",
            &TakeAgent),

        new("untaken-lifetime", "FAST_PROVIDER_UNTAKEN_LIFETIME",
            FlagShape.Text("DURATION", "neither 0 nor a duration from 1s to 24h, such as 5m"),
            "age at which an auth file that no pull took is removed by a later run, from 1s to 24h, 0 for never (default: 5m)",
            &TakeUntakenLifetime),

        new("private-images", "FAST_PROVIDER_PRIVATE_IMAGES", FlagShape.OneOf("always|secret|never"),
            "when the kubelet is told that an image belongs to the pod's ServiceAccount alone"
                + " (default: secret, if a Secret of the namespace has a credential for it). A pod that starts from an"
                + " image so recorded needs the API server",
            &TakePrivateImages),

        new("private-images-except", "FAST_PROVIDER_PRIVATE_IMAGES_EXCEPT",
            FlagShape.List("NS[,NS]", "no list of namespaces, such as kube-system,kube-flannel"),
            "namespaces whose images never count as private, as a node needs them to heal itself; the list replaces the default,"
                + " so repeat kube-system: kube-system,calico-system; --private-images-except= for none (default: kube-system)",
            &TakePrivateImagesExcept),

        new("podman-secrets", "FAST_PROVIDER_PODMAN_SECRETS", FlagShape.Switch,
            "also read Secrets of type kubernetes.io/podmanconfigjson, with one more request",
            &TakePodmanSecrets),

        new("secrets", "FAST_PROVIDER_SECRETS", FlagShape.OneOf("namespace|annotation|pod|auto"),
            "which Secrets are read: namespace (all, listed by the workload), annotation (those that the ServiceAccount's"
                + " names, by the workload), pod (its imagePullSecrets, by the node)"
                + " or auto (annotation where there is one, else namespace)"
                + " (default: namespace)",
            &TakeSecrets),

        new("secrets-annotation", "FAST_PROVIDER_SECRETS_ANNOTATION",
            FlagShape.Text("KEY", "no key of an annotation, such as example.com/secrets"),
            "the annotation that names Secrets, to be listed in optionalServiceAccountAnnotationKeys (default:"
                + " fast-provider/secrets)",
            &TakeSecretsAnnotation),

        new("shared-secrets", "FAST_PROVIDER_SHARED_SECRETS",
            FlagShape.List("NS/NAME[,NS/NAME]", "no list of at most 8 Secrets, such as platform/registry-login"),
            "Secrets of other namespaces that a platform shares, 8 at most: each pull asks for them as the workload, and RBAC"
                + " says which pods may read them; Secrets of the pod's own namespace go before them (default: none)",
            &TakeSharedSecrets),

        new("chain", "FAST_PROVIDER_CHAIN", FlagShape.Switch,
            "also ask the kubelet's other credential providers, for mirrors that no Secret serves: every pod of the node may then"
                + " pull from those as the node does",
            &TakeChain),

        new("chain-namespaces", "FAST_PROVIDER_CHAIN_NAMESPACES",
            FlagShape.List("NS[,NS]", "no list of namespaces, such as kube-system,team-a"),
            "with --chain: only for pods of these namespaces; --chain-namespaces= for none (default: all)",
            &TakeChainNamespaces),

        new("chain-config", "FAST_PROVIDER_CHAIN_CONFIG", FlagShape.File,
            "with --chain: the CredentialProviderConfig, a file or a directory (default: the kubelet's"
                + " --image-credential-provider-config)",
            &TakeChainConfig),

        new("chain-bin-dir", "FAST_PROVIDER_CHAIN_BIN_DIR", FlagShape.Directory,
            "with --chain: where its programs are (default: the kubelet's --image-credential-provider-bin-dir)",
            &TakeChainBinDir),

        new("confine", "FAST_PROVIDER_CONFINE", FlagShape.OneOf("auto|none"),
            "before a byte goes to the API server, give up the system calls that no pull needs; with --chain for the pods that"
                + " it is for nothing is given up, as other programs are run (default: auto)",
            &TakeConfine),

        new("events", "FAST_PROVIDER_EVENTS", FlagShape.Switch,
            "what is wrong with a pod's Secrets or permissions becomes an Event on the pod, written by the node",
            &TakeEvents),

        new("log-level", "FAST_PROVIDER_LOG_LEVEL", FlagShape.OneOf("error|warning|info|debug"),
            "what is said of a pull (default: info, one line a pull)",
            &TakeLogLevel),
    ];

    private static bool TakeRegistriesConf(Options options, string value)
    {
        options.RegistriesConf = value;
        return true;
    }

    private static bool TakeRegistriesConfDir(Options options, string value)
    {
        options.RegistriesConfDir = value;
        return true;
    }

    private static bool TakeAuthDir(Options options, string value)
    {
        options.AuthDir = value;
        return true;
    }

    private static bool TakeGlobalAuthFile(Options options, string value)
    {
        options.GlobalAuthFile = value;
        return true;
    }

    private static bool TakeKubeconfig(Options options, string value)
    {
        options.Kubeconfig = value;
        return true;
    }

    private static bool TakeApiServer(Options options, string value)
    {
        options.ApiServer = value;
        return true;
    }

    private static bool TakeCertificateAuthority(Options options, string value)
    {
        options.CertificateAuthority = value;
        return true;
    }

    private static bool TakeLockDir(Options options, string value)
    {
        options.LockDir = value;
        return true;
    }

    private static bool TakeAgent(Options options, string value)
    {
        (options._agent, var isPath) = (value, value.StartsWith('/'));
        return isPath || value is Automatic or "none";
    }

    private static bool TakePodmanSecrets(Options options, string value) =>
        (options.PodmanSecrets = value is "true") || value is "false";

    private static bool TakeConfine(Options options, string value) =>
        (options.Confines = value is Automatic) || value is "none";

    private static bool TakeEvents(Options options, string value) =>
        (options.Events = value is "true") || value is "false";

    private static bool TakeTimeout(Options options, string value)
    {
        var isDuration = GoDuration.TryParse(value, out var timeout) && timeout >= MinTimeout && timeout <= MaxTimeout;
        options.Timeout = isDuration ? timeout : options.Timeout;
        return isDuration;
    }

    private static bool TakeSlotWait(Options options, string value)
    {
        // Zero needs no unit, as in Go.
        var isDuration = GoDuration.TryParse(value, out var wait) || value is "0";
        options._slotWait = wait;
        return isDuration;
    }

    private static bool TakeUntakenLifetime(Options options, string value)
    {
        // Shorter, and a file would go that its pull is about to take.
        var isDuration = GoDuration.TryParse(value, out var lifetime)
            && (lifetime == TimeSpan.Zero || lifetime >= ShortestLifetime) || value is "0";
        options.UntakenLifetime = lifetime;
        return isDuration;
    }

    private static bool TakePrivateImages(Options options, string value) => options.Take(options.PrivateImages.WithWhen(value));

    private static bool TakePrivateImagesExcept(Options options, string value) =>
        options.Take(options.PrivateImages.WithExceptions(value));

    private bool Take(PrivateImages? changed)
    {
        PrivateImages = changed ?? PrivateImages;
        return changed is not null;
    }

    private static bool TakeSecrets(Options options, string value)
    {
        var mode = SecretsModes.Find(value);
        options.Secrets = mode ?? options.Secrets;
        return mode is not null;
    }

    private static bool TakeSecretsAnnotation(Options options, string value) =>
        AnnotationKey.IsValid(options.SecretsAnnotation = value);

    private static bool TakeSharedSecrets(Options options, string value)
    {
        var shared = SecretReference.ParseShared(value);
        var isValid = value.Length == 0 || shared.Length is > 0 and <= MaxSharedSecrets;
        options.SharedSecrets = isValid ? shared : options.SharedSecrets;
        return isValid;
    }

    private static bool TakeChain(Options options, string value) => (options._chains = value is "true") || value is "false";

    private static bool TakeChainNamespaces(Options options, string value)
    {
        // Nothing is nobody, not everybody: a template with an empty value must not lift the only bound that there is.
        options._chainNamespaces = value.Length == 0 ? [] : value.Split(',');
        return NamespaceName.AreValid(options._chainNamespaces);
    }

    private static bool TakeChainConfig(Options options, string value)
    {
        options.ChainConfig = value;
        return true;
    }

    private static bool TakeChainBinDir(Options options, string value)
    {
        options.ChainBinDir = value;
        return true;
    }

    private static bool TakeLogLevel(Options options, string value)
    {
        var level = LogLevels.Find(value);
        options.LogLevel = level ?? options.LogLevel;
        return level is not null;
    }
}
