using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <summary>
/// The grants of one slot and its file. What lies there is the content of the newest grant. A pull that takes it uses up the
/// oldest grant of the same content, and the next lies there at once. The lock of the slot is held for as long as there are
/// grants, so runs that go without the agent still wait for their turn. Safe for several threads.
/// </summary>
internal sealed partial class GrantSlot
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>
    /// So many files of pods that nobody knows are kept at most: two agents of one directory take each other's for such.
    /// </summary>
    private const int MaxUnknown = 64;

    /// <summary>
    /// Where pulls do come, many that start together get their answers one after the other for so long at most.
    /// </summary>
    public static readonly TimeSpan LongestSpread = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TakePause = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(2), SignsPause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly GrantBounds _bounds;
    private readonly GrantCounts _counts;
    private readonly string _lockDirectory, _name;
    private readonly byte[] _nulTerminatedName;
    private readonly GrantRecord _record;
    private readonly ExpectedPulls _expected = new();

    /// <summary>Those of the oldest runs first.</summary>
    private readonly List<Grant> _grants = [];

    private AuthDirectory? _directory;
    private SlotLock? _lock;
    private string? _lockFault;

    /// <summary>What the file has that lies there; null if none does, or another's of which nothing is known.</summary>
    private GrantContent? _lying;

    /// <summary>What lies ready for the next pull, so that one call puts it there; and its content.</summary>
    private PreparedFile? _next;

    private GrantContent? _nextContent;
    private Libc.FileStatus _lyingStatus;
    private DateTime _untakenSince, _lastRunAt;
    private DateTime? _inVainAt;
    private TimeSpan _untakenLifetime;

    /// <summary>Until then no file lies there, as a pull without one is about to begin.</summary>
    private Deadline _hiddenUntil;

    /// <summary>It may have files open.</summary>
    private bool _hasFiles;

    /// <summary>Grants, or what lies there, are others than the record says.</summary>
    private bool _isChanged;

    /// <summary>How long a run may have the turn before what an agent has left is given up; none if there is nothing.</summary>
    private Deadline _leftUntil;

    /// <param name="slot">Which.</param>
    /// <param name="bounds">What all grants together may take.</param>
    /// <param name="counts">What all slots together have seen.</param>
    public GrantSlot(in GrantSlotName slot, GrantBounds bounds, GrantCounts counts)
        : this(slot, bounds, counts, isLeftBehind: false)
    {
    }

    private GrantSlot(in GrantSlotName slot, GrantBounds bounds, GrantCounts counts, bool isLeftBehind)
    {
        DirectoryPath = slot.Directory;
        _name = slot.Name;
        _nulTerminatedName = FileBytes.NulTerminated(_name);
        _lockDirectory = slot.LockDirectory;
        _bounds = bounds;
        _counts = counts;
        _record = new GrantRecord(slot, isLeftBehind);
        _leftUntil = isLeftBehind ? Deadline.After(Grant.LongestWait) : default;
    }

    /// <summary>The same, with grants that an agent before this one has left. They go on when no run has the turn.</summary>
    public static GrantSlot LeftBehind(in GrantSlotName slot, GrantBounds bounds, GrantCounts counts, GrantSlot? older) =>
        new(slot, bounds, counts, isLeftBehind: true) { Older = older };

    public string DirectoryPath { get; }

    public string Name => _name;

    /// <summary>The one that came before, for the keeper.</summary>
    public GrantSlot? Older { get; set; }

    /// <summary>What an agent has left here does not go on yet: a run has the turn.</summary>
    public bool IsLeftBehind => !_leftUntil.IsNone;

    /// <summary>It has no grants any more and lets go of all. Whoever still has it asks for another.</summary>
    public bool IsOver { get; private set; }

    /// <summary>A run of a pod came to this content: the pull of the pod is to find it.</summary>
    /// <param name="pod">Its uid; empty where nothing names it, and then each run has a grant of its own.</param>
    /// <param name="content">What the file is to hold.</param>
    /// <param name="untakenLifetime">For how long it may lie there; zero for ever.</param>
    /// <param name="bound">How long to wait for a run that has the slot's lock.</param>
    /// <param name="spread">How long to wait for the pull of the run before (<see cref="LongestSpread"/>).</param>
    public GrantAnswer Add(string pod, ReadOnlySpan<byte> content, TimeSpan untakenLifetime, Deadline bound, Deadline spread)
    {
        while (true)
        {
            if (!_gate.TryEnter(bound.Remaining))
            {
                return GrantAnswer.Full;
            }

            try
            {
                if (WhyNot(untakenLifetime, bound) is { } no)
                {
                    return no;
                }

                if (!IsPullAtHand() || spread.IsOver)
                {
                    return AddNow(pod, content, untakenLifetime);
                }
            }
            finally
            {
                _gate.Exit();
            }

            Thread.Sleep(TakePause);
        }
    }

    private GrantAnswer AddNow(string pod, ReadOnlySpan<byte> content, TimeSpan untakenLifetime)
    {
        LookAtFile();
        var kept = Shared(content) ?? GrantContent.Keep(content, _bounds);
        if (kept is null || !TryTakeGrant(pod))
        {
            kept?.LetGo();
            _ = Place();
            Settle();
            return GrantAnswer.Full;
        }

        RemoveOf(pod);
        _grants.Add(new Grant(pod, kept, untakenLifetime));
        _isChanged = true;
        _counts.Added();
        _lastRunAt = DateTime.UtcNow;
        _hiddenUntil = default;
        _expected.Add(Stopwatch.GetTimestamp());
        if (Place() is { } notWritten)
        {
            RemoveOf(pod, last: true);
            _ = Place();
            Settle();
            return GrantAnswer.Failed(notWritten);
        }

        Settle();
        return GrantAnswer.Kept(_lockFault);
    }

    /// <summary>
    /// A run of a pod failed or found nothing: its pull is to find no file. What was granted to others before may still be taken;
    /// that is waited for as long as there are signs of their pulls.
    /// </summary>
    /// <param name="pod">Its uid; empty where nothing names it.</param>
    /// <param name="untakenLifetime">For how long a file may lie there; zero for ever.</param>
    /// <param name="bound">How long to wait at most.</param>
    public GrantAnswer Withdraw(string pod, TimeSpan untakenLifetime, Deadline bound)
    {
        var newest = long.MaxValue;
        while (true)
        {
            if (!_gate.TryEnter(bound.Remaining))
            {
                return GrantAnswer.Full;
            }

            try
            {
                if (WhyNot(untakenLifetime, bound) is { } no)
                {
                    return no;
                }

                if (newest == long.MaxValue)
                {
                    RemoveOf(pod);
                    newest = _grants.Count > 0 ? _grants[^1].Number : 0;
                }

                LookAtFile();
                var isOver = bound.IsOver;
                if (_grants.Count == 0 || _grants[0].Number > newest || isOver || !IsPullExpected())
                {
                    // Those of other pods stay, as their pulls may stand in a queue that shows no sign: a run that was killed
                    // must not cost them their files. The pull of this one, if it comes now, finds none.
                    if (!isOver)
                    {
                        _ = _grants.RemoveAll(grant => grant.Number <= newest && grant.Pod.Length == 0 && End(grant));
                    }

                    _hiddenUntil = Deadline.After(SlotSigns.Quiet);
                    _isChanged = true;
                    var notPlaced = Place();
                    Settle();
                    return notPlaced is null ? GrantAnswer.Kept(_lockFault) : GrantAnswer.Failed(notPlaced);
                }
            }
            finally
            {
                _gate.Exit();
            }

            Thread.Sleep(SignsPause);
        }
    }

    /// <summary>Looks whether a pull took the file, and puts the next one there.</summary>
    public void Look()
    {
        // Who has it looks itself.
        if (_gate.TryEnter())
        {
            try
            {
                if (!IsOver && GoesOn())
                {
                    LookAtFile();
                    _ = Place();
                    Settle();
                }
            }
            finally
            {
                _gate.Exit();
            }
        }
    }

    /// <summary>
    /// Time goes by for the grants, unless pulls are under way: then the one that is waited for may stand behind them.
    /// </summary>
    /// <param name="elapsed">How much.</param>
    public void Age(TimeSpan elapsed)
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            if (IsOver || _directory is null)
            {
                return;
            }

            if (PullsUnderWay.Find(_directory, DateTime.UtcNow).IsAny)
            {
                _record.SetEnd(_grants);
                return;
            }

            LookAtFile();
            foreach (var grant in _grants)
            {
                grant.TimeLeft -= elapsed;
            }

            var stays = _grants.TrueForAll(static grant => grant.StaysUntaken && grant.TimeLeft <= TimeSpan.Zero);
            _grants.RemoveAll(grant => grant.TimeLeft <= TimeSpan.Zero && Expire(grant));
            if (!stays)
            {
                _ = Place();
            }

            Settle();
            _record.SetEnd(_grants);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>How long the oldest grant has waited; null if there is none, or somebody is at work here.</summary>
    public TimeSpan? OldestAge()
    {
        if (!_gate.TryEnter())
        {
            return null;
        }

        try
        {
            return _grants.Count > 0 ? TimeSpan.FromMilliseconds(Environment.TickCount64 - _grants[0].GivenAtMs) : null;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>The agent ends. What lies there stays, as does the record for the next agent; the lock is let go.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _grants.RemoveAll(End);
            Close();
        }
    }

    /// <summary>Why nothing can be done here; null if the slot is open.</summary>
    private GrantAnswer? WhyNot(TimeSpan untakenLifetime, Deadline bound)
    {
        if (IsOver)
        {
            return GrantAnswer.Over;
        }

        if (!_hasFiles && !(_hasFiles = _bounds.TryTakeSlot()))
        {
            EndIfEmpty();
            return GrantAnswer.Full;
        }

        if (Open(untakenLifetime, bound) is { } failure)
        {
            EndIfEmpty();
            return GrantAnswer.Failed(failure);
        }

        return null;
    }

    /// <summary>Whether the pull of a run that was answered just now is still to come.</summary>
    private bool IsPullAtHand()
    {
        LookAtFile();
        return _lying is not null && _expected.AreAtHand(Stopwatch.GetTimestamp());
    }

    /// <summary>As a run that is alone weighs it (<see cref="SlotSigns"/>).</summary>
    private bool IsPullExpected()
    {
        if (_directory is null || _lying is null)
        {
            return false;
        }

        var now = DateTime.UtcNow;
        var signs = new SlotSigns(_untakenSince, _lastRunAt, PullsUnderWay.Find(_directory, now), _inVainAt);
        if (signs.WaitLeft(now, out _) != TimeSpan.Zero)
        {
            return true;
        }

        _inVainAt = now;
        return false;
    }

    private GrantContent? Shared(ReadOnlySpan<byte> content)
    {
        foreach (var grant in _grants)
        {
            if (grant.Content.Is(content))
            {
                return grant.Content.Share();
            }
        }

        return null;
    }

    /// <summary>A pod that asks again needs no room beside that of its own.</summary>
    private bool TryTakeGrant(string pod)
    {
        if (_bounds.TryTakeGrant())
        {
            return true;
        }

        RemoveOf(pod);
        return _bounds.TryTakeGrant();
    }

    /// <summary>A pod that asks again has one grant; nobody knows whose those without a name are.</summary>
    private void RemoveOf(string pod, bool last = false)
    {
        if (last)
        {
            End(_grants[^1]);
            _grants.RemoveAt(_grants.Count - 1);
        }
        else if (pod.Length > 0)
        {
            _grants.RemoveAll(grant => grant.Pod == pod && End(grant));
        }
    }

    private bool Expire(Grant grant)
    {
        _counts.Expired();
        return End(grant);
    }

    private bool End(Grant grant)
    {
        _isChanged = true;
        grant.Content.LetGo();
        _bounds.GiveGrantBack();
        return true;
    }

    /// <summary>What follows each change: the file of the next pull, which must not wait, lies there by now.</summary>
    private void Settle()
    {
        if (_isChanged && _lock is not null)
        {
            _record.Keep(_grants, _lying, _lyingStatus, !_hiddenUntil.IsOver, _untakenLifetime);
            _isChanged = false;
        }

        EndIfEmpty();
        PrepareNext();
    }

    private void EndIfEmpty()
    {
        if (_grants.Count == 0)
        {
            Close();
        }
    }

    private void Close()
    {
        IsOver = true;
        if (_hasFiles)
        {
            _bounds.GiveSlotBack();
            _hasFiles = false;
        }

        _lying?.LetGo();
        _lying = null;
        DropNext();
        _lock?.Dispose();
        _lock = null;
        _directory?.Dispose();
        _directory = null;
    }
}
