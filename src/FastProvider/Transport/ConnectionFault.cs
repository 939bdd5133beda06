namespace FastProvider.Transport;

/// <summary>What can go wrong between here and the API server, as far as it decides whether another try makes sense.</summary>
internal enum FaultKind
{
    /// <summary>Nothing listens, the host is not reachable, the name does not resolve (yet).</summary>
    Unreachable,

    /// <summary>The connection broke off: a restart, a load balancer, a cut body.</summary>
    Broken,

    /// <summary>The time is over.</summary>
    Late,

    /// <summary>The other side is not who it should be, or does not speak the protocol: the token must not go there.</summary>
    Untrusted,

    /// <summary>A proxy does not let us through: its login or its rules.</summary>
    Refused,

    /// <summary>This process lacks what it takes to try: it may open no more files.</summary>
    Local,
}

/// <summary>One failed try to talk to the API server: its kind, and the words for the error line.</summary>
internal sealed class ConnectionFault(FaultKind kind, string what)
{
    public FaultKind Kind => kind;

    public string What => what;

    /// <summary>TLS itself failed, not the protocol within it.</summary>
    public bool IsOfTls { get; init; }

    /// <summary>What to look at, where it is not the API server that failed; begins with a semicolon.</summary>
    public string? Advice { get; init; }
}
