namespace FastProvider.Transport;

/// <summary>How long it makes sense to ask again, by who asks and what for.</summary>
internal enum Patience
{
    /// <summary>A workload reads its Secrets. Right after its start an API server refuses what it will allow.</summary>
    Workload,

    /// <summary>
    /// The node reads a pod and its Secrets. The node authorizer learns of a pod some milliseconds after it was bound.
    /// </summary>
    Node,

    /// <summary>
    /// The node writes an Event. A missing right does not appear within seconds, and a pull that fails again tells again a minute
    /// later. So only a broken connection or an overloaded server is tried again, once.
    /// </summary>
    Event,
}
