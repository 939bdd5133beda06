using System.Globalization;
using FastProvider.Tests.Agent;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>The agents of a simulated node: that of the service, and those that runs start.</summary>
internal sealed class SimulatedAgents : IDisposable
{
    private readonly NodeSandbox _node;
    private readonly IReadOnlyDictionary<string, string> _clock;
    private readonly AgentPlan _plan;
    private readonly Lock _gate = new();
    private NodeAgent? _service;
    private bool _isOver;

    /// <summary>RestartSec of the unit.</summary>
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(100);

    public SimulatedAgents(NodeSandbox node, IReadOnlyDictionary<string, string> clock, AgentPlan plan)
    {
        (_node, _clock, _plan) = (node, clock, plan);
        StartService();
    }

    /// <summary>What runs are told.</summary>
    public string Flag => _plan.Way is AgentWay.None ? "none" : "auto";

    public int Count => Ids().Count;

    /// <summary>What is to happen to them, and when.</summary>
    public IEnumerable<(int? AtMs, Func<Task> Act)> Faults =>
    [
        (_plan.KillMs, KillAsync), (_plan.StopMs, () => SignalAsync("STOP")),
        (_plan.GoOnMs, () => SignalAsync("CONT")), (_plan.RestartMs, RestartAsync),
    ];

    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }

        // Again, as one that starts an agent just now is none yet, and its parent starts one that was killed again.
        Assert.True(
            SpinWait.SpinUntil(
                () =>
                {
                    var ids = Ids(guards: true);
                    ids.ForEach(id => NodeAgent.Signal(id, "KILL"));
                    var agents = Ids();
                    agents.ForEach(id => NodeAgent.Signal(id, "KILL"));
                    return ids.Count + agents.Count == 0;
                }, TimeSpan.FromSeconds(20)),
            "An agent does not end.");
        _service?.Dispose();
    }

    private void StartService()
    {
        if (_plan.Way is AgentWay.Service)
        {
            _service = _plan.IsToldNothing
                ? NodeAgent.StartWith(
                    _node.LockDir, _clock, "/usr/bin/strace", "-f", "-o", "/dev/null", "-e", "trace=inotify_init1",
                    "-e", "inject=inotify_init1:error=EMFILE", Plugin.Binary)
                : NodeAgent.StartWith(_node.LockDir, _clock, Plugin.Binary);
        }
    }

    private Task SignalAsync(string signal)
    {
        Ids().ForEach(id => NodeAgent.Signal(id, signal));
        return Task.CompletedTask;
    }

    /// <summary>systemd starts the service again, the parent of an agent that came by itself does so with that.</summary>
    private async Task KillAsync()
    {
        await SignalAsync("KILL");
        await StartAgainAsync(RestartPause);
    }

    /// <summary>As systemd does it with a new binary.</summary>
    private async Task RestartAsync()
    {
        await SignalAsync("TERM");
        await StartAgainAsync(TimeSpan.Zero);
    }

    private async Task StartAgainAsync(TimeSpan pause)
    {
        if (_service is { } service)
        {
            await service.EndAsync();
            await Task.Delay(pause);
            lock (_gate)
            {
                if (!_isOver)
                {
                    _service = null;
                    service.Dispose();
                    StartService();
                }
            }
        }
    }

    /// <summary>
    /// Agents by their command lines, in which the node's lock directory is. A run that starts one is none yet.
    /// </summary>
    /// <param name="guards">Those instead that start agents again.</param>
    private List<int> Ids(bool guards = false)
    {
        var ids = new List<int>();
        foreach (var directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && IsAgent(directory, guards))
            {
                ids.Add(id);
            }
        }

        return ids;
    }

    private bool IsAgent(string directory, bool isGuard)
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(directory, "cmdline")).Split('\0');
            return words.Length > 2 && words[1] == "agent" && words.Contains("--respawn") == isGuard
                && words.Any(word => word == _node.LockDir || word == $"--lock-dir={_node.LockDir}");
        }
        catch (IOException)
        {
            return false; // it has ended
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
