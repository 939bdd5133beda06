using System;
using System.Collections.Generic;
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
internal sealed class GrantSlot
{
    private const int MaxFileBytes = 1 << 20;

    /// <summary>
    /// A pull that is not in a queue comes within this time after its run's answer. Until it has come the next run is not
    /// answered: of two pulls that come at once one finds no file, as the next lies there only a moment after the first was
    /// taken.
    /// </summary>
    private static readonly TimeSpan PullsDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// After such a wait in vain the pulls stand in a queue, or the image is on the node: for so long nobody waits.
    /// </summary>
    private static readonly TimeSpan QueueMemory = TimeSpan.FromSeconds(1);

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

    /// <summary>Until then the pull of the last run is expected; over when it has come.</summary>
    private Deadline _pullExpectedUntil;

    /// <summary>Until then nobody waits for that.</summary>
    private Deadline _queueKnownUntil;

    /// <summary>Until then no file lies there, as a pull without one is about to begin.</summary>
    private Deadline _hiddenUntil;

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
        for (var hasWaited = false; ; hasWaited = true)
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

                if (!IsPullAtHand(hasWaited) || spread.IsOver)
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
        _pullExpectedUntil = Deadline.After(PullsDelay);
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

        if (Open(untakenLifetime, bound) is { } failure)
        {
            EndIfEmpty();
            return GrantAnswer.Failed(failure);
        }

