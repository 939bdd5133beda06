using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Commands.Explain.Probe;
using FastProvider.Kubelet;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Commands.Explain;

/// <summary>
/// One pull, decided and not carried out, with its reasons. No directory is made, no file is written or removed, nobody's turn is
/// taken.
/// </summary>
internal sealed class Explanation : IDisposable
{
    /// <summary>More Secrets than this in one namespace, all of them broken, are nobody's.</summary>
    private const int MaxWarnings = 1000;

    /// <summary>More keys than this, counted for each endpoint, are more than anybody reads.</summary>
    private const int MaxListedKeys = 1_000_000;

    private readonly KeyTrace _trace = new();
    private readonly SecretManifests? _manifests;
    private readonly Options _options;
    private readonly Pull _pull;
    private readonly PullSources? _sourcesWithoutToken;
    private KeyIndex? _index;

    /// <summary>Decides as a pull would.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="options">The settings of a pull.</param>
    /// <param name="configured">Where they come from; null where no kubelet runs the provider.</param>
    /// <param name="variable">Looks an environment variable up, as a pull sees it.</param>
    /// <param name="manifests">A directory of manifests that stands for the API server; null for the API server itself.</param>
    /// <param name="asksProviders">The kubelet's other credential providers are run, where a pull would.</param>
    public Explanation(
        Question question, Options options, ConfiguredProvider? configured, Func<string, string?> variable, string? manifests,
        bool asksProviders)
    {
        _options = options;
        Question = question;
        Entry = configured?.Entry;
        WhyNeverRun = configured is null || configured.Entry.Covers(question.Image.Repository) ? null
            : $"matchImages of {configured.Entry.Name} in {configured.Entry.Place} does not cover this image,"
                + " so the kubelet never runs the provider for it; the rest is what a run would decide";
        _manifests = manifests is null ? null : new SecretManifests(manifests);
        _pull = new Pull(new PullInput
        {
            Options = options,
            Variable = variable,
            Run = Deadline.After(Options.RunBudget),
            Secrets = _manifests ?? (question.HasToken ? new ApiServerSecrets() : (ISecretSource)new UnreadSecrets()),
            Kubelet = KubeletHint.Of(configured?.Kubelet),
            LoginFiles = LoginFilesForOthers(options, out var unknownLogins),
            // A pull is run by root. Others can look neither into its home nor into the directory of auth files.
            LooksAtSlot = Ownership.IsRootHere,
            Trace = _trace,
            MayChain = asksProviders,
            MostNotices = MaxWarnings,
        });
        if (unknownLogins is not null)
        {
            _pull.Notices.Add(unknownLogins);
        }

        Record = _pull.End(_pull.Decide(question.Request, question.Namespace.Length > 0 ? question.Claims : null));
        LeavesOutProviders = !asksProviders && Endpoints is not null
            && ChainedProviders.IsFor(options, question.Claims.Namespace.Span, variable);
        _sourcesWithoutToken = Record.Unsought is Unsought.NoToken ? FindSources(variable) : null;
    }

    public Question Question { get; }

    /// <summary>The provider's entry at the kubelet, whose settings are the basis; null where there is none.</summary>
    public ProviderEntry? Entry { get; }

    /// <summary>What the pull came to, as far as it was decided.</summary>
    public PullRecord Record { get; }

    /// <summary>What registries.conf says; null if it is invalid.</summary>
    public PullSources? Sources => _pull.Sources ?? _sourcesWithoutToken;

    /// <summary>Those whose credentials are sought; null if none are.</summary>
    public PullEndpoints? Endpoints => _pull.Endpoints;

    /// <summary>
    /// What was chosen for an endpoint of <see cref="Sources"/>; null if it has no valid name, or no credentials are sought.
    /// </summary>
    public EndpointCredential? CredentialOf(int source)
    {
        if (Endpoints is null || !Sources!.Endpoints[source].IsValid)
        {
            return null;
        }

        var place = 0;
        foreach (ref readonly var before in Sources.Endpoints[..source])
        {
            place += before.IsValid ? 1 : 0;
        }

        return Endpoints.All[place];
    }

    /// <summary>Every key that was met, in Secrets and then in the global auth file.</summary>
    public IReadOnlyList<TracedKey> Keys => _trace.Keys;

    /// <summary>The same by their hosts; asked once all keys were met.</summary>
    public KeyIndex KeysByHost => _index ??= new KeyIndex(_trace.Keys);

    /// <summary>Keys of other registries are listed with each endpoint: there are not too many.</summary>
    public bool ListsKeysElsewhere => (long)_trace.Count * (Endpoints?.All.Length ?? 0) <= MaxListedKeys;

    /// <summary>The Secrets were put in order by who named them.</summary>
    public bool AreNamedInOrder => Record.Read.Mode is SecretsMode.Annotation or SecretsMode.Pod;

