using System;
using System.Threading;

namespace FastProvider.Grants;

/// <summary>What one pod's pull is to find in its slot: a file with this content, once.</summary>
internal sealed class Grant
{
    private static long s_lastNumber;

    /// <param name="pod">The uid of the pod; empty for a file that lay there before.</param>
    /// <param name="content">What the file holds. The grant lets go of it at its end.</param>
    /// <param name="untakenLifetime">For how long it waits for a pull; zero for a file that stays when the grant ends.</param>
    public Grant(string pod, GrantContent content, TimeSpan untakenLifetime)
    {
        Pod = pod;
        Content = content;
        StaysUntaken = untakenLifetime == TimeSpan.Zero;
        TimeLeft = StaysUntaken ? LongestWait : untakenLifetime;
        Number = Interlocked.Increment(ref s_lastNumber);
    }

    /// <summary>For how long a grant is kept whose file is never to be removed: longer than any back-off of a kubelet.</summary>
    public static TimeSpan LongestWait => TimeSpan.FromMinutes(5);

    public string Pod { get; }

    public GrantContent Content { get; }

    /// <summary>The file stays where it is when the grant ends.</summary>
    public bool StaysUntaken { get; }

    /// <summary>A later run has a larger one.</summary>
    public long Number { get; }

    /// <summary>By <see cref="Environment.TickCount64"/>.</summary>
    public long GivenAtMs { get; } = Environment.TickCount64;

    /// <summary>How long the grant still waits, not counting the time in which pulls are under way.</summary>
    public TimeSpan TimeLeft { get; set; }
}
