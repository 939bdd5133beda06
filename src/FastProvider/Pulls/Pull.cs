using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Request;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;

namespace FastProvider.Pulls;

/// <summary>
/// One pull, as a value with steps: <c>Decide</c> reads only, <see cref="Commit"/> waits for the turn and puts the decision into
/// effect, <see cref="Undo"/> takes it back. It knows no process: its host has the request and the answer, and sends the record.
/// </summary>
/// <remarks>
/// Most images end at the mirrors: they are decided before anything of the node or the cluster is opened. From there on a pull
/// that fails or finds nothing empties the slot of its auth file, as what lies there was decided for another pull.
/// </remarks>
internal sealed class Pull(PullInput input) : IDisposable
{
    private readonly SecretBuffer _requestValues = new();
    private readonly SecretBuffer _claimValues = new();
    private readonly Options _options = input.Options;
    private CredentialProviderRequest _request;
    private TokenClaims _claims;
    private PhaseTimes _times = new(input.Counter);
    private PullOutcome _outcome = PullOutcome.None;
    private Unsought _unsought;
    private bool _isWritten, _isWarningNoted;
    private SecretsRead _read = new() { Mode = SecretsMode.Auto };
    private EndpointCredential[] _decided = [];
    private string _authDirectory = "";
    private Result<PullSources> _found;
    private PullResources? _ownResources;
    private AuthFileSlot? _slot;
    private ISlotTurn? _turn;

    /// <summary>What registries.conf says of the image; null if that was not asked, or could not be read.</summary>
    public PullSources? Sources { get; private set; }

    /// <summary>The endpoints whose credentials are sought; null if none are.</summary>
    public PullEndpoints? Endpoints { get; private set; }

    /// <summary>The credential helpers that the file carries, as CRI-O would have found them in the node's own.</summary>
    public IReadOnlyList<CredentialHelper> Helpers { get; private set; } = [];

    /// <summary>What was noticed so far.</summary>
    public SecretNotices Notices { get; } = input.MostNotices is { } most
        ? new() { MaxShown = most, Trace = input.Trace }
        : new() { Trace = input.Trace };

    /// <summary>
    /// Whether there is a mirror, or there may be one: registries.conf could not be read. All that follows is for those images.
    /// </summary>
    public bool SeeksCredentials { get; private set; }

    /// <summary>Another provider would have to be run, which this host does not: the decision is not whole.</summary>
    public bool LacksProvider { get; private set; }

    /// <summary>What other providers have answered and somebody may keep; empty if nothing (<see cref="KeptAnswers"/>).</summary>
    public SecretBuffer Remembered { get; } = new();

    /// <summary>The file is written for a credential of a Secret, or one of the node where CRI-O does not look for it.</summary>
    public bool WillWrite { get; private set; }

    /// <summary>The kubelet is told that the image belongs to the pod's ServiceAccount.</summary>
    public bool IsPrivate { get; private set; }

    /// <summary>Other credential providers of the kubelet may be run for it, which are programs of others.</summary>
    public bool MayRunProviders => input.Answers is null && MayAskProviders;

    /// <summary>The image of the request.</summary>
    public ReadOnlySpan<byte> Image => _request.Image.Span;

    /// <summary>Where CRI-O looks for the auth file of this pull; null where no credentials are sought.</summary>
    public string? AuthFilePath => _slot is not null ? _slot.Path
        : _authDirectory.Length == 0 ? null
        : System.IO.Path.Join(_authDirectory, AuthFileName.For(_claims.Namespace.Span, Image));

    /// <summary>Where registries.conf is by flags and environment.</summary>
    public static RegistriesFiles RegistriesFiles(Options options, Func<string, string?> variable) => new()
    {
        MainPath = options.RegistriesConf,
        DropInDirectory = options.RegistriesConfDir,
        MainFromEnvironment = variable("CONTAINERS_REGISTRIES_CONF"),
        OverrideFromEnvironment = variable("CONTAINERS_REGISTRIES_CONF_OVERRIDE"),
    };

    /// <summary>The files with the node's own logins, in the order in which they count.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="crio">What CRI-O goes by; null where the settings name a file.</param>
    public static NodeAuthFile[] FindLogins(Options options, CrioConf? crio) =>
        NodeAuthFiles.Find(options.GlobalAuthFile, crio?.GlobalAuthFile, name => crio?.Variable(name), new NodeFiles());

    /// <summary>Decides what CRI-O gets for a request of the kubelet. Nothing on the node changes.</summary>
    /// <param name="json">The request. What counts of it is kept.</param>
    public Failure? Decide(ReadOnlySpan<byte> json) => Read(json) ?? DecideMirrors() ?? DecideCredentials();

    /// <summary>The first step of <see cref="Decide(ReadOnlySpan{byte})"/>: what is asked for.</summary>
    /// <param name="json">The request. What counts of it is kept.</param>
    public Failure? Read(ReadOnlySpan<byte> json)
    {
        var annotationKey = _options.Secrets is SecretsMode.Annotation or SecretsMode.Auto
            ? Encoding.ASCII.GetBytes(_options.SecretsAnnotation)
            : null;
        if (CredentialProviderRequest.Read(json, _requestValues, out _request, annotationKey) is { } noRequest)
        {
            return noRequest;
        }

        _times.End(PullPhase.Request);
        return null;
    }

