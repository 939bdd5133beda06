using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Settings;

/// <summary>The validated settings of one run. A flag wins over its environment variable.</summary>
internal sealed partial class Options
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(100), MaxTimeout = TimeSpan.FromSeconds(50);

    /// <summary>
    /// The kubelet kills at 60 s without a word, and a start of the process, the answer and the exit take their time, too.
    /// </summary>
    public static readonly TimeSpan RunBudget = TimeSpan.FromSeconds(55);

    private static readonly TimeSpan DefaultSlotWait = TimeSpan.FromSeconds(30), ShortestRest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(1);

    /// <summary>Each is one more request for every pull.</summary>
    private const int MaxSharedSecrets = 8;

    private const string Automatic = "auto";

    private TimeSpan? _slotWait;
    private string _agent = Automatic;
    private bool _chains;
    private string[]? _chainNamespaces;

    public string? RegistriesConf { get; private set; }

    public string? RegistriesConfDir { get; private set; }

    public string? AuthDir { get; private set; }

    public string? GlobalAuthFile { get; private set; }

    public string? Kubeconfig { get; private set; }

    public string? ApiServer { get; private set; }

    public string? CertificateAuthority { get; private set; }

    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(20);

    public string LockDir { get; private set; } = "/run/fast-provider";

    /// <summary>Where the agent listens, if one does; null if none is to be asked.</summary>
    public string? AgentSocket => _agent is Automatic ? AgentSocketIn(LockDir) : _agent is "none" ? null : _agent;

    /// <summary>The longest wait for a turn at the auth file, beside <see cref="Timeout"/>; zero for no wait.</summary>
    public TimeSpan SlotWait =>
        _slotWait ?? (Timeout + DefaultSlotWait < RunBudget ? DefaultSlotWait : RunBudget - Timeout - ShortestRest);

    /// <summary>The age at which an auth file that no pull took is removed; zero for never.</summary>
    public TimeSpan UntakenLifetime { get; private set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long the request may take to come, so that the API server has its budget still; the wait for a turn gets the rest.
    /// </summary>
    public TimeSpan RequestWait => RunBudget - Timeout;

    public PrivateImages PrivateImages { get; private set; } = PrivateImages.Default;

    public bool PodmanSecrets { get; private set; }

    public SecretsMode Secrets { get; private set; }

    /// <summary>The annotation of the ServiceAccount that names Secrets.</summary>
    public string SecretsAnnotation { get; private set; } = "fast-provider/secrets";

    /// <summary>Secrets that a platform offers to all pods which RBAC lets read them, in the order in which they count.</summary>
    public SecretReference[] SharedSecrets { get; private set; } = [];

    /// <summary>The kubelet's CredentialProviderConfig, a file or a directory; null for the one that it names.</summary>
    public string? ChainConfig { get; private set; }

    /// <summary>Where its programs are; null for where the kubelet has them.</summary>
    public string? ChainBinDir { get; private set; }

    /// <summary>The process gives up what a pull does not need, before it has to do with the network.</summary>
    public bool Confines { get; private set; } = true;

    /// <summary>What concerns a pod is written as an Event on it.</summary>
    public bool Events { get; private set; }

    public LogLevel LogLevel { get; private set; } = LogLevel.Info;

    /// <summary>Help or version is asked for; nothing else is looked at then.</summary>
    public Inquiry Inquiry { get; private set; }

    /// <param name="args">Without the program's name.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    public static Result<Options> Read(ReadOnlySpan<string> args, Func<string, string?> variable)
    {
        var options = new Options();
        var wrongVariable = options.SetFrom(variable);
        for (var i = 0; i < args.Length; i++)
        {
            if (Argument.TryInquiry(args[i], out var inquiry))
            {
                options.Inquiry = inquiry;
                if (inquiry is not Inquiry.None)
                {
                    return options;
                }

                continue;
            }

            var given = Argument.Take(args, ref i, Flags, default);
            if (!given.IsOk)
            {
                return Argument.Usage(given.Wrong, command: null);
            }

            if (given.Flag.Set(options, given.Value) is { } refused)
            {
                return Argument.Usage($"--{given.Flag.Name}: {refused}", command: null);
            }
        }

        return (wrongVariable ?? options.CheckTogether()) is { } wrongValue ? wrongValue : options;
    }

    /// <summary>Whether pulls of some namespace ask the kubelet's other credential providers.</summary>
    public bool Chains => _chains;

    /// <summary>
    /// Those are some namespaces only. What they pull so is theirs, then: the kubelet would give an image that is open to all to
    /// every pod of the node.
    /// </summary>
    public bool LimitsChain => _chainNamespaces is not null;

    /// <summary>Whether pulls of a namespace ask the kubelet's other credential providers.</summary>
    public bool ChainsFor(ReadOnlySpan<byte> ns) =>
        _chains && (_chainNamespaces is null || Array.IndexOf(_chainNamespaces, Encoding.ASCII.GetString(ns)) >= 0);

    /// <summary>Takes the settings that the environment gives.</summary>
    /// <returns>The first that is wrong; a flag may still be why it does not matter.</returns>
    public Failure? SetFrom(Func<string, string?> variable)
    {
        Failure? wrongVariable = null;
        foreach (var flag in Flags)
        {
            if (variable(flag.Variable!) is { Length: > 0 } value && flag.Set(this, value) is { } wrong)
            {
                wrongVariable ??= Argument.Usage($"environment variable {flag.Variable}: {wrong}", command: null);
            }
        }

        return wrongVariable;
    }

    /// <summary>Where the agent of a lock directory listens.</summary>
    public static string AgentSocketIn(string lockDirectory) => $"{lockDirectory.TrimEnd('/')}/agent.sock";

    /// <summary>How these settings find the API server.</summary>
    /// <param name="kubelet">What is known of the kubelet.</param>
    /// <param name="stamps">Takes what is looked at, for a host that keeps what came of it; null for nobody.</param>
    public ApiServerDiscovery ToApiServer(KubeletHint kubelet, FileStamps? stamps = null) => new()
    {
        Stamps = stamps,
        ApiServerFlag = ApiServer,
        CertificateAuthorityFlag = CertificateAuthority,
        KubeconfigFlag = Kubeconfig,
        Kubelet = kubelet,
    };

    /// <summary>What only all settings together show.</summary>
    public Failure? CheckTogether() => Timeout + SlotWait < RunBudget
        ? null
        : Argument.Usage("--timeout and --slot-wait together must stay below 55s, as the kubelet kills at 60s", command: null);
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
