using System;
using FastProvider.Metrics;

namespace FastProvider.Hosts;

/// <summary>How an agent is started.</summary>
internal sealed class AgentStartup
{
    /// <summary>Where it listens, unless systemd hands it a socket.</summary>
    public required string Socket { get; init; }

    /// <summary>systemd holds the socket and hands it over.</summary>
    public bool IsHandedOver { get; set; }

    /// <summary>Where the locks of slots are; its own is there, too.</summary>
    public required string LockDirectory { get; init; }

    /// <summary>It ends when it had no run and no grant for so long; null for never.</summary>
    public required TimeSpan? IdleExit { get; init; }

    /// <summary>It gives up what it does not need, before it has to do with the network.</summary>
    public required bool Confines { get; init; }

    /// <summary>Where metrics are to be had; null for nowhere.</summary>
    public MetricsAddress? MetricsListen { get; init; }

    /// <summary>A file for metrics; null for none.</summary>
    public string? MetricsFile { get; init; }
}
