namespace FastProvider.Agent;

/// <summary>
/// The single bytes with which both sides lead through a connection; docs/agent.md draws the order. Plugin and agent are one
/// program, so nobody else speaks this, and it may change with each version.
/// </summary>
internal static class AgentMark
{
    /// <summary>The agent takes the connection; it reads what is asked then.</summary>
    public const byte Begun = (byte)'B';

    /// <summary>The agent has as many runs as it may have.</summary>
    public const byte Full = (byte)'F';

    /// <summary>The agent still works for this run.</summary>
    public const byte Working = (byte)'.';

    /// <summary>The reply follows, with its length before it.</summary>
    public const byte Reply = (byte)'R';

    /// <summary>The agent is of another version; the run goes alone.</summary>
    public const byte OtherVersion = (byte)'V';

    /// <summary>The agent cannot do it; the run goes alone.</summary>
    public const byte Declined = (byte)'D';

    /// <summary>Another credential provider must be asked, which the agent does not; the run goes alone.</summary>
    public const byte Providers = (byte)'P';

    /// <summary>The kubelet has the answer.</summary>
    public const byte Answered = (byte)'y';

    /// <summary>
    /// The kubelet could not be answered, for the error number that follows: the agent takes back what it did, and replies once
    /// more.
    /// </summary>
    public const byte Unanswered = (byte)'n';
}
