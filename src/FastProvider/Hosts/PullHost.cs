using FastProvider.Agent;
using FastProvider.Journal;

namespace FastProvider.Hosts;

/// <summary>Who carried a pull out, for the journal.</summary>
/// <param name="isAgent">The agent did; else the process of the run.</param>
/// <param name="alone">Why the agent did not; none where it was not needed.</param>
internal readonly struct PullHost(bool isAgent, AloneReason alone)
{
    /// <summary>Adds the fields. A run that was to ask no agent has none, nor has an image without a mirror.</summary>
    public void AddTo(ref JournalEntry entry)
    {
        if (isAgent)
        {
            entry.Add("FAST_PROVIDER_HOST"u8, "agent"u8);
        }
        else if (alone is not (AloneReason.None or AloneReason.Off))
        {
            entry.Add("FAST_PROVIDER_HOST"u8, "alone"u8);
            entry.Add("FAST_PROVIDER_ALONE"u8, alone.Word());
        }
    }
}
