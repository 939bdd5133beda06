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
/// <param name="kubeletId">The process that ran the provider, if it is known.</param>
internal sealed class ChainedProviders(Options options, KeptAnswers? kept, int? kubeletId)
{
    /// <summary>More at once than any image has mirrors with providers.</summary>
    private const int MaxRuns = 16;

    private const int StackBytes = 256 * 1024;

    private readonly List<ChainedRun> _runs = [];
    private readonly NodeFiles _files = new();
    private int _rememberedCount;

    /// <summary>A provider would have to be run, and is not; or it is not known whether one would.</summary>
    public bool LacksAnswer { get; private set; }

    /// <summary>Whether there is something to ask for the pods of a namespace.</summary>
    public static bool IsFor(Options options, ReadOnlySpan<byte> ns, Func<string, string?> variable) =>
        options.ChainsFor(ns) && variable(ChainedEnvironment.Mark) is null or "";

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
        if (open.Count == 0)
        {
            return;
        }

        if (Plan(open, notices) is { } fault)
        {
            // Who stays may see less of the node than a run: that one finds it, or says the same.
            LacksAnswer = kept is not null;
            notices.Add($"--chain: {fault}");
            return;
        }

        foreach (var run in _runs)
        {
            if (kept is null)
            {
                run.Start(deadline, StackBytes);
            }
            else if (!run.TryRecall(kept))
            {
                LacksAnswer = true;
                run.NoteLack(kept);
            }
        }

        new FrameWriter(remembered).Number(0);
        foreach (var run in _runs)
        {
            if (run.Finish(deadline) is { } failed)
            {
                notices.Add($"credential provider {run.Name} {failed} (asked for {run.Repository})");
            }
            else if (kept is null)
            {
                _rememberedCount += run.TryRemember(remembered) ? 1 : 0;
            }
        }

        NoteWithout(open, notices);
        BinaryPrimitives.WriteInt32LittleEndian(remembered.WrittenStart(sizeof(int)), _rememberedCount);
        Serve(open);
        foreach (var run in _runs)
        {
            run.Dispose();
        }
    }

    /// <summary>
    /// Whether it is known before the Secrets are read that an answer would be missing: the pull before lacked it, too, as some
    /// answers may not be kept. Then another process had better do all of it, and do it once.
    /// </summary>
    /// <param name="endpoints">Those of the pull.</param>
    /// <param name="image">For the image itself the kubelet asks.</param>
    public bool WillLackAnswer(EndpointCredential[] endpoints, ReadOnlySpan<byte> image)
    {
        var open = kept is { HasLacks: true } ? Open(endpoints, image) : [];
        var willLack = open.Count > 0 && Plan(open, new SecretNotices()) is null
            && _runs.Exists(run => run.IsKnownToLack(kept!) && !run.TryRecall(kept!));
        _runs.ForEach(static run => run.Dispose());
        _runs.Clear();
        return willLack;
    }

    /// <summary>To who asks for reasons: why an endpoint has nothing. In a pull it is as the node's owner has it.</summary>
    private void NoteWithout(List<EndpointCredential> open, SecretNotices notices)
    {
        if (notices.Trace is null)
        {
            return;
        }

        foreach (var endpoint in open)
        {
            var runs = _runs.FindAll(run => run.Endpoint == endpoint);
            if (runs.Count == 0)
            {
                notices.Add($"--chain: no other credential provider has {RepositoryOf(endpoint)} in its matchImages");
            }

            foreach (var run in runs)
            {
                if (run.HasAnswer && run.Login is null)
                {
                    notices.Add($"credential provider {run.Name} answered, and no key of its answer is for {run.Repository}");
                }
            }
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

    /// <summary>
    /// A kubelet has the keys of all answers in one ring, the more specific before the others, whoever gave them. Of two that are
    /// equal the provider counts that stands first.
    /// </summary>
    private void Serve(List<EndpointCredential> open)
    {
        foreach (var endpoint in open)
        {
            ChainedRun? best = null;
            foreach (var run in _runs)
            {
                if (run.Endpoint == endpoint && run.Login is { } login
                    && (best is null || ChainedAnswer.IsTriedBefore(login, best.Login!, run.Repository)))
                {
                    best = run;
                }
            }

            best?.Serve(best.Login!);
        }
    }

    /// <summary>Finds whom to ask for what. Of the node it reads no more than that takes.</summary>
    /// <returns>Why that is not known.</returns>
    private string? Plan(List<EndpointCredential> open, SecretNotices notices)
    {
        NodeService? kubelet = null;
        var (path, directory) = (options.ChainConfig, options.ChainBinDir);
        if (path is null || directory is null)
        {
            kubelet = FindKubelet();
            var settings = kubelet is null ? null : KubeletSettings.Read(_files, kubelet);
            (path, directory) = (path ?? settings?.ProviderConfig, directory ?? settings?.BinDirectory);
        }

        if (path is null || directory is null)
        {
            return path is null
                ? "the kubelet's --image-credential-provider-config is not found; set --chain-config"
                : "the kubelet's --image-credential-provider-bin-dir is not found; set --chain-bin-dir";
        }

        if (ProviderConfig.Read(_files, path, out var config) is { } unread)
        {
            return unread.Message;
        }

        if (EntryFaults.Of(config) is [var first, ..])
        {
            return $"no kubelet starts with this configuration: {first}";
        }

        ChainedEnvironment? environment = null;
        foreach (var entry in config.Entries)
        {
            var program = $"{directory.TrimEnd('/')}/{entry.Name}";
            var covered = open.FindAll(endpoint => entry.Covers(RepositoryOf(endpoint)));
            // By the file, whatever its name: the kubelet may have us under two.
            if (covered.Count > 0 && !entry.IsNamedAsOurs && !FileBytes.IsSameFile("/proc/self/exe", program))
            {
                // Who has answers from before runs none, and looks for no kubelet.
                environment ??= kept is null ? new ChainedEnvironment(kubelet ?? FindKubelet()) : null;
                var variables = environment?.Of(entry) ?? [];
                covered.ForEach(endpoint => Add(entry, program, variables, endpoint, notices));
            }
        }

        return null;
    }

    private void Add(
        ProviderEntry entry, string program, string[] environment, EndpointCredential endpoint, SecretNotices notices)
    {
        var repository = RepositoryOf(endpoint);
        if (entry.RequiresServiceAccount is true)
        {
            notices.Add($"credential provider {entry.Name} requires a ServiceAccount, and the pod's token is for the API server"
                + $" alone, so it is not asked for {repository}");
        }
        else if (_runs.Count == MaxRuns)
        {
            notices.Add(
                $"credential provider {entry.Name} is not asked for {repository}: more than {MaxRuns} runs for one pull");
        }
        else
        {
            _runs.Add(new ChainedRun(entry, program, environment, endpoint, repository, kubeletId));
        }
    }

    private static string RepositoryOf(EndpointCredential endpoint) => Encoding.UTF8.GetString(endpoint.Repository.Name.Span);

    /// <summary>By its control group first: to look at all processes of a node takes its time.</summary>
    private NodeService? FindKubelet() =>
        NodeService.FindRunning(_files, "kubelet.service", "kubelet") ?? ConfiguredProvider.FindKubelet(_files);
}
