using System;
using System.Collections.Generic;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Kubelet;
using FastProvider.Commands.Explain.Probe;
using FastProvider.Mirrors;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Commands.Explain;

/// <summary>
/// The decision for one pull: the steps of <see cref="Pull"/> with their reasons kept, and without its effects. No directory is made,
/// no file is written or removed, nobody's turn is taken.
/// </summary>
internal sealed class Explanation : IDisposable
{
    /// <summary>More Secrets than this in one namespace, all of them broken, are nobody's.</summary>
    private const int MaxWarnings = 1000;

    /// <summary>More keys than this, counted for each endpoint, are more than anybody reads.</summary>
    private const int MaxListedKeys = 1_000_000;

    private readonly KeyTrace _trace = new();
    private KeyIndex? _index;

    private Explanation(Question question, Options options)
    {
        Question = question;
        Options = options;
        Report = new PullReport(options) { Warnings = new SecretNotices { MaxShown = MaxWarnings, Trace = _trace } };
    }

    public Question Question { get; }

    public Options Options { get; }

    /// <summary>The provider's entry at the kubelet, whose settings are the basis; null where there is none.</summary>
    public ProviderEntry? Entry { get; private init; }

    public PullReport Report { get; }

    /// <summary>What registries.conf says; null if it is invalid.</summary>
    public PullSources? Sources { get; private set; }

    /// <summary>Those whose credentials are sought; null if none are.</summary>
    public PullEndpoints? Endpoints { get; private set; }

    /// <summary>Every key that was met, in Secrets and then in the global auth file.</summary>
    public IReadOnlyList<TracedKey> Keys => _trace.Keys;

    /// <summary>The same by their hosts; asked once all keys were met.</summary>
    public KeyIndex KeysByHost => _index ??= new KeyIndex(_trace.Keys);

    /// <summary>Keys of other registries are listed with each endpoint: there are not too many.</summary>
    public bool ListsKeysElsewhere => (long)_trace.Count * (Endpoints?.All.Length ?? 0) <= MaxListedKeys;

    /// <summary>The Secrets were put in order by who named them.</summary>
    public bool AreNamedInOrder { get; private set; }

    /// <summary>Where the Secrets were read, for people; null if none were.</summary>
    public string? SecretsFrom { get; private set; }

    /// <summary>The files with the node's own logins, in the order in which they count; empty if none are asked.</summary>
    public IReadOnlyList<NodeAuthFile> LoginFiles { get; private set; } = [];

    public IReadOnlyList<CredentialHelper> Helpers { get; private set; } = [];

    /// <summary>Why the kubelet never runs the provider for this image; null if it does, or where its entry is not known.</summary>
    public string? WhyNeverRun { get; private init; }

    /// <summary>Where the auth file of this pull belongs; null where no pull gets one.</summary>
    public string? AuthFilePath { get; private set; }

    public bool IsWritten { get; private set; }

    /// <summary>The kubelet is told that the image belongs to the pod's ServiceAccount.</summary>
    public bool IsPrivate { get; private set; }

    /// <summary>Why no credentials are sought, or no file is written.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>What the endpoints answered; null if they were not asked.</summary>
    public EndpointProbes? Probes { get; private set; }

    /// <summary>Why a pull fails to get its credentials.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>Why no Secret serves, as far as that is known without a warning.</summary>
    public string? WhyNoSecret => Report.WhyNoSecret ?? (Endpoints is { HasSecret: false } ? PullReport.WhyNoneServes(Report.Warnings) : null);

    /// <summary>What the kubelet is told, and what that means for who may start the image; null where no credentials are sought.</summary>
    public string? Answer => Failure is not null || Endpoints is null ? null
        : IsPrivate ? "private: the kubelet records the image as pulled with the credentials of this ServiceAccount"
        : "empty: the kubelet records the image as open to every pod of the node"
            + (UsesLoginOfNode ? "; a login of the node serves every namespace, so any pod may pull with it and start the image" : "");

    /// <summary>Decides as a pull would.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="options">The settings of a pull.</param>
    /// <param name="configured">Where they come from; null where no kubelet runs the provider.</param>
    /// <param name="variable">Looks an environment variable up, as a pull sees it.</param>
    /// <param name="manifests">A directory of manifests that stands for the API server; null for the API server itself.</param>
    public static Explanation Of(
        Question question, Options options, ConfiguredProvider? configured, Func<string, string?> variable, string? manifests)
    {
        var explanation = new Explanation(question, options)
        {
            Entry = configured?.Entry,
            WhyNeverRun = configured is null || Covers(configured.Entry, question.Image.Repository) ? null
                : $"matchImages of {configured.Entry.Name} in {configured.Entry.Place} does not cover this image, so the kubelet never runs"
                    + " the provider for it; the rest is what a run would decide",
        };
        explanation.Report.NameImage(question.Request);
        explanation.Failure = explanation.Decide(variable, manifests);
        return explanation;
    }

    /// <summary>Asks the endpoints with the credentials that were chosen; without effect where none were sought.</summary>
    public void AskEndpoints(Func<string, string?> variable) =>
        Probes = Endpoints is null ? null : EndpointProbes.Run(this, variable);

