using System;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Node;

namespace FastProvider.Settings;

/// <summary>The validated settings of one run. A flag wins over its environment variable.</summary>
internal sealed class Options
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100), MaxTimeout = TimeSpan.FromSeconds(50);

    /// <summary>The kubelet kills at 60 s without a word, and a start of the process, the answer and the exit take their time, too.</summary>
    public static readonly TimeSpan RunBudget = TimeSpan.FromSeconds(55);

    private static readonly TimeSpan DefaultSlotWait = TimeSpan.FromSeconds(30), ShortestRest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);

    private TimeSpan? _slotWait;

    public string? RegistriesConf { get; private set; }

    public string? RegistriesConfDir { get; private set; }

    public string? AuthDir { get; private set; }

    public string? GlobalAuthFile { get; private set; }

    public string? Kubeconfig { get; private set; }

    public string? ApiServer { get; private set; }

    public string? CertificateAuthority { get; private set; }

    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(20);

    public string LockDir { get; private set; } = "/run/fast-provider";

    /// <summary>The longest wait for a turn at the auth file, beside <see cref="Timeout"/>; zero for no wait.</summary>
    public TimeSpan SlotWait =>
        _slotWait ?? (Timeout + DefaultSlotWait < RunBudget ? DefaultSlotWait : RunBudget - Timeout - ShortestRest);

    /// <summary>The age at which an auth file that no pull took is removed; zero for never.</summary>
    public TimeSpan UntakenLifetime { get; private set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the request may take to come, so that the API server has its budget still; the wait for a turn gets the rest.</summary>
    public TimeSpan RequestWait => RunBudget - Timeout;

    public PrivateImages PrivateImages { get; private set; } = PrivateImages.Default;

    public bool PodmanSecrets { get; private set; }

    public SecretsMode Secrets { get; private set; }

    /// <summary>The annotation of the ServiceAccount that names Secrets.</summary>
    public string SecretsAnnotation { get; private set; } = "fast-provider/secrets";

    /// <summary>What concerns a pod is written as an Event on it.</summary>
    public bool Events { get; private set; }

    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    /// <summary>The kubelet that a command has found; null in a pull, whose parent is the kubelet.</summary>
    public NodeService? Kubelet { get; set; }

    /// <summary>Help or version is asked for; nothing else is looked at then.</summary>
    public Inquiry Inquiry { get; private set; }

    /// <param name="args">Without the program's name.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="options">The settings.</param>
    public static Failure? Read(ReadOnlySpan<string> args, Func<string, string?> variable, out Options options)
    {
        options = new Options();
        var wrongVariable = options.SetFrom(variable);
        for (var i = 0; i < args.Length; i++)
        {
            if (Argument.TryInquiry(args[i], out var inquiry))
            {
                options.Inquiry = inquiry;
                if (inquiry is not Inquiry.None)
                {
                    return null;
                }

                continue;
            }

            if (Argument.Take(args, ref i, Flag.All, default, out var flag, out var value) is { } wrong)
            {
                return Argument.Usage(wrong, command: null);
            }

            if (options.Set(flag!, value) is { } refused)
            {
                return Argument.Usage($"--{flag!.Name}: {refused}", command: null);
            }
        }

        return wrongVariable ?? options.CheckTogether();
    }

    /// <summary>Takes the settings that the environment gives.</summary>
    /// <returns>The first that is wrong; a flag may still be why it does not matter.</returns>
    public Failure? SetFrom(Func<string, string?> variable)
    {
        Failure? wrongVariable = null;
        foreach (var flag in Flag.All)
        {
            if (variable(flag.Variable!) is { Length: > 0 } value && Set(flag, value) is { } wrong)
            {
                wrongVariable ??= Argument.Usage($"environment variable {flag.Variable}: {wrong}", command: null);
            }
        }

        return wrongVariable;
    }

    /// <summary>What only all settings together show.</summary>
    public Failure? CheckTogether() => Timeout + SlotWait < RunBudget
        ? null
        : Argument.Usage("--timeout and --slot-wait together must stay below 55s, as the kubelet kills at 60s", command: null);

    /// <summary>Takes one setting.</summary>
    /// <returns>Null, or what is wrong with the value.</returns>
    public string? Set(Flag flag, string value)
    {
        if (flag == Flag.Timeout)
        {
            if (!GoDuration.TryParse(value, out var timeout) || timeout < MinTimeout || timeout > MaxTimeout)
            {
                return $"\"{Argument.Printable(value)}\" is no duration from 100ms to 50s, such as 20s";
            }

            Timeout = timeout;
            return null;
        }

        if (flag == Flag.SlotWait)
        {
            // Zero needs no unit, as in Go.
            var isDuration = GoDuration.TryParse(value, out var wait) || value is "0";
            _slotWait = wait;
            return isDuration ? null : $"\"{Argument.Printable(value)}\" is no duration, such as 30s";
        }

        if (flag == Flag.UntakenLifetime)
        {
            // Shorter, and a file would go that its pull is about to take.
            var isDuration = GoDuration.TryParse(value, out var lifetime) && (lifetime == TimeSpan.Zero || lifetime >= ShortestLifetime) || value is "0";
            UntakenLifetime = lifetime;
            return isDuration ? null : $"\"{Argument.Printable(value)}\" is neither 0 nor a duration from 1s to 24h, such as 5m";
        }

        if (flag == Flag.PrivateImages)
        {
            PrivateImages = PrivateImages.WithWhen(value, out var isWord);
            return isWord ? null : $"\"{Argument.Printable(value)}\" is none of always, secret, never";
        }

        if (flag == Flag.PrivateImagesExcept)
        {
            PrivateImages = PrivateImages.WithExceptions(value, out var areNames);
            return areNames ? null : $"\"{Argument.Printable(value)}\" is no list of namespaces, such as kube-system,kube-flannel";
        }

        if (flag == Flag.LogLevel)
        {
            return SetLogLevel(value);
        }

        if (flag == Flag.PodmanSecrets || flag == Flag.Events)
        {
            PodmanSecrets = flag == Flag.PodmanSecrets ? value is "true" : PodmanSecrets;
            Events = flag == Flag.Events ? value is "true" : Events;
            return value is "true" or "false" ? null : $"\"{Argument.Printable(value)}\" is neither true nor false";
        }

        if (flag == Flag.Secrets)
        {
            return SetSecrets(value);
        }

        if (flag == Flag.SecretsAnnotation)
        {
            SecretsAnnotation = value;
            return AnnotationKey.IsValid(value) ? null : $"\"{Argument.Printable(value)}\" is no key of an annotation, such as example.com/secrets";
        }

        SetPath(flag, value);
        return null;
    }

    private string? SetSecrets(string value)
    {
        SecretsMode? way = value switch
        {
            "namespace" => SecretsMode.Namespace,
            "annotation" => SecretsMode.Annotation,
            "pod" => SecretsMode.Pod,
            "auto" => SecretsMode.Auto,
            _ => null,
        };
        Secrets = way ?? Secrets;
        return way is null ? $"\"{Argument.Printable(value)}\" is none of namespace, annotation, pod, auto" : null;
    }

    private string? SetLogLevel(string value)
    {
        LogLevel? level = value switch
        {
            "error" => LogLevel.Error,
            "warning" => LogLevel.Warning,
            "info" => LogLevel.Info,
            "debug" => LogLevel.Debug,
            _ => null,
        };
        LogLevel = level ?? LogLevel;
        return level is null ? $"\"{Argument.Printable(value)}\" is none of error, warning, info, debug" : null;
    }

    private void SetPath(Flag flag, string value)
    {
        switch (flag.Name)
        {
            case "registries-conf":
                RegistriesConf = value;
                break;
            case "registries-conf-dir":
                RegistriesConfDir = value;
                break;
            case "auth-dir":
                AuthDir = value;
                break;
            case "global-auth-file":
                GlobalAuthFile = value;
                break;
            case "lock-dir":
                LockDir = value;
                break;
            case "kubeconfig":
                Kubeconfig = value;
                break;
            case "api-server":
                ApiServer = value;
                break;
            case "certificate-authority":
                CertificateAuthority = value;
                break;
        }
    }
}

/// <summary>What a person asks of the program instead of a pull.</summary>
internal enum Inquiry
{
    None,
    Help,
    Version,

    /// <summary>As the Go provider answers it.</summary>
    VersionJson,
}

/// <summary>How much is said of a pull.</summary>
internal enum LogLevel
{
    /// <summary>Only what makes the pull go on without us.</summary>
    Error,

    /// <summary>Also a pull with warnings.</summary>
    Warning,

    /// <summary>One line for each pull of a mirrored image.</summary>
    Info,

    /// <summary>Also a line for each pull that is none of our business.</summary>
    Debug,
}
