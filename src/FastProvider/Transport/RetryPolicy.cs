using System;
using System.Threading;
using FastProvider.Base;

namespace FastProvider.Transport;

/// <summary>
/// When to try again, and how long to wait before it, inside one budget. Counts its tries, so it is not to be copied.
/// </summary>
/// <param name="deadline">When to give up.</param>
/// <param name="patience">Who asks and what for.</param>
internal struct RetryPolicy(Deadline deadline, Patience patience = Patience.Workload)
{
    private const int MaxEventTries = 2;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100), LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Where nothing listens at all, a pod that starts from the cache should not wait for the whole budget.</summary>
    private static readonly TimeSpan UnreachablePatience = TimeSpan.FromSeconds(5);

    private readonly ReadOnlySpan<short> ForbiddenWaitsMs => patience switch
    {
        Patience.Workload => [250],
        Patience.Node => [50, 100, 200, 300, 350],
        _ => [],
    };

    private TimeSpan _wait = FirstWait;
    private Deadline? _unreachableUntil;
    private int _forbidden;

    /// <summary>How many tries there were, the first included.</summary>
    public int Tries { get; private set; } = 1;

    /// <summary>How long it was waited between them.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether an answer with this status may be another one in a moment.</summary>
    public static bool MayPass(int status) => status is 403 or 429 or >= 500;

    /// <summary>After a connection that failed: waits, or says that there is no point.</summary>
    public bool WaitAfter(ConnectionFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Broken:
                _unreachableUntil = null;
                return Wait(NextWait());
            case FaultKind.Unreachable:
                _unreachableUntil ??= Deadline.After(UnreachablePatience);
                return !_unreachableUntil.Value.IsOver && Wait(NextWait());
            default:
                return false;
        }
    }

    /// <summary>After an answer that is not 200: waits, or says that there is no point.</summary>
    public bool WaitAfter(int status, TimeSpan? retryAfter)
    {
        _unreachableUntil = null;
        if (status == 403)
        {
            return _forbidden < ForbiddenWaitsMs.Length && Wait(TimeSpan.FromMilliseconds(ForbiddenWaitsMs[_forbidden++]));
        }

        // "Retry-After: 0" counts as absent: an overloaded server would be asked a hundred times a second.
        return MayPass(status) && Wait(retryAfter is { Ticks: > 0 } told ? told : NextWait());
    }

    /// <summary>
    /// Doubles, and spreads the runs of a node that were all refused at once over half to one and a half times the wait.
    /// </summary>
    private TimeSpan NextWait()
    {
        var spread = 0.5 + Random.Shared.NextDouble();
        var wait = _wait * spread;
        _wait = _wait * 2 < LongestWait ? _wait * 2 : LongestWait;
        return wait;
    }

    private bool Wait(TimeSpan wait)
    {
        if (wait >= deadline.Remaining || (patience is Patience.Event && Tries >= MaxEventTries))
        {
            return false;
        }

        Tries++;
        Waited += wait;
        Thread.Sleep(wait);
        return true;
    }
}
