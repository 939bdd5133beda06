namespace FastProvider.Tests.Slot;

/// <summary>What the kubelet does after it ran the provider for a pod.</summary>
internal enum PodKind
{
    /// <summary>It pulls.</summary>
    Pulls,

    /// <summary>The image is on the node and its record fits: the run is followed by no pull.</summary>
    StartsWithoutPull,
}

/// <summary>One pod of a schedule.</summary>
/// <param name="Image">What it pulls.</param>
/// <param name="StartMs">When the kubelet runs the provider for it, from the schedule's start.</param>
/// <param name="GapMs">From the end of the run to the request to CRI-O, or to the kubelet's queue.</param>
/// <param name="PullMs">How long its pull takes.</param>
/// <param name="Kind">Whether it pulls.</param>
internal sealed record Pod(string Image, int StartMs, int GapMs, int PullMs, PodKind Kind = PodKind.Pulls)
{
    /// <summary>An image without a mirror: its runs write no file, and its pulls need none.</summary>
    public const string Unmirrored = "quay.io/other/app";

    /// <summary>Its first run gets SIGKILL then; the kubelet pulls without an answer.</summary>
    public int? KillFirstRunAfterMs { get; init; }

    /// <summary>Its first pull fails at the registry, after it took its file.</summary>
    public bool FailsAtFirst { get; init; }

    /// <summary>Which of the two ServiceAccounts of the namespace it has.</summary>
    public int Account { get; init; }

    /// <summary>Its runs ask no agent.</summary>
    public bool GoesAlone { get; init; }

    public bool NeedsFile => Image != Unmirrored;
}
