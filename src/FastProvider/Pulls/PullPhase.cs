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
internal struct PhaseTimes
{
    private readonly Func<long>? _counter;
    private readonly long _start;
    private long _last;
    private Ticks _ticks;

    /// <summary>Starts to count.</summary>
    /// <param name="counter">What is counted; null for the ticks of the clock.</param>
    public PhaseTimes(Func<long>? counter)
    {
        _counter = counter;
        _start = _last = Now;
    }

    /// <summary>The time since the last call, or since the start, belongs to this phase.</summary>
    public void End(PullPhase phase)
    {
        var now = Now;
        _ticks[(int)phase] += now - _last;
        _last = now;
    }

    /// <summary>Zero for a phase that was not reached.</summary>
    public readonly TimeSpan this[PullPhase phase] => Stopwatch.GetElapsedTime(0, _ticks[(int)phase]);

    /// <summary>What was counted in a phase.</summary>
    public readonly long Counted(PullPhase phase) => _ticks[(int)phase];

    /// <summary>The time since the start, whatever was ended.</summary>
    public readonly TimeSpan UntilNow => Stopwatch.GetElapsedTime(_start);

    public readonly TimeSpan Total => Stopwatch.GetElapsedTime(_start, _last);

    private readonly long Now => _counter is null ? Stopwatch.GetTimestamp() : _counter();

    [InlineArray((int)PullPhase.Response + 1)]
    private struct Ticks
    {
        private long _first;
    }
}
