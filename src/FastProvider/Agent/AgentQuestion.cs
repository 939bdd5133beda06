namespace FastProvider.Agent;

/// <summary>What is asked of the agent.</summary>
internal enum AgentQuestion
{
    /// <summary>To carry out a pull.</summary>
    Run = 1,

    /// <summary>To see to it that a pull which was decided elsewhere finds its file.</summary>
    Grant = 2,

    /// <summary>To say how it is.</summary>
    Status = 3,

    /// <summary>To keep what other credential providers have answered.</summary>
    Keep = 4,
}
