using FastProvider.Tests.Agent;

namespace FastProvider.Tests.Slot;

/// <summary>What a node has of an agent.</summary>
internal enum AgentWay
{
    /// <summary>Runs are told to ask none.</summary>
    None,

    /// <summary>One runs when the schedule begins.</summary>
    Service,

    /// <summary>None does; runs that would have to wait start one.</summary>
    OnDemand,
}

/// <summary>The agent of a schedule, and what becomes of it in the midst of it.</summary>
/// <param name="Way">How it comes to the node.</param>
internal sealed record AgentPlan(AgentWay Way)
{
    public static AgentPlan None { get; } = new(AgentWay.None);

    public static AgentPlan Service { get; } = new(AgentWay.Service);

    public static AgentPlan OnDemand { get; } = new(AgentWay.OnDemand);

    /// <summary>As for all tests.</summary>
    public static AgentPlan Usual => NodeAgent.IsForAll ? Service : None;

    /// <summary>When all agents of the node get SIGKILL; null for never.</summary>
    public int? KillMs { get; init; }

    /// <summary>When they get SIGSTOP.</summary>
    public int? StopMs { get; init; }

    /// <summary>When they get SIGCONT.</summary>
    public int? GoOnMs { get; init; }

    /// <summary>When the service gets SIGTERM, and is started again once it has ended.</summary>
    public int? RestartMs { get; init; }

    /// <summary>It gets no inotify instance.</summary>
    public bool IsToldNothing { get; init; }
}
