using System;
using FastProvider.Names;

namespace FastProvider.Settings;

/// <content>The flags: each has its own way to give the settings a value, so that none can be forgotten.</content>
internal sealed partial class Options
{
    /// <summary>In the order of the help.</summary>
    public static readonly Flag[] Flags =
    [
        new("registries-conf", "FAST_PROVIDER_REGISTRIES_CONF", FlagShape.File,
            "main registries.conf (default: the first of /etc/containers/registries.conf and"
                + " /usr/share/containers/registries.conf)",
            static (options, value) => Taken(options.RegistriesConf = value)),

        new("registries-conf-dir", "FAST_PROVIDER_REGISTRIES_CONF_DIR", FlagShape.Directory,
            "the only directory of drop-ins (default: registries.rootful.conf.d and registries.conf.d under both)",
            static (options, value) => Taken(options.RegistriesConfDir = value)),

        new("auth-dir", "FAST_PROVIDER_AUTH_DIR", FlagShape.Directory,
            "where CRI-O takes auth files from (default: as the running CRI-O, by its flags and crio.conf)",
            static (options, value) => Taken(options.AuthDir = value)),

        new("global-auth-file", "FAST_PROVIDER_GLOBAL_AUTH_FILE", FlagShape.File,
            "the node's own auth file (default: global_auth_file of crio.conf, else root's logins as CRI-O finds them)",
            static (options, value) => Taken(options.GlobalAuthFile = value)),

        new("kubeconfig", "FAST_PROVIDER_KUBECONFIG", FlagShape.File,
            "the kubelet's kubeconfig, for the API server's address and CA (default: what the running kubelet uses)",
            static (options, value) => Taken(options.Kubeconfig = value)),

        new("api-server", "FAST_PROVIDER_API_SERVER", FlagShape.Text("URL"),
            "https address of the API server (default: the kubeconfig's)",
            static (options, value) => Taken(options.ApiServer = value)),

        new("certificate-authority", "FAST_PROVIDER_CERTIFICATE_AUTHORITY", FlagShape.File,
            "PEM file of the cluster's CA (default: the kubeconfig's)",
            static (options, value) => Taken(options.CertificateAuthority = value)),

        new("timeout", "FAST_PROVIDER_TIMEOUT", FlagShape.Text("DURATION", "no duration from 100ms to 50s, such as 20s"),
            "budget for all work with the API server, from 100ms to 50s (default: 20s; the kubelet kills at 60s)",
            static (options, value) => options.TakeTimeout(value)),

        new("lock-dir", "FAST_PROVIDER_LOCK_DIR", FlagShape.Directory,
            "where the locks of auth files are kept (default: /run/fast-provider)",
            static (options, value) => Taken(options.LockDir = value)),

        new("slot-wait", "FAST_PROVIDER_SLOT_WAIT", FlagShape.Text("DURATION", "no duration, such as 30s"),
            "longest wait for a pull to take the auth file of the pod before, 0 for none; below 55s together with --timeout"
                + " (default: 30s, less if the timeout leaves less)",
            static (options, value) => options.TakeSlotWait(value)),

        new("untaken-lifetime", "FAST_PROVIDER_UNTAKEN_LIFETIME",
            FlagShape.Text("DURATION", "neither 0 nor a duration from 1s to 24h, such as 5m"),
            "age at which an auth file that no pull took is removed by a later run, from 1s to 24h, 0 for never (default: 5m)",
            static (options, value) => options.TakeUntakenLifetime(value)),

        new("private-images", "FAST_PROVIDER_PRIVATE_IMAGES", FlagShape.OneOf("always|secret|never"),
            "when the kubelet is told that an image belongs to the pod's ServiceAccount alone"
                + " (default: secret, if a Secret of the namespace has a credential for it). A pod that starts from an"
                + " image so recorded needs the API server",
            static (options, value) => options.TakePrivateImages(options.PrivateImages.WithWhen(value))),

        new("private-images-except", "FAST_PROVIDER_PRIVATE_IMAGES_EXCEPT",
            FlagShape.List("NS[,NS]", "no list of namespaces, such as kube-system,kube-flannel"),
            "namespaces whose images never count as private, as a node needs them to heal itself; the list replaces the default,"
                + " so repeat kube-system: kube-system,calico-system; --private-images-except= for none (default: kube-system)",
            static (options, value) => options.TakePrivateImages(options.PrivateImages.WithExceptions(value))),

        new("podman-secrets", "FAST_PROVIDER_PODMAN_SECRETS", FlagShape.Switch,
            "also read Secrets of type kubernetes.io/podmanconfigjson, with one more request",
            static (options, value) => (options.PodmanSecrets = value is "true") || value is "false"),

        new("secrets", "FAST_PROVIDER_SECRETS", FlagShape.OneOf("namespace|annotation|pod|auto"),
            "which Secrets are read: namespace (all, listed by the workload), annotation (those that the ServiceAccount's"
                + " names, by the workload), pod (its imagePullSecrets, by the node) or auto (annotation where there is one, else namespace)"
                + " (default: namespace)",
            static (options, value) => options.TakeSecrets(value)),

        new("secrets-annotation", "FAST_PROVIDER_SECRETS_ANNOTATION",
            FlagShape.Text("KEY", "no key of an annotation, such as example.com/secrets"),
            "the annotation that names Secrets, to be listed in optionalServiceAccountAnnotationKeys (default:"
                + " fast-provider/secrets)",
            static (options, value) => AnnotationKey.IsValid(options.SecretsAnnotation = value)),

        new("events", "FAST_PROVIDER_EVENTS", FlagShape.Switch,
            "what is wrong with a pod's Secrets or permissions becomes an Event on the pod, written by the node",
            static (options, value) => (options.Events = value is "true") || value is "false"),

        new("log-level", "FAST_PROVIDER_LOG_LEVEL", FlagShape.OneOf("error|warning|info|debug"),
            "what is said of a pull (default: info, one line a pull)",
            static (options, value) => options.TakeLogLevel(value)),
    ];

    /// <summary>Any value is right.</summary>
    private static bool Taken(string value) => value is not null;

    private bool TakeTimeout(string value)
    {
        var isDuration = GoDuration.TryParse(value, out var timeout) && timeout >= MinTimeout && timeout <= MaxTimeout;
        Timeout = isDuration ? timeout : Timeout;
        return isDuration;
    }

    private bool TakeSlotWait(string value)
    {
        // Zero needs no unit, as in Go.
        var isDuration = GoDuration.TryParse(value, out var wait) || value is "0";
        _slotWait = wait;
        return isDuration;
    }

    private bool TakeUntakenLifetime(string value)
    {
        // Shorter, and a file would go that its pull is about to take.
        var isDuration = GoDuration.TryParse(value, out var lifetime)
            && (lifetime == TimeSpan.Zero || lifetime >= ShortestLifetime) || value is "0";
        UntakenLifetime = lifetime;
        return isDuration;
    }

    private bool TakePrivateImages(PrivateImages? changed)
    {
        PrivateImages = changed ?? PrivateImages;
        return changed is not null;
    }

    private bool TakeSecrets(string word)
    {
        var mode = SecretsModes.Find(word);
        Secrets = mode ?? Secrets;
        return mode is not null;
    }

    private bool TakeLogLevel(string word)
    {
        var level = LogLevels.Find(word);
        LogLevel = level ?? LogLevel;
        return level is not null;
    }
}
