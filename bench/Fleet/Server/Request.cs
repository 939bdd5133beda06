namespace FastProvider.Bench.Fleet.Server;

/// <summary>Where a request is on its way.</summary>
internal enum RequestState
{
    Waiting,
    Executing,
    Served,
    Rejected,
    Abandoned,
}

/// <summary>One request on its way through an API server.</summary>
/// <param name="kind">What is asked.</param>
/// <param name="flow">Who asks: requests of one flow share their queues.</param>
/// <param name="queueWait">How long it may wait in a queue.</param>
/// <param name="answered">Called once, unless the client gave up: null if it was served, else the Retry-After of the 429.</param>
internal sealed class Request(RequestKind kind, int flow, TimeSpan queueWait, Action<TimeSpan?> answered)
{
    public RequestKind Kind => kind;

    public int Flow => flow;

    public TimeSpan QueueWait => queueWait;

    public Action<TimeSpan?> Answered => answered;

    public RequestState State { get; set; }

    /// <summary>Where it waited.</summary>
    public FairQueue? Queue { get; set; }

    /// <summary>When its execution began.</summary>
    public TimeSpan BeganAt { get; set; }
}
