using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace FastProvider.Pulls;

/// <summary>The parts of a pull, in their order.</summary>
internal enum PullPhase
{
    Request,
    Token,
    Mirrors,
    Node,
    Secrets,

    /// <summary>The wait for a pull to take the auth file of the run before.</summary>
    Turn,
    AuthFile,
    Response,
}

/// <summary>How long each phase of one pull took.</summary>
internal struct PhaseTimes()
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();
    private Ticks _ticks;

    /// <summary>The time since the last call, or since the start, belongs to this phase.</summary>
    public void End(PullPhase phase)
    {
        var now = Stopwatch.GetTimestamp();
        _ticks[(int)phase] += now - _last;
        _last = now;
    }

    /// <summary>Zero for a phase that was not reached.</summary>
    public readonly TimeSpan this[PullPhase phase] => Stopwatch.GetElapsedTime(0, _ticks[(int)phase]);

    /// <summary>The time since the start, whatever was ended.</summary>
    public readonly TimeSpan UntilNow => Stopwatch.GetElapsedTime(_start);

    public readonly TimeSpan Total => Stopwatch.GetElapsedTime(_start, _last);

    [InlineArray((int)PullPhase.Response + 1)]
    private struct Ticks
    {
        private long _first;
    }
}
