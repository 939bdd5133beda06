using System;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Node;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Pulls;

/// <summary>What a pull goes by, beside its request.</summary>
internal sealed class PullInput
{
    public required Options Options { get; init; }

    /// <summary>Looks an environment variable up.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>When the whole pull must have ended, the wait for its turn included.</summary>
    public required Deadline Run { get; init; }

    /// <summary>What the host keeps from one pull for the next; null for a host of this one.</summary>
    public PullResources? Resources { get; init; }

    /// <summary>What the host keeps of the node's files; null to read them.</summary>
    public KeptNode? Node { get; init; }

    /// <summary>Where Secrets come from.</summary>
    public ISecretSource Secrets { get; init; } = new ApiServerSecrets();

    /// <summary>Whether other credential providers may be asked: an explanation asks none unless it is told to.</summary>
    public bool MayChain { get; init; } = true;

    /// <summary>What those have answered before: the host runs none of them. Null for a host that does.</summary>
    public KeptAnswers? Answers { get; init; }

    /// <summary>How the pull comes to its turn at the slot.</summary>
    public ISlotTurns Turns { get; init; } = new OwnTurns();

    /// <summary>
    /// The files with the node's own logins, in the order in which they count; null for those that CRI-O would read.
    /// </summary>
    public NodeAuthFile[]? LoginFiles { get; init; }

    /// <summary>Whether the directory of auth files is looked at: only root can, who carries the pull out.</summary>
    public bool LooksAtSlot { get; init; } = true;

    /// <summary>What is known of the kubelet.</summary>
    public required KubeletHint Kubelet { get; init; }

    /// <summary>Takes every key that is met, where somebody wants to see them.</summary>
    public KeyTrace? Trace { get; init; }

    /// <summary>How many notices are kept in words; null for as many as a line shows.</summary>
    public int? MostNotices { get; init; }

    /// <summary>Called when the file is about to be put into the slot: from there on it may lie there without its pull.</summary>
    public Action? BeforeWrite { get; init; }

    /// <summary>What the phases are measured by; null for the clock.</summary>
    public Func<long>? Counter { get; init; }
}
