namespace FastProvider.Journal;

/// <summary>The syslog severities that a run uses; the number is what the PRIORITY field carries.</summary>
internal enum JournalPriority
{
    /// <summary>The run failed and the pull goes on without it.</summary>
    Error = 3,

    /// <summary>Something on the node or in a Secret should be mended, the run went on.</summary>
    Warning = 4,

    /// <summary>What was decided for a pull.</summary>
    Information = 6,

    /// <summary>For people who look for a fault.</summary>
    Debug = 7,
}
