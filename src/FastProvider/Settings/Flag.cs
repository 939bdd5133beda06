namespace FastProvider.Settings;

/// <summary>
/// One setting of a pull: an argument of the kubelet's <c>args</c>, or a variable of its <c>env</c>; or a flag of a command. This
/// one definition feeds the parser, the help, the man page and the completion of shells.
/// </summary>
internal sealed class Flag(string name, string? variable, string? value, string description)
{
    /// <summary>Without the leading dashes.</summary>
    public string Name => name;

    /// <summary>The environment variable that counts when the flag is not given; null for the flag of a command.</summary>
    public string? Variable => variable;

    /// <summary>
    /// Null for a switch; FILE or DIR for a path; words with bars between where nothing else is taken; else what to call the value.
    /// </summary>
    public string? Value => value;

    /// <summary>For people, with the default.</summary>
    public string Description => description;

    public static readonly Flag RegistriesConf = new("registries-conf", "FAST_PROVIDER_REGISTRIES_CONF", "FILE",
        "main registries.conf (default: the first of /etc/containers/registries.conf and /usr/share/containers/registries.conf)");

    public static readonly Flag RegistriesConfDir = new("registries-conf-dir", "FAST_PROVIDER_REGISTRIES_CONF_DIR", "DIR",
        "the only directory of drop-ins (default: registries.rootful.conf.d and registries.conf.d under both)");

    public static readonly Flag AuthDir = new("auth-dir", "FAST_PROVIDER_AUTH_DIR", "DIR",
        "where CRI-O takes auth files from (default: as the running CRI-O, by its flags and crio.conf)");

    public static readonly Flag GlobalAuthFile = new("global-auth-file", "FAST_PROVIDER_GLOBAL_AUTH_FILE", "FILE",
        "the node's own auth file (default: global_auth_file of crio.conf, else root's logins as CRI-O finds them)");

    public static readonly Flag Kubeconfig = new("kubeconfig", "FAST_PROVIDER_KUBECONFIG", "FILE",
        "the kubelet's kubeconfig, for the API server's address and CA (default: what the running kubelet uses)");

    public static readonly Flag ApiServer = new("api-server", "FAST_PROVIDER_API_SERVER", "URL",
        "https address of the API server (default: the kubeconfig's)");

    public static readonly Flag CertificateAuthority = new("certificate-authority", "FAST_PROVIDER_CERTIFICATE_AUTHORITY", "FILE",
        "PEM file of the cluster's CA (default: the kubeconfig's)");

    public static readonly Flag Timeout = new("timeout", "FAST_PROVIDER_TIMEOUT", "DURATION",
        "budget for all work with the API server, from 100ms to 50s (default: 20s; the kubelet kills at 60s)");

    public static readonly Flag LockDir = new("lock-dir", "FAST_PROVIDER_LOCK_DIR", "DIR",
        "where the locks of auth files are kept (default: /run/fast-provider)");

    public static readonly Flag SlotWait = new("slot-wait", "FAST_PROVIDER_SLOT_WAIT", "DURATION",
        "longest wait for a pull to take the auth file of the pod before, 0 for none; below 55s together with --timeout"
        + " (default: 30s, less if the timeout leaves less)");

    public static readonly Flag UntakenLifetime = new("untaken-lifetime", "FAST_PROVIDER_UNTAKEN_LIFETIME", "DURATION",
        "age at which an auth file that no pull took is removed by a later run, from 1s to 24h, 0 for never (default: 5m)");

    public static readonly Flag PrivateImages = new("private-images", "FAST_PROVIDER_PRIVATE_IMAGES", "always|secret|never",
        "when the kubelet is told that an image belongs to the pod's ServiceAccount alone"
        + " (default: secret, if a Secret of the namespace has a credential for it). A pod that starts from an image so recorded"
        + " needs the API server");

    public static readonly Flag PrivateImagesExcept = new("private-images-except", "FAST_PROVIDER_PRIVATE_IMAGES_EXCEPT", "NS[,NS]",
        "namespaces whose images never count as private, as a node needs them to heal itself; the list replaces the default,"
        + " so repeat kube-system: kube-system,calico-system; --private-images-except= for none (default: kube-system)");

    public static readonly Flag PodmanSecrets = new("podman-secrets", "FAST_PROVIDER_PODMAN_SECRETS", null,
        "also read Secrets of type kubernetes.io/podmanconfigjson, with one more request");

    public static readonly Flag Secrets = new("secrets", "FAST_PROVIDER_SECRETS", "namespace|annotation|pod|auto",
        "which Secrets are read: namespace (all, listed by the workload), annotation (those that the ServiceAccount's names, by the workload),"
        + " pod (its imagePullSecrets, by the node) or auto (annotation where there is one, else namespace) (default: namespace)");

    public static readonly Flag SecretsAnnotation = new("secrets-annotation", "FAST_PROVIDER_SECRETS_ANNOTATION", "KEY",
        "the annotation that names Secrets, to be listed in optionalServiceAccountAnnotationKeys (default: fast-provider/secrets)");

    public static readonly Flag Events = new("events", "FAST_PROVIDER_EVENTS", null,
        "what is wrong with a pod's Secrets or permissions becomes an Event on the pod, written by the node");

    public static readonly Flag LogLevel = new("log-level", "FAST_PROVIDER_LOG_LEVEL", "error|warning|info|debug",
        "what is said of a pull (default: info, one line a pull)");

    /// <summary>In the order of the help.</summary>
    public static readonly Flag[] All =
    [
        RegistriesConf, RegistriesConfDir, AuthDir, GlobalAuthFile, Kubeconfig, ApiServer, CertificateAuthority, Timeout,
        LockDir, SlotWait, UntakenLifetime, PrivateImages, PrivateImagesExcept, PodmanSecrets, Secrets, SecretsAnnotation, Events, LogLevel,
    ];
}
