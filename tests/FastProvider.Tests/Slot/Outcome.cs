namespace FastProvider.Tests.Slot;

/// <summary>What a schedule came to.</summary>
/// <param name="Pulls">Requests to CRI-O for images with a mirror.</param>
/// <param name="FailedPulls">Those that found no auth file, or one that does not open the mirror.</param>
/// <param name="OtherFailures">Those that failed at the registry or with CRI-O, as the schedule has it.</param>
/// <param name="Runs">Runs of the provider.</param>
/// <param name="LongestRunMs">The longest of them.</param>
/// <param name="AllRunningMs">When the last pod had its image.</param>
/// <param name="PodsWithoutImage">Pods that never got theirs.</param>
/// <param name="LongestStallMs">How late the simulator itself was, as the machine had other things to do.</param>
internal sealed record Outcome(
    int Pulls, int FailedPulls, int OtherFailures, int Runs, long LongestRunMs, long AllRunningMs, int PodsWithoutImage,
    long LongestStallMs)
{
    /// <summary>Runs that say they waited for a pull which did not come, or for their turn until their bound.</summary>
    public int RunsInVain { get; init; }

    /// <summary>
    /// Runs that ended only after the first pull had: those that waited for it, where it takes longer than any run does.
    /// </summary>
    public int RunsBehindFirstPull { get; init; }

    /// <summary>Agents that run at the end.</summary>
    public int Agents { get; init; }

    /// <summary>With an agent, that was.</summary>
    public bool HadAgent { get; init; }

    /// <summary>
    /// From the end of a run to its pull the simulator wakes three times. If it is later than this each time, the pull comes
    /// later than any that was seen on a node (0.32 s).
    /// </summary>
    private const int FairStallMs = 100;

    /// <summary>
    /// An agent answers the next run when the pull of the one before has come, or after 0.1 s: less the longest gap of a pod,
    /// three of these.
    /// </summary>
    private const int FairStallWithAgentMs = 13;

    /// <summary>Pulls were lost and the simulator could not keep its times: that was a test of the machine.</summary>
    public bool MayBeTheMachines =>
        FailedPulls > 0 && LongestStallMs > (HadAgent ? FairStallWithAgentMs : FairStallMs);
}

/// <summary>All plays of one schedule.</summary>
/// <param name="First">What counts for docs/pods-that-start-together.md.</param>
/// <param name="Last">What counts for the test: a play in which the simulator could not keep its times is played again.</param>
/// <param name="Count">How many there were.</param>
internal sealed record Plays(Outcome First, Outcome Last, int Count);
