using FastProvider.Bench.Fleet.Server;

namespace FastProvider.Bench.Fleet;

/// <summary>A node, and the connections that an agent keeps on it.</summary>
internal sealed class Node(int number)
{
    private readonly List<(ApiServer Server, TimeSpan Until)> _kept = [];

    public int Number => number;

    /// <summary>The connection that was used last, if one is kept.</summary>
    public ApiServer? Take(TimeSpan now)
    {
        _kept.RemoveAll(link => link.Until <= now);
        if (_kept.Count == 0)
        {
            return null;
        }

        var server = _kept[^1].Server;
        _kept.RemoveAt(_kept.Count - 1);
        return server;
    }

    public void Keep(ApiServer server, TimeSpan now)
    {
        if (_kept.Count == Costs.KeptLinks)
        {
            _kept.RemoveAt(0);
        }

        _kept.Add((server, now + Costs.KeptIdle));
    }
}