    /// <summary>Where the Secrets were read, for people; null if none were.</summary>
    public string? SecretsFrom => _manifests is not null ? _manifests.From
        : OwnSecretsFrom is { } own && Record.Read.Shared.Length > 0 ? $"{own}; shared Secrets as the ServiceAccount, too"
        : OwnSecretsFrom;

    public IReadOnlyList<CredentialHelper> Helpers => _pull.Helpers;

    /// <summary>
    /// Why the kubelet never runs the provider for this image; null if it does, or where its entry is not known.
    /// </summary>
    public string? WhyNeverRun { get; }

    /// <summary>Where the auth file of this pull belongs; null where no pull gets one.</summary>
    public string? AuthFilePath => Sources is null ? null : _pull.AuthFilePath;

    public bool IsWritten => Failure is null && _pull.WillWrite;

    /// <summary>The kubelet is told that the image belongs to the pod's ServiceAccount.</summary>
    public bool IsPrivate => Record.IsPrivate;

    /// <summary>Why no credentials are sought, or no file is written.</summary>
    public string? WhyNot => Failure is not null || _pull.WillWrite ? null
        : Record.Unsought is Unsought.NoMirror ? "registries.conf gives this image no mirror and no other name"
        : Record.Unsought is not Unsought.No ? Encoding.UTF8.GetString(PullLine.Word(Record.Unsought))
        : Sources!.CredentialHelpersExcludeAuthFiles ? "CRI-O reads no auth file here"
        : Question.HasToken || _manifests is not null
            ? "no Secret has a credential for an endpoint, so CRI-O reads the node's own logins by itself"
        : "no Secrets were read, and the node's own logins alone need none";

    /// <summary>A pull would also ask the kubelet's other credential providers, which nobody has told us to run.</summary>
    public bool LeavesOutProviders { get; }

    /// <summary>What the endpoints answered; null if they were not asked.</summary>
    public EndpointProbes? Probes { get; private set; }

    /// <summary>Why a pull fails to get its credentials.</summary>
    public Failure? Failure => Record.Failure;

    /// <summary>Why no Secret serves, as far as that is known without a warning.</summary>
    public string? WhyNoSecret =>
        Record.Read.WhyNone ?? (Endpoints is { HasSecret: false } ? PullLine.WhyNoneServes(Record.Notices) : null);

    /// <summary>
    /// What the kubelet is told, and what that means for who may start the image; null where no credentials are sought.
    /// </summary>
    public string? Answer => Failure is not null || Endpoints is null ? null
        : IsPrivate ? "private: the kubelet records the image as pulled with the credentials of this ServiceAccount"
        : "empty: the kubelet records the image as open to every pod of the node"
            + (UsesLoginOfNode
                ? "; a login of the node serves every namespace, so any pod may pull with it and start the image"
                : "");

    /// <summary>Asks the endpoints with the credentials that were chosen; without effect where none were sought.</summary>
    public void AskEndpoints(Func<string, string?> variable) =>
        Probes = Endpoints is null ? null : EndpointProbes.Run(this, variable);

    public void Dispose() => _pull.Dispose();

    /// <summary>
    /// What others than root know of the node's logins; away from a node nobody asks them to. Null for root, who sees all.
    /// </summary>
    private NodeAuthFile[]? LoginFilesForOthers(Options options, out string? unknown)
    {
        unknown = null;
        if (Ownership.IsRootHere || options.GlobalAuthFile is not null || !string.IsNullOrEmpty(CrioConf.Read().GlobalAuthFile))
        {
            return null;
        }

        unknown = Entry is null
            ? null
            : "explain does not run as root, so root's logins, which CRI-O takes here, are not known";
        return [new NodeAuthFile(CrioConf.DefaultGlobalAuthFile, NodeAuthFileKind.Kubelet)];
    }

    private string? OwnSecretsFrom => Record.Read.Mode switch
    {
        SecretsMode.Namespace => $"all registry Secrets of namespace {Question.Namespace},"
            + $" as ServiceAccount {Question.ServiceAccount}",
        SecretsMode.Annotation => $"those that annotation {_options.SecretsAnnotation} names,"
            + $" as ServiceAccount {Question.ServiceAccount}",
        SecretsMode.Pod => "those that the pod names in imagePullSecrets, as this node",
        _ => null,
    };

    private bool UsesLoginOfNode => Array.Exists(Endpoints!.All, static endpoint => endpoint.File is not null);

    /// <summary>A pull without a token ends before it looks for mirrors; who asks sees them as well.</summary>
    private PullSources? FindSources(Func<string, string?> variable)
    {
        var found = PullSources.Find(Pull.RegistriesFiles(_options, variable), Question.Request.Image.Span);
        if (!found.IsOk)
        {
            _pull.Notices.Add(found.Failure.Message);
        }

        return found.Value;
    }

    /// <summary>Without a token and without manifests only the node's own logins are known.</summary>
    private sealed class UnreadSecrets : ISecretSource
    {
        public SecretsRead OfferTo(in SecretsWanted wanted, ref PhaseTimes times) => new() { Mode = SecretsMode.Auto };
    }
}
