using System;
using System.Diagnostics;
using System.Threading;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <content>
/// The lock and the directory of the slot, and what is found there: a file that lies there, or the grants that an agent has left.
/// </content>
internal sealed partial class GrantSlot
{
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
        var isFirst = _lying is null; // no run came before the turn was free
        if (isFirst && left.Lying >= 0)
        {
            SetLying(_grants[left.Lying].Content.Share(), left.LyingStatus, left.LyingStatus.Modified.Utc);
            LookAtFile();
        }

        // Not for a moment may one of these lie there again: what it holds may have been revoked since.
        _grants.RemoveAll(grant => grant.TimeLeft <= TimeSpan.Zero && Expire(grant));

        if (isFirst && _lying is null)
        {
            AdoptFile(isNewest: true); // of a run that went alone
        }
    }

    /// <summary>A file that lies there without a grant is that of a pod which nobody knows.</summary>
    /// <param name="isNewest">It was written after all that was granted; otherwise nobody knows, and it counts as older.</param>
    private void AdoptFile(bool isNewest = false)
    {
        if (!_directory!.Find(_nulTerminatedName, out var status))
        {
            return;
        }

        var fault = FileBytes.Read(_directory.FilePath(_name), MaxFileBytes, out var bytes);
        using (bytes)
        {
            if (!fault.IsNone || _grants.FindAll(static grant => grant.Pod.Length == 0).Count >= MaxUnknown
                || !_bounds.TryTakeGrant())
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
            if (age > TimeSpan.Zero)
            {
                _expected.Add(Stopwatch.GetTimestamp() - (long)(age.TotalSeconds * Stopwatch.Frequency));
            }
        }
    }
}
