using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Request;
using FastProvider.Response;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;
using FastProvider.Transport;

namespace FastProvider.Pulls;

/// <summary>One pull, from the kubelet's request to its answer.</summary>
internal static class Pull
{
    /// <summary>
    /// Most images end at the mirrors: they are answered before anything of the node or the cluster is opened. From there on
    /// a run that fails or finds nothing empties the slot of its auth file, as what lies there was decided for another pull.
    /// </summary>
    /// <param name="options">The settings.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="report">What happened, for the pull's line; filled also on a failure.</param>
    /// <param name="authDirectory">Where CRI-O takes auth files from, if the run came so far.</param>
    public static Failure? Run(Options options, Func<string, string?> variable, PullReport report, out string? authDirectory)
    {
        authDirectory = null;
        var run = Deadline.After(Options.RunBudget);
        using var input = new SecretBuffer();
        using var requestValues = new SecretBuffer();
        if (StandardInput.ReadTo(input, options.RequestWait) is { } unread)
        {
            return unread;
        }

        var annotationKey = options.Secrets is SecretsMode.Annotation or SecretsMode.Auto
            ? Encoding.ASCII.GetBytes(options.SecretsAnnotation)
            : null;
        if (CredentialProviderRequest.Read(input.WrittenSpan, requestValues, out var request, annotationKey) is { } noRequest)
        {
            return noRequest;
        }

        report.NameImage(request);
        report.Times.End(PullPhase.Request);
        if (request.IsOnIPv6)
        {
            report.IsUnmirrored = true;
            return Answer(request, isPrivate: false, report, "the image is on an IPv6 literal, which no mirror can match"u8);
        }

        if (request.Token.IsEmpty)
        {
            return Answer(request, isPrivate: false, report, "the request has no ServiceAccount token, as for a static pod"u8);
        }

        using var claimValues = new SecretBuffer();
        if (TokenClaims.Read(request.Token.Span, claimValues, out var claims) is { } noToken)
        {
            return noToken;
        }

        report.NameAsker(claims);
        report.Times.End(PullPhase.Token);

        var badRegistries = PullSources.Find(RegistriesFiles(options, variable), request.Image.Span, out var sources);
        report.Registry = sources.Registry;
        report.Times.End(PullPhase.Mirrors);
        if (badRegistries is null && !sources.NeedsCredentials)
        {
            report.IsUnmirrored = true;
            return Answer(request, isPrivate: false, report, "the image has no mirror"u8);
        }

        var deadline = Deadline.After(options.Timeout);
        var crio = options.AuthDir is null || options.GlobalAuthFile is null ? CrioConf.Read() : null;
        if (OpenSsl.Load() is { } noTls)
        {
            return badRegistries ?? noTls;
        }

        var opened = AuthFileSlot.Open(
            options.AuthDir ?? crio!.NamespacedAuthDirectory, claims.Namespace.Span, request.Image.Span);
        if (!opened.IsOk)
        {
            return badRegistries ?? opened.Failure;
        }

        var slot = opened.Value;
        authDirectory = slot.Directory;
        using (slot)
        using (var resources = new PullResources())
        using (var endpoints = resources.Endpoints(sources.Endpoints, report.Warnings))
        {
            SlotTurn? turn = null;
            var isAnswered = false;
            try
            {
                IReadOnlyList<CredentialHelper> helpers = [];
                var failure = badRegistries
                    ?? FetchSecrets(options, variable, request, claims, sources, resources, endpoints, deadline, report);
                if (failure is null)
                {
                    helpers = AddLogins(options, crio, request.Image.Span, sources, endpoints, report);
                    turn = TakeTurn(slot, options, run, toEmpty: !endpoints.NeedFile, report);
                    failure = FillOrEmpty(slot, turn, endpoints, helpers, report);
                    report.Times.End(PullPhase.AuthFile);
                    var isPrivate = options.PrivateImages.Claim(claims.Namespace.Span, endpoints.HasSecret);
                    failure ??= Answer(request, isPrivate, report, ""u8);
                }

                isAnswered = failure is null;
                return failure;
            }
            finally
            {
                if (!isAnswered)
                {
                    // Why this run failed matters more than that it could not clean up after itself.
                    turn ??= TakeTurn(slot, options, run, toEmpty: true, report);
                    _ = turn.Empty();
                }

                turn?.Dispose();
            }
        }
    }

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

