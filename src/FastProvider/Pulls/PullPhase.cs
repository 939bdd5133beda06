using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using FastProvider.Generators;

namespace FastProvider.Pulls;

/// <summary>The parts of a pull, in their order.</summary>
internal enum PullPhase
{
    [Utf8Name("request")]
    [Utf8Name("FAST_PROVIDER_REQUEST_US", Set = PullPhases.Journal)]
    Request,

    [Utf8Name("token")]
    [Utf8Name("FAST_PROVIDER_TOKEN_US", Set = PullPhases.Journal)]
    Token,

    [Utf8Name("mirrors")]
    [Utf8Name("FAST_PROVIDER_MIRRORS_US", Set = PullPhases.Journal)]
    Mirrors,

    [Utf8Name("node")]
    [Utf8Name("FAST_PROVIDER_NODE_US", Set = PullPhases.Journal)]
    Node,

    [Utf8Name("secrets")]
    [Utf8Name("FAST_PROVIDER_SECRETS_US", Set = PullPhases.Journal)]
    Secrets,

    /// <summary>The wait for a pull to take the auth file of the run before.</summary>
    [Utf8Name("turn")]
    [Utf8Name("FAST_PROVIDER_TURN_US", Set = PullPhases.Journal)]
    Turn,

    [Utf8Name("auth file")]
    [Utf8Name("FAST_PROVIDER_AUTH_FILE_US", Set = PullPhases.Journal)]
    AuthFile,

    [Utf8Name("response")]
    Response,
}

/// <summary>The names of the phases.</summary>
internal static partial class PullPhases
{
    /// <summary>The set of names that are fields of the journal.</summary>
    public const string Journal = "journal";

    /// <summary>For people.</summary>
    [Utf8Word]
    public static partial ReadOnlySpan<byte> Word(this PullPhase phase);

    /// <summary>The field that has its time; empty for the answer, whose time comes after the entry.</summary>
    [Utf8Word(Set = Journal)]
    public static partial ReadOnlySpan<byte> Field(this PullPhase phase);
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
