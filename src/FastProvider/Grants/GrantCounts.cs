using System.Threading;

namespace FastProvider.Grants;

/// <summary>What all slots together have seen since the start; the numbers only rise. Safe for several threads.</summary>
internal sealed class GrantCounts
{
    private long _added, _taken, _expired, _placed;

    /// <summary>Runs of pods that were given a grant.</summary>
    public long AddedTotal => Volatile.Read(ref _added);

    /// <summary>Files that pulls took.</summary>
    public long TakenTotal => Volatile.Read(ref _taken);

    /// <summary>Grants that no pull used.</summary>
    public long ExpiredTotal => Volatile.Read(ref _expired);

    /// <summary>Files that were put in their place.</summary>
    public long PlacedTotal => Volatile.Read(ref _placed);

    public void Added() => Interlocked.Increment(ref _added);

    public void Taken() => Interlocked.Increment(ref _taken);

    public void Expired() => Interlocked.Increment(ref _expired);

    public void Placed() => Interlocked.Increment(ref _placed);
}