    /// <summary>Decides for a request that was read elsewhere.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claims">Who asks, where that is known without a token; null for who its token says.</param>
    public Failure? Decide(in CredentialProviderRequest request, TokenClaims? claims = null)
    {
        _request = request;
        return DecideMirrors(claims) ?? DecideCredentials();
    }

    /// <summary>
    /// The second step: whether credentials are sought at all (<see cref="SeeksCredentials"/>). Nothing but registries.conf is
    /// opened for it.
    /// </summary>
    /// <param name="claims">Who asks, where that is known without a token; null for who its token says.</param>
    public Failure? DecideMirrors(TokenClaims? claims = null)
    {
        if (_request.IsOnIPv6)
        {
            return SeekNothing(Unsought.OnIPv6, PullOutcome.Unmirrored);
        }

        if (claims is { } known)
        {
            _claims = known;
        }
        else if (_request.Token.IsEmpty)
        {
            return SeekNothing(Unsought.NoToken, PullOutcome.NoToken);
        }
        else if (TokenClaims.Read(_request.Token.Span, _claimValues, out _claims) is { } noToken)
        {
            return noToken;
        }

        _times.End(PullPhase.Token);
        _found = FindSources(RegistriesFiles(_options, input.Variable));
        Sources = _found.Value;
        _times.End(PullPhase.Mirrors);
        if (Sources is { NeedsCredentials: false })
        {
            return SeekNothing(Unsought.NoMirror, PullOutcome.Unmirrored);
        }

        SeeksCredentials = true;
        return null;
    }

    /// <summary>
    /// The last step: the credentials of all endpoints. With a broken registries.conf it still finds the slot, as that must be
    /// emptied.
    /// </summary>
    public Failure? DecideCredentials()
    {
        if (!SeeksCredentials)
        {
            return null;
        }

        var found = _found;
        var deadline = input.Run.OrAfter(_options.Timeout);
        var crio = _options.AuthDir is null || _options.GlobalAuthFile is null ? input.Node?.Crio() ?? CrioConf.Read() : null;
        if (OpenSsl.Load() is { } noTls)
        {
            return found.Failure ?? noTls;
        }

        _authDirectory = _options.AuthDir ?? crio!.NamespacedAuthDirectory;
        var noSlot = input.LooksAtSlot ? AuthFileSlot.Find(_authDirectory, _claims.Namespace.Span, Image, out _slot) : null;
        if (!found.IsOk || noSlot is not null)
        {
            return found.Failure ?? noSlot;
        }

        var resources = input.Resources ?? (_ownResources = new PullResources());
        Endpoints = resources.Endpoints(found.Value.Endpoints, Notices);
        if (input.Answers is not null && MayAskProviders
            && new ChainedProviders(_options, input.Answers, input.Kubelet.ParentId).WillLackAnswer(Endpoints.All, Image))
        {
            LacksProvider = true;
            return null;
        }

        if (ReadSecrets(found.Value, resources, deadline) is { } failure)
        {
            return failure;
        }

        AskProviders(found.Value, deadline);
        AddLogins(found.Value, crio);
        WillWrite = Endpoints.NeedFile;
        IsPrivate = _options.PrivateImages.IsPrivate(
            _claims.Namespace.Span, Endpoints.HasSecret || (_options.LimitsChain && Endpoints.HasProvider));
        return null;
    }

    /// <summary>
    /// Waits until it is this pull's turn at the slot, then puts the decided file there, or removes what lies there. The wait
    /// comes when all else is decided, so that it delays nothing but the file.
    /// </summary>
    public Failure? Commit()
    {
        // Decided without one: the directory is made for the first file.
        if (WillWrite && _slot is null)
        {
            var opened = AuthFileSlot.Open(_authDirectory, _claims.Namespace.Span, Image);
            if (!opened.IsOk)
            {
                return opened.Failure;
            }

            _slot = opened.Value;
        }

        TakeTurn(toEmpty: !WillWrite);
        if (_turn is null)
        {
            return null;
        }

        if (WillWrite)
        {
            input.BeforeWrite?.Invoke();
        }

        var failure = WillWrite ? _turn.Fill(Endpoints!.All, Helpers) : _turn.Empty();
        NoteWarning();
        _isWritten = WillWrite && failure is null;
        _times.End(PullPhase.AuthFile);
        return failure;
    }

    /// <summary>
    /// After a failure: no pull may use what lies in the slot. Why the pull failed matters more than whether this can be done.
    /// </summary>
    public void Undo()
    {
        if (_turn is null)
        {
            TakeTurn(toEmpty: true);
        }

        _ = _turn?.Empty();
        _isWritten = false;
    }