        return null;
    }

    /// <summary>The lock and the directory, which the first grant needs.</summary>
    private Failure? Open(TimeSpan untakenLifetime, Deadline bound)
    {
        _untakenLifetime = untakenLifetime;
        if (_directory is { IsAtItsPath: false })
        {
            LeaveDirectory();
        }

        if (_directory is null)
        {
            if (OpenDirectory() is { } failure)
            {
                return failure;
            }

            if (_lock is null)
            {
                TakeLock(bound);
            }

            GoOnOrAdopt();
        }
        else if (_lock is null)
        {
            TakeLock(Deadline.After(TimeSpan.Zero));
        }

        return null;
    }

    /// <summary>Whether the pull of a run that was answered just now is still to come.</summary>
    /// <param name="hasWaited">This run waits for it.</param>
    private bool IsPullAtHand(bool hasWaited)
    {
        if (_lying is null || _pullExpectedUntil.IsNone)
        {
            return false;
        }

        LookAtFile();
        if (_lying is null || !_queueKnownUntil.IsOver)
        {
            return false;
        }

        if (_pullExpectedUntil.IsOver)
        {
            _queueKnownUntil = hasWaited ? Deadline.After(QueueMemory) : default;
            _pullExpectedUntil = default;
            return false;
        }

        return true;
    }

    private Failure? OpenDirectory()
    {
        var opened = AuthDirectory.Open(DirectoryPath);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        _directory = opened.Value;
        return null;
    }

    /// <summary>
    /// It was removed, and perhaps made anew. What lay in it is gone, as if it had been taken, and the next file goes into the
    /// new one.
    /// </summary>
    private void LeaveDirectory()
    {
        UseUpLying();
        DropNext();
        _directory?.Dispose();
        _directory = null;
    }

    /// <summary>
    /// A wait that cannot be, or that takes too long, is no failure, as for a run that is alone
    /// (<see cref="AuthFileSlot.Await"/>).
    /// </summary>
    private void TakeLock(Deadline bound)
    {
        var opened = OwnedDirectory.Open("lock directory", _lockDirectory);
        if (!opened.IsOk)
        {
            _lockFault = $"{opened.Failure.Message}; so pods that start together do not wait for each other";
            return;
        }

        using var locks = opened.Value;
        _lockFault = null;
        while (true)
        {
            var failure = SlotLock.Take(locks, DirectoryPath, _name, Deadline.After(TimeSpan.Zero), out _lock);
            if (_lock is not null)
            {
                return;
            }

            if (failure is not null || bound.IsOver)
            {
                _lockFault = failure is null
                    ? "other runs still had the turn at this auth file, so it was overwritten and one pull may fail"
                    : $"{failure.Message}; so pods that start together do not wait for each other";
                return;
            }

            // Not as a run that is alone does: the thread that waits for flock(2) would stay.
            Thread.Sleep(LockPause);
        }
    }

    /// <summary>Goes on with what an agent has left, as soon as no run has the turn.</summary>
    /// <returns>False if it cannot yet.</returns>
    private bool GoesOn()
    {
        if (!IsLeftBehind)
        {
            return true;
        }

        if (_lock is null)
        {
            TakeLock(Deadline.After(TimeSpan.Zero));
        }

        if (_lock is null ? _leftUntil.IsOver : _directory is null && OpenDirectory() is not null)
        {
            _leftUntil = default;
            Close();
        }

        if (_lock is null)
        {
            return false;
        }

        GoOnOrAdopt();
        return true;
    }

    private void GoOnOrAdopt()
    {
        if (!IsLeftBehind || _lock is null)
        {
            AdoptFile();
            return;
        }

        _leftUntil = default;
        if (_record.Read(_bounds) is not { } left)
        {
            AdoptFile();
            return;
        }

        _grants.InsertRange(0, left.Grants);
        _isChanged = true;
        _untakenLifetime = left.UntakenLifetime;
        _hiddenUntil = left.IsHidden ? Deadline.After(SlotSigns.Quiet) : default;
        if (_lying is not null)
        {
            return; // a run came before the turn was free
        }

        if (left.Lying >= 0)
        {
            SetLying(_grants[left.Lying].Content.Share(), left.LyingStatus, left.LyingStatus.Modified.Utc);
            LookAtFile();
        }

        if (_lying is null)
        {
            AdoptFile(isNewest: true); // of a run that went alone
        }
    }

    /// <summary>A file that lies there without a grant is that of a pod which nobody knows.</summary>
    /// <param name="isNewest">It was written after all that was granted; otherwise nobody knows, and it counts as older.</param>
    private void AdoptFile(bool isNewest = false)
    {
        if (!_directory!.Find(_name, out var status))
        {
            return;
        }

        var fault = FileBytes.Read(_directory.FilePath(_name), MaxFileBytes, out var bytes);
        using (bytes)
        {
            if (!fault.IsNone || !_bounds.TryTakeGrant())
            {
                return;
            }

            if (GrantContent.Keep(bytes.Span, _bounds) is not { } content)
            {
                _bounds.GiveGrantBack();
                return;
            }

            _grants.Insert(isNewest ? _grants.Count : 0, new Grant("", content, _untakenLifetime));
            SetLying(content.Share(), status, status.Modified.Utc);
            _lastRunAt = status.Changed.Utc;
            var age = DateTime.UtcNow - _lastRunAt;
            _pullExpectedUntil = age > TimeSpan.Zero && age < PullsDelay ? Deadline.After(PullsDelay - age) : default;
        }
    }

    /// <summary>Whether what was put there still lies there; what was taken uses up a grant.</summary>
    private void LookAtFile()
    {
        if (_lying is null)
        {
            return;
        }

        if (!_directory!.Find(_name, out var status))
        {
            if (_directory.IsAtItsPath)
            {
                Taken();
            }
            else
            {
                LeaveDirectory();
            }
        }
        else if (!status.IsSameFile(_lyingStatus) || status.Changed.Utc != _lyingStatus.Changed.Utc)
        {
            LookAtChangedFile(status);
        }
    }

    /// <summary>
    /// A run without the lock wrote over the file, before or after a pull took it; or somebody only gave the file another label,
    /// say. A pull that took it has it in use. One that has ended already cannot be told from none: better a file too many.
    /// </summary>
    private void LookAtChangedFile(in Libc.FileStatus status)
    {
        if (status.IsSameFile(_lyingStatus) && IsStillLying())
        {
            _lyingStatus = status;
        }
        else if (PullsUnderWay.Has(_directory!, _lyingStatus))
        {
            Taken();
        }
        else
        {
            SetLying(null, default, default);
        }
    }

    private bool IsStillLying()
    {
        var fault = FileBytes.Read(_directory!.FilePath(_name), MaxFileBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && _lying!.Is(bytes.Span);
        }
    }

    private void Taken()
    {
        UseUpLying();
        _counts.Taken();
        _inVainAt = null;
        (_pullExpectedUntil, _queueKnownUntil) = (default, default);
    }

    /// <summary>What lay there is there no more, and with it the oldest grant of that content.</summary>
    private void UseUpLying()
    {
        var oldest = _lying is null ? -1 : _grants.FindIndex(grant => grant.Content.Is(_lying.Bytes));
        if (oldest >= 0)
        {
            End(_grants[oldest]);
            _grants.RemoveAt(oldest);
        }

        SetLying(null, default, default);
    }

    /// <summary>Sees to it that the content of the newest grant lies there, or no file of ours.</summary>
    private Failure? Place()
    {
        if (_directory is null && (_grants.Count == 0 || OpenDirectory() is not null))
        {
            return null;
        }

        // A pull may take the file while another is put in its place, and a run without a lock may write one: then once more.
        const int mostTries = 8;
        var errno = Errno.None;
        for (var i = 0; i < mostTries; i++)
        {
            if (_grants.Count == 0 || !_hiddenUntil.IsOver)
            {
                return Empty();
            }

            var newest = _grants[^1].Content;
            if (_lying is not null && _lying.Is(newest.Bytes))
            {
                return null;
            }

            Libc.FileStatus written;
            if (_lying is not null)
            {
                errno = _directory!.Replace(_name, newest.Bytes, _untakenSince, out written);
                if (errno == 0)
                {
                    _counts.Placed();
                    SetLying(newest.Share(), written, _untakenSince);
                    return null;
                }

                LookAtFile();
            }
            else
            {
                errno = Put(newest, out written);
                if (errno == 0)
                {
                    _counts.Placed();
                    SetLying(newest.Share(), written, written.Modified.Utc);
                    return null;
                }
            }

            if (errno is not (Errno.ENOENT or Errno.EEXIST))
            {
                break;
            }

            if (errno is Errno.EEXIST)
            {
                AdoptFile();
            }
        }

        return WriteOver(errno);
    }

    private Errno Put(GrantContent content, out Libc.FileStatus written)
    {
        if (_next is null || !_nextContent!.Is(content.Bytes))
        {
            return _directory!.Put(_name, content.Bytes, out written);
        }

        var errno = _next.Put(_nulTerminatedName, out written);
        DropNext();
        return errno;
    }

    /// <summary>Makes ready what is to lie there when a pull has taken what does.</summary>
    private void PrepareNext()
    {
        var next = NextContent();
        if (next is null || _nextContent?.Is(next.Bytes) is false)
        {
            DropNext();
        }

        if (next is not null && _next is null && _directory!.Prepare(next.Bytes) is { } prepared)
        {
            (_next, _nextContent) = (prepared, next.Share());
        }
    }

    private GrantContent? NextContent()
    {
        if (_lying is null || _grants.Count < 2)
        {
            return null;
        }

        var isUsedUp = _grants.FindIndex(grant => grant.Content.Is(_lying.Bytes)) == _grants.Count - 1;
        return isUsedUp ? _grants[^2].Content : _grants[^1].Content;
    }

    private void DropNext()
    {
        _next?.Dispose();
        _nextContent?.LetGo();
        (_next, _nextContent) = (null, null);
    }

    /// <summary>Where the file system knows no such renaming (EINVAL), or the file cannot be read: it is written over.</summary>
    private Failure? WriteOver(Errno errno)
    {
        if (errno is not (Errno.EINVAL or Errno.ENOSYS or Errno.EEXIST or Errno.ENOENT))
        {
            return _directory!.NotWritten(_name, errno);
        }

        var newest = _grants[^1].Content;
        var failure = _directory!.Write(_name, newest.Bytes);
        if (failure is null && _directory.Find(_name, out var status))
        {
            _counts.Placed();
            SetLying(newest.Share(), status, status.Modified.Utc);
        }

        return failure;
    }

    private Failure? Empty()
    {
        if (_lying is null)
        {
            return null;
        }

        SetLying(null, default, default);
        return _directory!.Remove(_name);
    }

    private void SetLying(GrantContent? content, in Libc.FileStatus status, DateTime untakenSince)
    {
        _lying?.LetGo();
        (_lying, _lyingStatus, _untakenSince) = (content, status, untakenSince);
        _isChanged = true;
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
        _lying?.LetGo();
        _lying = null;
        DropNext();
        _lock?.Dispose();
        _lock = null;
        _directory?.Dispose();
        _directory = null;
    }
}