    /// <summary>Fetches the Secrets in the way that is set and offers them to the endpoints.</summary>
    public static Failure? FetchSecrets(
        Options options, Func<string, string?> variable, in CredentialProviderRequest request, in TokenClaims claims,
        PullSources sources, PullResources resources, PullEndpoints endpoints, Deadline deadline, PullReport report)
    {
        if (sources.CredentialHelpersExcludeAuthFiles)
        {
            report.Warnings.Add("credential-helpers in registries.conf lacks containers-auth.json, so CRI-O reads no auth file");
            return null;
        }

        var way = options.Secrets is not SecretsMode.Auto ? options.Secrets
            : request.HasAnnotation ? SecretsMode.Annotation
            : SecretsMode.Namespace;
        report.Way = way;
        SecretNames? names = null;
        if (way is SecretsMode.Annotation && ReadAnnotation(options, request, claims, report, out names) is { } tooMany)
        {
            return tooMany;
        }

        if (names is { All.Count: 0 })
        {
            return null;
        }

        var discovery = new ApiServerDiscovery
        {
            ApiServerFlag = options.ApiServer,
            CertificateAuthorityFlag = options.CertificateAuthority,
            KubeconfigFlag = options.Kubeconfig,
            Kubelet = options.Kubelet,
        };
        ProxyServer? proxy = null;
        if ((discovery.Find(out var server) ?? ProxySelection.Select(server!, variable, out proxy))
            is { } notFound)
        {
            report.Times.End(PullPhase.Node);
            return notFound;
        }

        report.Server = server;
        report.Times.End(PullPhase.Node);
        var route = new ApiServerRoute(server!, proxy);
        var search = new SecretSearch(route, new Asker(claims, request.Token), endpoints.All, report.Warnings)
        {
            WithPodmanSecrets = options.PodmanSecrets,
        };
        var fetched = way is SecretsMode.Namespace ? resources.FetchNamespace(search, deadline)
            : names is not null ? NamedSecrets.Fetch(resources.Links, search, names, deadline)
            : PodSecrets.Fetch(resources.Links, search, deadline);
        if (fetched.PodThatNamesNone is { } pod)
        {
            report.WhyNoSecret = $"pod {pod} names none in imagePullSecrets";
            report.NothingNamed = new TenantNote(EventReason.NoneNamed,
                $"pod {pod} names no Secret in imagePullSecrets, so none is read; a pod gets those of its ServiceAccount when it is"
                + " made");
        }

        report.SecretCount = fetched.Count;
        report.Api = fetched.Use;
        report.Times.End(PullPhase.Secrets);
        return fetched.Failure;
    }

    private static Failure? ReadAnnotation(
        Options options, in CredentialProviderRequest request, in TokenClaims claims, PullReport report, out SecretNames names)
    {
        names = new SecretNames();
        names.AddList(request.Annotation.Span);
        var account = $"ServiceAccount {claims.ServiceAccountText}";
        var where = $"annotation {options.SecretsAnnotation} of {account}";
        names.Warn(report.Warnings, where);
        if (names.All.Count == 0)
        {
            report.WhyNoSecret = request.HasAnnotation
                ? $"{where} names none"
                : $"the kubelet passed no {where} along (is it in optionalServiceAccountAnnotationKeys?)";
            report.NothingNamed = new TenantNote(EventReason.NoneNamed, request.HasAnnotation
                ? $"{where} names no Secret, so none is read"
                : $"{account} has no annotation {options.SecretsAnnotation} that names Secrets, or the node does not get it, so none is read");
        }

        return names.AreTooMany ? SecretNames.TooMany(account, $"in its annotation {options.SecretsAnnotation}") : null;
    }

    /// <summary>What no Secret serves, the node's own logins may. They take no part where CRI-O reads no auth file.</summary>
    /// <returns>The helpers that the pull's file is to carry.</returns>
    private static IReadOnlyList<CredentialHelper> AddLogins(
        Options options, CrioConf? crio, ReadOnlySpan<byte> image, PullSources sources, PullEndpoints endpoints,
        PullReport report)
    {
        if (sources.CredentialHelpersExcludeAuthFiles)
        {
            return [];
        }

        var logins = endpoints.TakeLogins(FindLogins(options, crio), image, report.Warnings);
        report.Describe(endpoints.All);
        report.NothingNamed = ServesMirror(sources, endpoints.All) ? null : report.NothingNamed;
        report.Times.End(PullPhase.AuthFile);
        return logins.Helpers;
    }

    /// <summary>Whether a mirror has a credential; the registry itself, which comes last, counts where it has no mirror.</summary>
    private static bool ServesMirror(PullSources sources, ReadOnlySpan<EndpointCredential> endpoints)
    {
        var hasRegistryItself = sources.Endpoints.Length > 1 && sources.Endpoints[^1].IsValid;
        foreach (var endpoint in hasRegistryItself ? endpoints[..^1] : endpoints)
        {
            if (endpoint.IsFound)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The file is written for a credential of a Secret. Without one CRI-O reads the global auth file by itself, so none is
    /// needed, unless a file of the node has a credential where CRI-O does not look for it.
    /// </summary>
    private static Failure? FillOrEmpty(
        AuthFileSlot slot, SlotTurn turn, PullEndpoints endpoints, IReadOnlyList<CredentialHelper> helpers, PullReport report)
    {
        if (!endpoints.NeedFile)
        {
            return turn.Empty();
        }

        report.WrittenPath = slot.Path;
        Libc.IgnoreTermination();
        return turn.Fill(endpoints.All, helpers);
    }

    /// <summary>Comes when all else is done, so that a wait delays nothing but the file.</summary>
    private static SlotTurn TakeTurn(AuthFileSlot slot, Options options, Deadline run, bool toEmpty, PullReport report)
    {
        var bound = run.Remaining < options.SlotWait ? run.Remaining : options.SlotWait;
        var turn = slot.Await(new SlotWait(options.LockDir, bound), toEmpty);
        if (turn.Warning is { } warning)
        {
            report.Warnings.Add(warning);
        }

        report.WaitedInVain = turn.WaitedInVain;
        report.Times.End(PullPhase.Turn);
        return turn;
    }

    /// <summary>Says what was decided, then answers: the kubelet waits for the answer, and drops a line that comes after it.</summary>
    private static Failure? Answer(in CredentialProviderRequest request, bool isPrivate, PullReport report, ReadOnlySpan<byte> why)
    {
        report.IsPrivate = isPrivate;
        report.Send(why);
        var failure = CredentialProviderResponse.Write(request.Image.Span, isPrivate);
        report.Times.End(PullPhase.Response);
        return failure;
    }
}
