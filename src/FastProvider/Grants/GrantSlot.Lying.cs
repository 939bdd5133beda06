using System;
using System.Diagnostics;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <content>
/// The file that lies in the slot: whether a pull took it, which is to lie there, and which lies ready to be the next.
/// </content>
internal sealed partial class GrantSlot
{
    /// <summary>Whether what was put there still lies there; what was taken uses up a grant.</summary>
    private void LookAtFile()
    {
        if (_lying is null)
        {
            return;
        }

        if (!_directory!.Find(_nulTerminatedName, out var status))
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
        _expected.Come(Stopwatch.GetTimestamp());
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

        var errno = _next.Put(_nulTerminatedName, Placing.Free, out written);
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
        if (failure is null && _directory.Find(_nulTerminatedName, out var status))
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
}
