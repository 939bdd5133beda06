using System;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Pulls;

namespace FastProvider.Metrics;

/// <summary>
/// What an agent counts of its pulls; the totals only rise, until the process ends. Safe for several threads: a pull waits for
/// none of it, and nothing is allocated for one that does not fail.
/// </summary>
internal sealed class AgentMetrics
{
    private readonly long[] _failures = new long[(int)FailureCause.Defect + 1];
    private readonly long[] _declined = new long[(int)AloneReason.Declined + 1];
    private long _bytesRead, _retries, _waitedUs, _secretsRead, _consistentReads, _withWarnings;
    private int _runsNow;

    /// <summary>Pulls that the agent carried out.</summary>
    public OutcomeCounts Pulls { get; } = new([]);

    /// <summary>Pulls that were decided elsewhere, and whose files were handed over.</summary>
    public OutcomeCounts HandedOver { get; } = new([]);

    public NamespaceCounts Namespaces { get; } = new();

    /// <summary>Times of each phase but the last, in the pulls that came to it.</summary>
    public TimeHistogram Phases { get; } = new((int)PullPhase.Response);

    /// <summary>Times of whole pulls.</summary>
    public TimeHistogram Times { get; } = new();

    public LastFailures LastFailures { get; } = new();

    /// <summary>Connections of plugins that are served now.</summary>
    public int RunsNow => Volatile.Read(ref _runsNow);

    public long BytesReadTotal => Volatile.Read(ref _bytesRead);

    public long RetriesTotal => Volatile.Read(ref _retries);

    public long WaitedUsTotal => Volatile.Read(ref _waitedUs);

    public long SecretsReadTotal => Volatile.Read(ref _secretsRead);

    public long ConsistentReadsTotal => Volatile.Read(ref _consistentReads);

    public long WithWarningsTotal => Volatile.Read(ref _withWarnings);

    /// <summary>Pulls that failed for a cause.</summary>
    public long FailuresOf(FailureCause cause) => Volatile.Read(ref _failures[(int)cause]);

    /// <summary>Runs that were sent away, and why.</summary>
    public long DeclinedFor(AloneReason reason) => Volatile.Read(ref _declined[(int)reason]);

    public void Began() => Interlocked.Increment(ref _runsNow);

    public void Ended() => Interlocked.Decrement(ref _runsNow);

    public void Decline(AloneReason reason) => Interlocked.Increment(ref _declined[(int)reason]);

    /// <summary>A pull that the agent carried out has ended.</summary>
    public void Count(PullRecord record)
    {
        Pulls.Add(record.Outcome);
        Namespaces.Add(record.Claims.Namespace.Span, record.Outcome);
        if (record.Failure is { } failure)
        {
            Interlocked.Increment(ref _failures[(int)failure.Cause]);
            LastFailures.Add(failure.Cause, record.Claims.Namespace.Span, record.Request.Image.Span);
        }

        var times = record.Times;
        for (var phase = PullPhase.Request; phase < PullPhase.Response; phase++)
        {
            // Zero is that of a phase which was not reached.
            if (times[phase] is var time && time > TimeSpan.Zero)
            {
                Phases.Add(time, (int)phase);
            }
        }

        Times.Add(record.Total);
        var read = record.Read;
        Interlocked.Add(ref _bytesRead, read.Api.BytesRead);
        Interlocked.Add(ref _retries, Math.Max(read.Api.Tries - 1, 0));
        Interlocked.Add(ref _waitedUs, read.Api.Waited.Ticks / TimeSpan.TicksPerMicrosecond);
        Interlocked.Add(ref _secretsRead, read.Count);
        Interlocked.Add(ref _consistentReads, read.ConsistentReads);
        Interlocked.Add(ref _withWarnings, record.Notices.Count > 0 ? 1 : 0);
    }

    /// <summary>A file was handed over, or could not be.</summary>
    public void CountHandedOver(FailureCause? failed)
    {
        HandedOver.Add(failed is null ? PullOutcome.Written : PullOutcome.Failed);
        if (failed is { } cause)
        {
            Interlocked.Increment(ref _failures[(int)cause]);
            LastFailures.Add(cause, default, default);
        }
    }
}
