using System.Collections.Generic;

namespace FastProvider.Commands.Stats;

/// <summary>How often something occurred.</summary>
internal sealed class Tally(string name)
{
    public string Name => name;

    public long Count { get; set; }

    /// <summary>The largest first, of equals the first name.</summary>
    public static void Sort(List<Tally> tallies) => tallies.Sort(static (a, b) =>
        a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Name, b.Name));
}
