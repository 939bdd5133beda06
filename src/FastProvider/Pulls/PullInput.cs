using System;
using FastProvider.Base;
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

    /// <summary>Where Secrets come from.</summary>
    public ISecretSource Secrets { get; init; } = new ApiServerSecrets();

    /// <summary>
    /// The files with the node's own logins, in the order in which they count; null for those that CRI-O would read.
    /// </summary>
    public NodeAuthFile[]? LoginFiles { get; init; }

    /// <summary>Whether the directory of auth files is looked at: only root can, who carries the pull out.</summary>
    public bool LooksAtSlot { get; init; } = true;

    /// <summary>Takes what is noticed.</summary>
    public SecretNotices Notices { get; init; } = new();

    /// <summary>What the phases are measured by; null for the clock.</summary>
    public Func<long>? Counter { get; init; }
}
