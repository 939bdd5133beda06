namespace FastProvider.Bench.Fleet;

/// <summary>What a scene came to.</summary>
internal sealed record Outcome(Scene Scene, int Nodes, Contender Contender)
{
    public int ApiServers { get; init; }

    /// <summary>How often a pod wanted credentials.</summary>
    public int Wanted { get; init; }

    /// <summary>How often it had them in the end.</summary>
    public int Answered { get; init; }

    /// <summary>How often it had none when its patience was over.</summary>
    public int Failed { get; init; }

    /// <summary>Runs of the provider that gave up; the kubelet runs it again.</summary>
    public int FailedRuns { get; init; }

    public int Requests { get; init; }

    public int Served { get; init; }

    public int Rejected { get; init; }

    /// <summary>Requests whose client gave up before the answer.</summary>
    public int Abandoned { get; init; }

    public int Handshakes { get; init; }

    /// <summary>Of all API servers.</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>When the last pod had its credentials.</summary>
    public TimeSpan LastAt { get; init; }

    /// <summary>The longest time that a pod waited for them.</summary>
    public TimeSpan LongestWait { get; init; }

    /// <summary>One of a hundred waited longer.</summary>
    public TimeSpan P99Wait { get; init; }

    /// <summary>The most that a priority level ever gave beyond its limit; below zero if none gave all.</summary>
    public int SeatsOverLimit { get; init; }
}
