using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace FastProvider.Grants;

/// <summary>
/// The pulls that are about to come, as their runs were answered just now. Of two pulls that come at once one finds no file: the
/// next lies there only a moment after the first was taken. So the next run is answered when the pull of the run before has come.
/// That pull may never come (the image is on the node), or stand in a queue: it is waited for half as long after each wait in
/// vain. Where a pull has come others are likely, and the first wait in vain after it shortens nothing.
/// </summary>
/// <remarks>Times are those of <see cref="Stopwatch.GetTimestamp"/>. Not safe for several threads.</remarks>
internal sealed class ExpectedPulls
{
    /// <summary>A pull that is not in a queue comes within this time after its run's answer.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    /// <summary>When the runs were answered whose pull may still come, the earliest first.</summary>
    private readonly List<long> _answeredAt = [];

    /// <summary>Since the last pull that came; one less where one did.</summary>
    private int _waitsInVain;

    private bool _isWaitedFor;

    /// <summary>A run is being answered.</summary>
    /// <param name="at">When.</param>
    public void Add(long at) => _answeredAt.Add(at);

    /// <summary>A pull has come. It is taken for that of the run that waits the longest.</summary>
    public void Come(long now)
    {
        Forget(now);
        if (_answeredAt.Count > 0)
        {
            _answeredAt.RemoveAt(0);
        }

        (_waitsInVain, _isWaitedFor) = (-1, false);
    }

    /// <summary>Whether the next run is to wait, as a pull is still expected.</summary>
    public bool AreAtHand(long now)
    {
        Forget(now);
        var wait = Delay / (1 << Math.Clamp(_waitsInVain, 0, 10));
        if (_answeredAt.Count > 0 && Stopwatch.GetElapsedTime(_answeredAt[^1], now) < wait)
        {
            return _isWaitedFor = true;
        }

        _waitsInVain = _isWaitedFor ? _waitsInVain + 1 : _answeredAt.Count == 0 ? Math.Min(_waitsInVain, 0) : _waitsInVain;
        _isWaitedFor = false;
        return false;
    }

    private void Forget(long now) => _answeredAt.RemoveAll(at => Stopwatch.GetElapsedTime(at, now) >= Delay);
}
