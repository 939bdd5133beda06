using System;
using System.Collections.Generic;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Grants;
using FastProvider.Metrics;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>What an agent keeps from one run for the next. Safe for several threads.</summary>
internal sealed class AgentState : IDisposable
{
    private const int UsualPulls = 8, KeptLinks = 8, MaxDirectories = 16;

    private readonly Dictionary<string, Options> _authDirectories = new(StringComparer.Ordinal);
    private AgentSettings? _settings;
    private long _lastRunAtMs = Environment.TickCount64, _runs;

    public GrantKeeper Keeper { get; } = new();

    public PullResources Resources { get; } = new(UsualPulls, KeptLinks);

    /// <summary>Called when a plugin of another version connects: this agent is out of date then.</summary>
    public Action? OnOtherVersion { get; set; }

    /// <summary>Since when no run came.</summary>
    public TimeSpan IdleTime => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastRunAtMs));

    /// <summary>Runs that came.</summary>
    public long Runs => Volatile.Read(ref _runs);

    public AgentMetrics Metrics { get; } = new();

    public AgentMetricsText MetricsText => new(Metrics, Keeper, Resources.Links.Counts, StartedAt);

    public DateTime StartedAt { get; } = DateTime.UtcNow;

    /// <summary>A run came.</summary>
    public void Note()
    {
        Interlocked.Increment(ref _runs);
        Volatile.Write(ref _lastRunAtMs, Environment.TickCount64);
    }

    /// <summary>The settings of a run; those of the run before are kept, as they are mostly the same.</summary>
    /// <returns>Null if no run would go by them.</returns>
    public AgentSettings? Settings(ReadOnlySpan<byte> bytes)
    {
        var kept = Volatile.Read(ref _settings);
        if (kept is null || !kept.Are(bytes))
        {
            kept = AgentSettings.Read(bytes);
            Volatile.Write(ref _settings, kept);
        }

        return kept;
    }

    /// <summary>A run came to this directory, so it is swept from time to time.</summary>
    public void NoteDirectory(string authDirectory, Options options)
    {
        lock (_authDirectories)
        {
            if (_authDirectories.Count < MaxDirectories || _authDirectories.ContainsKey(authDirectory))
            {
                _authDirectories[authDirectory] = options;
            }
        }
    }

    /// <summary>Removes what nobody needs.</summary>
    public void Sweep()
    {
        KeyValuePair<string, Options>[] directories;
        lock (_authDirectories)
        {
            directories = [.. _authDirectories];
        }

        foreach (var (directory, options) in directories)
        {
            NodeSweep.Run(options, directory);
        }
    }

    public void Dispose()
    {
        Keeper.Dispose();
        Resources.Dispose();
    }
}
