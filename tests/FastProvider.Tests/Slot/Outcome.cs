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
    /// <summary>Runs that waited for a pull or for another run: for 0.3 s, which nothing else at a slot takes.</summary>
    public int RunsThatWaited { get; init; }

    /// <summary>
    /// Those that waited for 1.2 s: longer than an agent spreads the answers of runs whose pulls do come one after the other.
    /// </summary>
    public int RunsThatWaitedLong { get; init; }

    /// <summary>Agents that run at the end.</summary>
    public int Agents { get; init; }

    /// <summary>With an agent, that was.</summary>
    public bool HadAgent { get; init; }

    /// <summary>
    /// From the end of a run to its pull the simulator wakes three times. If it is later than this each time, the pull comes
    /// later than any that was seen on a node (0.32 s).
    /// </summary>
    private const int FairStallMs = 100;

    /// <summary>Pulls were lost and the simulator could not keep its times: that was a test of the machine.</summary>
    public bool MayBeTheMachines => (FailedPulls > 0 || (HadAgent && RunsThatWaitedLong > 0)) && LongestStallMs > FairStallMs;
}

/// <summary>All plays of one schedule.</summary>
/// <param name="First">What counts for the README.</param>
/// <param name="Last">What counts for the test: a play in which the simulator could not keep its times is played again.</param>
/// <param name="Count">How many there were.</param>
internal sealed record Plays(Outcome First, Outcome Last, int Count);
