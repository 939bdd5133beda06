using System.Text;
using FastProvider.AuthFile;
using FastProvider.Grants;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Grants;

/// <summary>A slot with grants in a directory of its own, and CRI-O beside it.</summary>
internal sealed class RealGrants
{
    private const string Image = PullScene.Image;

    private const UnixFileMode OwnersDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly Crio _crio;
    private readonly GrantBounds _bounds = new();
    private GrantSlot? _slot;
    private bool _mayBeHidden;

    public RealGrants(string root)
    {
        _root = root;
        Directory.CreateDirectory(AuthDirectory, OwnersDirectory);
        _crio = new Crio(AuthDirectory);
    }

    private string AuthDirectory => Path.Combine(_root, "auth");

    private string LockDirectory => Path.Combine(_root, "run");

    private string InUse => Path.Combine(AuthDirectory, "in-use");

    private string FilePath => EndToEnd.AuthFile.PathOf(AuthDirectory, PullScene.Namespace, Image);

    private GrantSlot Slot => _slot is { IsOver: false } ? _slot : _slot = NewSlot();

    /// <summary>Without time to wait for the pull of the run before.</summary>
    public void Add(string pod, string content, TimeSpan lifetime)
    {
        _mayBeHidden = false;
        Kept(Slot.Add(pod, Encoding.UTF8.GetBytes(content), lifetime, default, default));
    }

    /// <summary>Without time to wait for the pulls of others.</summary>
    public void Withdraw(string pod, TimeSpan lifetime)
    {
        Kept(Slot.Withdraw(pod, lifetime, default));
        _mayBeHidden = _bounds.Grants > 0;
    }

    public void Take()
    {
        if (!_mayBeHidden)
        {
            _crio.TryTake(Image);
            Look();
        }
    }

    /// <summary>Before anybody has looked.</summary>
    public void TakeAndWriteAlone(string content)
    {
        if (!_mayBeHidden)
        {
            _crio.TryTake(Image);
            WriteAlone(content);
        }
    }

    public void EndPulls()
    {
        if (Directory.Exists(InUse))
        {
            Array.ForEach(Directory.GetFiles(InUse), File.Delete);
        }
    }

    public void Delete()
    {
        if (!_mayBeHidden)
        {
            File.Delete(FilePath);
            Look();
        }
    }

    /// <summary>As a run does that could not have the lock.</summary>
    public void WriteAlone(string content)
    {
        if (!_mayBeHidden)
        {
            Write(content);
            Look();
        }
    }

    /// <summary>Changes nothing but the time of change, as restorecon(8) does.</summary>
    public void Relabel()
    {
        if (File.Exists(FilePath))
        {
            File.SetUnixFileMode(FilePath, File.GetUnixFileMode(FilePath));
            Look();
        }
    }

    public void MakeDirectoryAnew()
    {
        Directory.Delete(AuthDirectory, recursive: true);
        Directory.CreateDirectory(AuthDirectory, OwnersDirectory);
        Look();
    }

    public void Restart() => Restart(() => { });

    public void RestartAfterAPull() => Restart(() =>
    {
        if (!_mayBeHidden)
        {
            _crio.TryTake(Image);
        }
    });

    public void RestartAfterARunAlone(string content)
    {
        if (!_mayBeHidden)
        {
            Restart(() => Write(content));
        }
    }

    private void Restart(Action meanwhile)
    {
        _slot?.Leave();
        meanwhile();
        Assert.Equal(0, _bounds.Grants);
        Assert.True(IsSoonFree(), "The slot before has left its lock behind.");
        _slot = GrantRecord.Find(LockDirectory) is [var left]
            ? GrantSlot.LeftBehind(left, _bounds, new GrantCounts(), older: null)
            : null;
        Look();
        Assert.False(_slot is { IsLeftBehind: true });
    }

    public void Age(TimeSpan elapsed)
    {
        if (!_mayBeHidden)
        {
            _slot?.Age(elapsed);
            Look();
        }
    }

    public Observation Observe()
    {
        Look();
        // The next file may lie ready where there is more than one grant.
        var others = Directory.GetFiles(AuthDirectory).Select(Path.GetFileName).Where(name => name != Path.GetFileName(FilePath));
        Assert.InRange(others.Count(), 0, _bounds.Grants > 1 ? 1 : 0);
        return new Observation(
            File.Exists(FilePath) ? EndToEnd.AuthFile.ReadText(FilePath) : null, _bounds.Grants,
            _bounds.Grants > 0 ? !IsFree() : !IsSoonFree(),
            Directory.Exists(InUse) ? Directory.GetFiles(InUse).Length : 0);
    }

    private static void Kept(GrantAnswer answer)
    {
        Assert.Null(answer.Failure);
        Assert.Equal(GrantOutcome.Kept, answer.Outcome);
        Assert.Null(answer.Warning);
    }

    private void Look()
    {
        _slot?.Look();
        _slot = _slot is { IsOver: true } ? null : _slot;
    }

    private GrantSlot NewSlot()
    {
        Assert.True(IsSoonFree(), "The slot before has left its lock behind.");
        return new GrantSlot(
            new GrantSlotName(AuthDirectory, Path.GetFileName(FilePath), LockDirectory), _bounds, new GrantCounts());
    }

    /// <summary>
    /// A process that another test starts has the descriptor of a lock that was let go, until it runs its program.
    /// </summary>
    private bool IsSoonFree() => SpinWait.SpinUntil(IsFree, TimeSpan.FromSeconds(20));

    private bool IsFree()
    {
        if (!Directory.Exists(LockDirectory) || Directory.GetFiles(LockDirectory, "*.lock") is not [var path])
        {
            return true;
        }

        using var taken = HeldLock.TryTake(path);
        return taken is not null;
    }

    private void Write(string content)
    {
        using var directory = AuthDir();
        Assert.Null(directory.Write(Path.GetFileName(FilePath), Encoding.UTF8.GetBytes(content)));
    }

    private AuthDirectory AuthDir()
    {
        var opened = FastProvider.AuthFile.AuthDirectory.Open(AuthDirectory);
        Assert.Null(opened.Failure);
        return opened.Value!;
    }
}