    public void Dispose() => Endpoints?.Dispose();

    /// <summary>Those of a pull, which root makes. Others cannot look into root's home; away from a node nobody asks them to.</summary>
    private NodeAuthFile[] FindLogins(CrioConf crio)
    {
        if (Libc.geteuid() == 0 || Options.GlobalAuthFile is not null || !string.IsNullOrEmpty(crio.GlobalAuthFile))
        {
            return Pull.FindLogins(Options, crio);
        }

        if (Entry is not null)
        {
            Report.Warnings.Add("explain does not run as root, so root's logins, which CRI-O takes here, are not known");
        }

        return [new NodeAuthFile(CrioConf.DefaultGlobalAuthFile, NodeAuthFileKind.Kubelet)];
    }

    private bool UsesLoginOfNode
    {
        get
        {
            var isUsed = false;
            foreach (var endpoint in Endpoints!.All)
            {
                isUsed |= endpoint.File is not null;
            }

            return isUsed;
        }
    }

    private static bool Covers(ProviderEntry entry, string repository)
    {
        var image = new ImagePattern(repository);
        return Array.Exists(entry.MatchImages, pattern => new ImagePattern(pattern).Covers(image));
    }

    private Failure? Decide(Func<string, string?> variable, string? manifests)
    {
        Report.Times.End(PullPhase.Token);
        if (ReferenceName.IsOnIPv6(Question.Request.Image.Span))
        {
            WhyNot = "the image is on an IPv6 literal, which no mirror can match";
            return null;
        }

        var badRegistries = PullSources.Find(Pull.RegistriesFiles(Options, variable), Question.Request.Image.Span, out var sources);
        Report.Times.End(PullPhase.Mirrors);
        if (badRegistries is not null)
        {
            return badRegistries;
        }

        Sources = sources;
        if (Question.Namespace.Length == 0)
        {
            WhyNot = "the request has no ServiceAccount token, as for a static pod";
            return null;
        }

        if (!sources.NeedsCredentials)
        {
            WhyNot = "registries.conf gives this image no mirror and no other name";
            return null;
        }

        if (OpenSsl.Load() is { } noTls)
        {
            return noTls;
        }

        var crio = CrioConf.Read();
        AuthFilePath = System.IO.Path.Join(
            Options.AuthDir ?? crio.NamespacedAuthDirectory,
            AuthFileName.For(System.Text.Encoding.UTF8.GetBytes(Question.Namespace), Question.Request.Image.Span));
        LoginFiles = FindLogins(crio);
        Endpoints = new PullEndpoints(sources.Endpoints, Report.Warnings);
        var failure = FetchSecrets(variable, manifests);
        if (failure is null)
        {
            DecideFile(sources);
        }

        Report.Times.End(PullPhase.AuthFile);
        return failure;
    }

    private Failure? FetchSecrets(Func<string, string?> variable, string? manifests)
    {
        var way = Options.Secrets is not SecretsMode.Auto ? Options.Secrets
            : Question.Request.HasAnnotation ? SecretsMode.Annotation
            : SecretsMode.Namespace;
        AreNamedInOrder = way is not SecretsMode.Namespace;
        using var resources = new PullResources();
        if (Sources!.CredentialHelpersExcludeAuthFiles)
        {
            return Pull.FetchSecrets(
                Options, variable, Question.Request, Question.Claims, Sources, resources, Endpoints!, default, Report);
        }

        if (manifests is not null)
        {
            var failure = SecretManifests.Offer(manifests, this, out var read);
            SecretsFrom = read;
            Report.Times.End(PullPhase.Secrets);
            return failure;
        }

        if (!Question.HasToken)
        {
            SecretsFrom = null;
            return null;
        }

        SecretsFrom = way switch
        {
            SecretsMode.Namespace => $"all registry Secrets of namespace {Question.Namespace}, as ServiceAccount {Question.ServiceAccount}",
            SecretsMode.Annotation => $"those that annotation {Options.SecretsAnnotation} names, as ServiceAccount {Question.ServiceAccount}",
            _ => "those that the pod names in imagePullSecrets, as this node",
        };
        return Pull.FetchSecrets(
            Options, variable, Question.Request, Question.Claims, Sources, resources, Endpoints!, Deadline.After(Options.Timeout),
            Report);
    }

    private void DecideFile(PullSources sources)
    {
        if (sources.CredentialHelpersExcludeAuthFiles)
        {
            WhyNot = "CRI-O reads no auth file here";
            return;
        }

        Helpers = Endpoints!.TakeLogins([.. LoginFiles], Question.Request.Image.Span, Report.Warnings).Helpers;
        IsWritten = Endpoints.NeedFile;
        IsPrivate = Options.PrivateImages.Claim(System.Text.Encoding.UTF8.GetBytes(Question.Namespace), Endpoints.HasSecret);
        WhyNot = IsWritten ? null
            : SecretsFrom is null ? "no Secrets were read, and the node's own logins alone need none"
            : "no Secret has a credential for an endpoint, so CRI-O reads the node's own logins by itself";
    }
}
