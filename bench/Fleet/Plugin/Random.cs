using FastProvider.Bench.Fleet;

namespace FastProvider.Transport;

/// <summary>In place of the runtime's: the seeded numbers of the simulation.</summary>
internal static class Random
{
    public static System.Random Shared => Timeline.Current.Random;
}
