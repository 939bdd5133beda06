using System;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Grants;
using FastProvider.Metrics;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>What an agent keeps from one run for the next. Safe for several threads.</summary>
internal sealed class AgentState : IDisposable
{
    private const int UsualPulls = 8, KeptLinks = 8, MaxDirectories = 16;

    private const int WarmerStackBytes = 256 * 1024;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(30), LongestConnect = TimeSpan.FromSeconds(5);

    /// <summary>As long as an idle link is kept: pulls that are further apart connect anew.</summary>
    private static readonly TimeSpan WarmFor = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private SeenDirectory? _lastDirectory;
    private AgentSettings? _settings;
    private long _lastRunAtMs = Environment.TickCount64, _runs;

    public GrantKeeper Keeper { get; } = new();

    public PullResources Resources { get; } = new(UsualPulls, KeptLinks);

    public KeptNode Node { get; } = new();

    /// <summary>What other credential providers have answered.</summary>
    public KeptAnswers Answers { get; } = new();

    /// <summary>Called when a plugin of another version connects: this agent is out of date then.</summary>
    public Action? OnOtherVersion { get; set; }

    /// <summary>Since when no run came.</summary>
    public TimeSpan IdleTime => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastRunAtMs));

    /// <summary>Runs that came.</summary>
    public long Runs => Volatile.Read(ref _runs);

    public AgentMetrics Metrics { get; } = new();

    public AgentMetricsText MetricsText => new(Metrics, Keeper, Resources.Links.Counts, StartedAt);

    public DateTime StartedAt { get; } = DateTime.UtcNow;

    /// <summary>Pulls are being seen, so the next one should find a connection.</summary>
    public bool IsWarm => Runs > 0 && IdleTime < WarmFor;

    /// <summary>Connects anew where the API server has ended a connection that the next pull will want.</summary>
    public void KeepWarm()
    {
        if (!IsWarm || Resources.Links.TakeCold() is not { } lease)
        {
            return;
        }

        try
        {
            new Thread(() =>
            {
                using (lease)
                {
                    lease.Link.Warm(Deadline.After(LongestConnect));
                }
            }, WarmerStackBytes) { IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            lease.Dispose(); // the kernel gives no more threads: the next pull connects
        }
    }

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

    /// <summary>
    /// A run came to this directory: it is swept now if it was not for a while, and from time to time from here on.
    /// </summary>
    public void NoteDirectory(string authDirectory, Options options)
    {
        if (Seen(authDirectory, options) is { IsDue: true } directory)
        {
            directory.Sweep();
        }
    }

    /// <summary>Removes what nobody needs, in the directories that runs came to.</summary>
    public void Sweep()
    {
        Answers.Sweep();
        SeenDirectory? last;
        lock (_gate)
        {
            last = _lastDirectory;
        }

        for (; last is not null; last = last.Before)
        {
            if (last.IsDue)
            {
                last.Sweep();
            }
        }
    }

    public void Dispose()
    {
        Keeper.Dispose();
        Answers.Dispose();
        Resources.Dispose();
    }

    private SeenDirectory? Seen(string path, Options options)
    {
        lock (_gate)
        {
            var count = 0;
            for (var seen = _lastDirectory; seen is not null; seen = seen.Before)
            {
                count++;
                if (seen.Path == path)
                {
                    seen.Options = options;
                    return seen;
                }
            }

            return count == MaxDirectories ? null
                : _lastDirectory = new SeenDirectory(path, _lastDirectory) { Options = options };
        }
    }

    /// <summary>One of a chain: a dictionary would cost static objects at each start of the program.</summary>
    private sealed class SeenDirectory(string path, SeenDirectory? before)
    {
        private Deadline _isSweptUntil;

        public string Path => path;

        public SeenDirectory? Before => before;

        public required Options Options { get; set; }

        public bool IsDue => _isSweptUntil.IsOver;

        public void Sweep()
        {
            _isSweptUntil = Deadline.After(SweepEvery);
            NodeSweep.Run(Options, path);
        }
    }
}
