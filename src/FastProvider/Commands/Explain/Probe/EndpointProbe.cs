using System;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>What came of asking one endpoint. It holds no credential, and of what a server wrote only checked words.</summary>
internal sealed class EndpointProbe
{
    public required ProbeResult Result { get; init; }

    /// <summary>The same for a person: which step, what was answered. Without a full stop.</summary>
    public required string Detail { get; init; }

    /// <summary>The last HTTP status; 0 if there was none.</summary>
    public int Status { get; init; }

    public ProbeAuthentication Authentication { get; init; }

    public ProbeTls Tls { get; init; }

    public TimeSpan Elapsed { get; init; }

    /// <summary>A proxy of this process's environment lay between.</summary>
    public bool UsedProxy { get; init; }

    /// <summary>Whether anything was asked at all.</summary>
    public bool IsProbed => Result is not (ProbeResult.Blocked or ProbeResult.NotAsked or ProbeResult.NotProbed);

    /// <summary>Whether a pull can come from there, as far as it was seen.</summary>
    public bool Serves => Result is ProbeResult.Accepted or ProbeResult.Open;
}

/// <summary>How a step of a probe ended it: the word, and the words for people.</summary>
internal sealed class ProbeVerdict(ProbeResult result, string detail)
{
    public ProbeResult Result => result;

    public string Detail => detail;
}