    /// <summary>What the pull came to. A host that could not give the answer asks once more, with that failure.</summary>
    /// <param name="failure">Why it failed, if it did.</param>
    public PullRecord End(Failure? failure) => new()
    {
        Outcome = failure is not null ? PullOutcome.Failed : _isWritten ? PullOutcome.Written : _outcome,
        Failure = failure,
        Unsought = _unsought,
        Request = _request,
        Claims = _claims,
        Registry = Sources?.Registry,
        Read = _read,
        Endpoints = _decided,
        WrittenPath = failure is null && _isWritten ? AuthFilePath : null,
        AuthDirectory = _slot?.Directory,
        IsPrivate = failure is null && IsPrivate,
        WaitedInVain = _turn is { WaitedInVain: true },
        NothingNamed = Sources is { } sources && _decided.Length > 0 && ServesMirror(sources) ? null : _read.NothingNamed,
        Notices = Notices,
        Times = _times,
        Total = failure is null ? _times.Total : _times.UntilNow,
    };

    /// <summary>Ends the turn, and zeroes all that was read.</summary>
    public void Dispose()
    {
        _turn?.Dispose();
        Endpoints?.Dispose();
        _ownResources?.Dispose();
        _slot?.Dispose();
        Remembered.Dispose();
        _claimValues.Dispose();
        _requestValues.Dispose();
    }

    private Result<PullSources> FindSources(RegistriesFiles files) =>
        input.Node is { } node ? node.FindSources(files, Image, input.Resources)
        : input.Resources is { } kept ? kept.FindSources(files, Image)
        : PullSources.Find(files, Image);

    private bool MayAskProviders =>
        input.MayChain && ChainedProviders.IsFor(_options, _claims.Namespace.Span, input.Variable);

    private Failure? SeekNothing(Unsought why, PullOutcome outcome)
    {
        (_unsought, _outcome) = (why, outcome);
        return null;
    }

    private Failure? ReadSecrets(PullSources sources, PullResources resources, Deadline deadline)
    {
        if (sources.CredentialHelpersExcludeAuthFiles)
        {
            Notices.Add("credential-helpers in registries.conf lacks containers-auth.json, so CRI-O reads no auth file");
            return null;
        }

        var wanted = new SecretsWanted
        {
            Options = _options,
            Variable = input.Variable,
            Node = input.Node,
            Request = _request,
            Claims = _claims,
            Resources = resources,
            Endpoints = Endpoints!,
            Notices = Notices,
            Kubelet = input.Kubelet,
            Deadline = deadline,
        };
        _read = input.Secrets.OfferTo(wanted, ref _times);
        return _read.Failure;
    }

    /// <summary>What no Secret serves, another provider of the kubelet may.</summary>
    private void AskProviders(PullSources sources, Deadline deadline)
    {
        if (MayAskProviders && !sources.CredentialHelpersExcludeAuthFiles)
        {
            var providers = new ChainedProviders(_options, input.Answers, input.Kubelet.ParentId);
            providers.OfferTo(Endpoints!.All, Image, Notices, deadline, Remembered);
            LacksProvider = providers.LacksAnswer;
            _times.End(PullPhase.Secrets);
        }
    }

    /// <summary>What no Secret serves, the node's own logins may. They take no part where CRI-O reads no auth file.</summary>
    private void AddLogins(PullSources sources, CrioConf? crio)
    {
        if (sources.CredentialHelpersExcludeAuthFiles)
        {
            return;
        }

        var files = input.LoginFiles ?? FindLogins(_options, crio);
        Helpers = Endpoints!.TakeLogins(files, Image, Notices).Helpers;
        _decided = Endpoints.All;
        _times.End(PullPhase.AuthFile);
    }

    /// <summary>
    /// Whether a mirror has a credential; the registry itself, which comes last, counts where it has no mirror.
    /// </summary>
    private bool ServesMirror(PullSources sources)
    {
        var hasRegistryItself = sources.Endpoints.Length > 1 && sources.Endpoints[^1].IsValid;
        foreach (var endpoint in hasRegistryItself ? _decided.AsSpan(..^1) : _decided)
        {
            if (endpoint.IsFound)
            {
                return true;
            }
        }

        return false;
    }

    private void TakeTurn(bool toEmpty)
    {
        if (_slot is null)
        {
            return;
        }

        var bound = input.Run.Remaining < _options.SlotWait ? input.Run.Remaining : _options.SlotWait;
        _turn = input.Turns.Await(_slot, new TurnWanted
        {
            Wait = new SlotWait(_options.LockDir, bound),
            ToEmpty = toEmpty,
            Pod = _claims.PodUid.Span,
            UntakenLifetime = _options.UntakenLifetime,
        });
        NoteWarning();
        _times.End(PullPhase.Turn);
    }

    /// <summary>Some turns know it when they have been waited for, others when they were used.</summary>
    private void NoteWarning()
    {
        if (_turn?.Warning is { } warning && !_isWarningNoted)
        {
            Notices.Add(warning);
            _isWarningNoted = true;
        }
    }
}
