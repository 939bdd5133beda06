using FastProvider.Bench.Fleet;

namespace FastProvider.Transport;

/// <summary>In place of the runtime's: the wait is noted, and the simulation lets it pass.</summary>
internal static class Thread
{
    public static void Sleep(TimeSpan wait) => Timeline.Current.LastSleep = wait;
}
