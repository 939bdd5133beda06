using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Kubelet;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Chain;

/// <summary>
/// Asks the kubelet's other credential providers for the mirrors of a pull that no Secret serves, as the kubelet asks them for
/// the image itself: by matchImages, with their args and env, all side by side. The pod's token is never passed on: it is for the
/// API server. What goes wrong with one of them is a warning, as the pull may do without.
/// </summary>
/// <param name="options">Whether, and where the configuration is.</param>
/// <param name="kept">
/// Answers from before, for a process that stays: that one runs no provider, as a service may be kept from what they need. Null
/// to run them.
/// </param>
internal sealed class ChainedProviders(Options options, KeptAnswers? kept)
{
    /// <summary>More at once than any image has mirrors with providers.</summary>
    private const int MaxRuns = 16;

    private const int StackBytes = 256 * 1024;

    private static readonly string[] ApiVersions =
    [
        "credentialprovider.kubelet.k8s.io/v1", "credentialprovider.kubelet.k8s.io/v1beta1",
        "credentialprovider.kubelet.k8s.io/v1alpha1",
    ];

    /// <summary>Set for the providers that are run: one of them may be a fast-provider, and run us.</summary>
    private const string ChainedVariable = "FAST_PROVIDER_CHAINED";

    private readonly List<ChainedRun> _runs = [];
    private int _rememberedCount;
    private readonly NodeFiles _files = new();

    /// <summary>Whether there is something to ask for the pods of a namespace.</summary>
    public static bool IsFor(Options options, ReadOnlySpan<byte> ns, Func<string, string?> variable) =>
        options.ChainsFor(ns) && variable(ChainedVariable) is null or "";

    /// <summary>A provider would have to be run, and is not.</summary>
    public bool LacksAnswer { get; private set; }

    /// <summary>Asks for all endpoints that need it, and gives them what was answered.</summary>
    /// <param name="endpoints">Those of the pull; Secrets were offered to them before.</param>
    /// <param name="image">For the image itself the kubelet asks.</param>
    /// <param name="notices">Takes what goes wrong.</param>
    /// <param name="deadline">When all is given up.</param>
    /// <param name="remembered">Takes the answers that may be kept for other pulls (<see cref="KeptAnswers"/>).</param>
    public void OfferTo(
        EndpointCredential[] endpoints, ReadOnlySpan<byte> image, SecretNotices notices, Deadline deadline,
        SecretBuffer remembered)
    {
        var open = Open(endpoints, image);
        if (open.Count == 0 || FindEntries(notices) is not { } entries)
        {
            return;
        }

        foreach (var entry in entries)
        {
            Plan(entry, open, notices);
        }

        foreach (var run in _runs)
        {
            if (kept is null)
            {
                run.Start(deadline, StackBytes);
            }
            else
            {
                LacksAnswer |= !run.TryRecall(kept);
            }
        }

        new FrameWriter(remembered).Number(0);
        foreach (var run in _runs)
        {
            using (run)
            {
                Take(run, notices, remembered);
            }
        }

        BinaryPrimitives.WriteInt32LittleEndian(remembered.WrittenStart(sizeof(int)), _rememberedCount);
    }

    private void Take(ChainedRun run, SecretNotices notices, SecretBuffer remembered)
    {
        if (run.Finish() is { } fault)
        {
            notices.Add($"credential provider {run.Name} {fault} (asked for {run.Repository})");
            return;
        }

        if (kept is null)
        {
            _rememberedCount += run.TryRemember(remembered) ? 1 : 0;
        }

        if (!run.Endpoint.IsFound)
        {
            run.Offer(notices);
        }
    }

    private static List<EndpointCredential> Open(EndpointCredential[] endpoints, ReadOnlySpan<byte> image)
    {
        List<EndpointCredential> open = [];
        foreach (var endpoint in endpoints)
        {
            if (!endpoint.IsFound && !endpoint.Repository.Name.Span.SequenceEqual(image))
            {
                open.Add(endpoint);
            }
        }

        return open;
    }

    /// <summary>The providers of the kubelet's configuration, without this one; null if none can be read.</summary>
    private List<(ProviderEntry Entry, string Program, string[] Environment)>? FindEntries(SecretNotices notices)
    {
        var kubelet = ConfiguredProvider.FindKubelet(_files);
        var settings = kubelet is null ? null : KubeletSettings.Read(_files, kubelet);
        var path = options.ChainConfig ?? settings?.ProviderConfig;
        var directory = (options.ChainBinDir ?? settings?.BinDirectory)?.TrimEnd('/');
        if (path is null || directory is null)
        {
            notices.Add("--chain: the kubelet's CredentialProviderConfig and its directory of programs are not found;"
                + " set --chain-config and --chain-bin-dir");
            return null;
        }

        if (ProviderConfig.Read(_files, path, out var config) is { } unread)
        {
            notices.Add($"--chain: {unread.Message}");
            return null;
        }

        List<(ProviderEntry, string, string[])> entries = [];
        var environment = kubelet?.Environment ?? new Dictionary<string, string>();
        foreach (var entry in config.Entries)
        {
            var program = $"{directory}/{entry.Name}";
            if (!entry.IsNamedAsOurs && !IsThisProgram(program))
            {
                entries.Add((entry, program, EnvironmentOf(entry, environment)));
            }
        }

        return entries;
    }

    private void Plan(
        (ProviderEntry Entry, string Program, string[] Environment) provider, List<EndpointCredential> open,
        SecretNotices notices)
    {
        var patterns = Array.ConvertAll(provider.Entry.MatchImages, static text => new ImagePattern(text));
        foreach (var endpoint in open)
        {
            var repository = Encoding.UTF8.GetString(endpoint.Repository.Name.Span);
            var image = new ImagePattern(repository);
            if (!Array.Exists(patterns, pattern => pattern.Covers(image)))
            {
                continue;
            }

            if (Array.IndexOf(ApiVersions, provider.Entry.ApiVersion) < 0)
            {
                notices.Add($"credential provider {provider.Entry.Name} has an apiVersion that no kubelet knows"
                    + $" ({provider.Entry.Place}), so it is not asked for {repository}");
            }
            else if (provider.Entry.RequiresServiceAccount is true)
            {
                notices.Add($"credential provider {provider.Entry.Name} requires a ServiceAccount, and the pod's token is for the"
                    + $" API server alone, so it is not asked for {repository}");
            }
            else if (_runs.Count == MaxRuns)
            {
                notices.Add($"credential provider {provider.Entry.Name} is not asked for {repository}: more than"
                    + $" {MaxRuns} runs for one pull");
            }
            else
            {
                _runs.Add(new ChainedRun(provider.Entry, provider.Program, provider.Environment, endpoint, repository));
            }
        }
    }

    /// <summary>By the file, whatever its name: the kubelet may have us under two.</summary>
    private static bool IsThisProgram(string path) => FileBytes.IsSameFile("/proc/self/exe", path);

    /// <summary>The kubelet's own, then those of the entry, as the kubelet hands them over; and that we asked.</summary>
    private static string[] EnvironmentOf(ProviderEntry entry, IReadOnlyDictionary<string, string> kubelets)
    {
        var all = new Dictionary<string, string>(kubelets);
        foreach (var (name, value) in entry.Environment)
        {
            all[name] = value;
        }

        all[ChainedVariable] = "1";
        List<string> texts = [];
        foreach (var (name, value) in all)
        {
            texts.Add($"{name}={value}");
        }

        return [.. texts];
    }
}
