using System;

namespace FastProvider.AuthFile;

/// <summary>How a run waits for its turn.</summary>
/// <param name="lockDirectory">Where the locks of the slots are.</param>
/// <param name="bound">How long to wait at most; zero for no lock and no wait.</param>
internal readonly struct SlotWait(string lockDirectory, TimeSpan bound)
{
    public string LockDirectory => lockDirectory;

    public TimeSpan Bound => bound;
}
