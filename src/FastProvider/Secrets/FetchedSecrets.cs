using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>What came of asking the API server for Secrets. The credentials are with the endpoints.</summary>
internal readonly struct FetchedSecrets
{
    /// <summary>Why they could not all be read; null if they could.</summary>
    public Failure? Failure { get; init; }

    /// <summary>How many were read.</summary>
    public int Count { get; init; }

    /// <summary>How often a namespace was read consistently: once, or not at all.</summary>
    public int ConsistentReads { get; init; }

    /// <summary>What was asked for them.</summary>
    public ApiStatistics Use { get; init; }

    /// <summary>What was answered for each shared Secret; null if none was asked for.</summary>
    public SharedAnswer[]? Shared { get; init; }

    /// <summary>NAMESPACE/NAME of the pod, if its imagePullSecrets name none; null otherwise.</summary>
    public string? PodThatNamesNone { get; init; }

    /// <summary>Nothing was asked.</summary>
    public static implicit operator FetchedSecrets(Failure failure) => new() { Failure = failure };
}
