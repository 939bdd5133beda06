using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// The one place where CRI-O looks for the auth file of a namespace's pull of an image. All pods of the namespace share it,
/// whatever their ServiceAccount: the name has none. So a run takes its turn before it fills or empties the slot.
/// </summary>
internal sealed class AuthFileSlot : IDisposable
{
    private readonly AuthDirectory _directory;
    private readonly string _name;

    private AuthFileSlot(AuthDirectory directory, string name)
    {
        _directory = directory;
        _name = name;
    }

    public string Directory => _directory.FullPath;

    public string Name => _name;

    /// <summary>Whether a file lies there now.</summary>
    public bool HasFile => _directory.Find(_name, out _);

    public string Path => _directory.FilePath(_name);

    /// <summary>Opens the slot; a missing directory is made.</summary>
    /// <param name="directory">The auth directory.</param>
    /// <param name="validNamespace">A checked DNS-1123 label.</param>
    /// <param name="image">The image of the request.</param>
    /// <returns>The slot; dispose it.</returns>
    public static Result<AuthFileSlot> Open(string directory, ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image)
    {
        var opened = AuthDirectory.Open(directory);
        return opened.IsOk ? new AuthFileSlot(opened.Value, AuthFileName.For(validNamespace, image)) : opened.Failure;
    }

    /// <summary>The same, but a missing directory stays missing: there is no slot then, and no failure.</summary>
    public static Failure? Find(
        string directory, ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image, out AuthFileSlot? slot)
    {
        var failure = AuthDirectory.Find(directory, out var opened);
        slot = opened is null ? null : new AuthFileSlot(opened, AuthFileName.For(validNamespace, image));
        return failure;
    }

    /// <summary>The turn of a run that was to empty the slot, where there is nothing to do.</summary>
    public SlotTurn NothingToEmpty => new(_directory, _name, TurnKind.NothingToEmpty);

    /// <summary>
    /// Waits until the slot is this run's. A wait that cannot be, or that takes too long, is no failure: a pull that started
    /// together with others may fail then, and be tried again by the kubelet.
    /// </summary>
    /// <param name="wait">How to wait.</param>
    /// <param name="toEmpty">The slot is only to be emptied: where nothing is, there is nothing to wait for.</param>
    /// <returns>The turn; dispose it before the slot.</returns>
    public SlotTurn Await(in SlotWait wait, bool toEmpty)
    {
        if (wait.Bound == TimeSpan.Zero)
        {
            return new SlotTurn(_directory, _name, TurnKind.Alone);
        }

        if (toEmpty && !_directory.Find(_name, out _))
        {
            return NothingToEmpty;
        }

        var bound = Deadline.After(wait.Bound);
        if (TakeLock(wait.LockDirectory, bound, out var slotLock) is { } noLock)
        {
            return new SlotTurn(_directory, _name, TurnKind.Alone)
            {
                Warning = $"{noLock.Message}; so pods that start together do not wait for each other",
            };
        }

        if (slotLock is null)
        {
            return new SlotTurn(_directory, _name, TurnKind.OutOfTime)
            {
                Warning = LateWarning(wait, "other runs still had the turn at this auth file", toEmpty),
            };
        }

        var end = UntakenWait.Await(_directory, _name, slotLock, bound);
        return new SlotTurn(_directory, _name, end is UntakenEnd.OutOfTime ? TurnKind.OutOfTime : TurnKind.Held, slotLock)
        {
            WaitedInVain = end is UntakenEnd.InVain,
            Warning = end is UntakenEnd.OutOfTime
                ? LateWarning(wait, "no pull had taken the auth file of an earlier run", toEmpty)
                : null,
        };
    }

    /// <summary>Takes the turn if nothing is to be waited for: nobody has the lock, and no file lies there for a pull.</summary>
    /// <param name="wait">How it would be waited.</param>
    /// <returns>The turn; dispose it before the slot. Null if it is to be waited for.</returns>
    public SlotTurn? TryTake(in SlotWait wait)
    {
        if (TakeLock(wait.LockDirectory, Deadline.After(TimeSpan.Zero), out var slotLock) is not null)
        {
            return Await(wait, toEmpty: false); // which says what is wrong with the lock
        }

        if (slotLock is null)
        {
            return null;
        }

        if (UntakenWait.IsNeeded(_directory, _name, slotLock))
        {
            slotLock.Dispose();
            return null;
        }

        return new SlotTurn(_directory, _name, TurnKind.Held, slotLock);
    }

    /// <summary>Whether others have the lock of the slot for all of that time.</summary>
    /// <param name="wait">How long to wait for it.</param>
    public bool IsLockedFor(in SlotWait wait)
    {
        var failure = TakeLock(wait.LockDirectory, Deadline.After(wait.Bound), out var slotLock);
        using (slotLock)
        {
            return failure is null && slotLock is null;
        }
    }

    public void Dispose() => _directory.Dispose();

    private static string LateWarning(in SlotWait wait, string what, bool toEmpty) =>
        $"after {wait.Bound.TotalSeconds:0.#} s (--slot-wait) {what},"
        + $" so it was {(toEmpty ? "removed" : "overwritten")} and one pull may fail";

    private Failure? TakeLock(string lockDirectory, Deadline bound, out SlotLock? slotLock)
    {
        slotLock = null;
        var opened = OwnedDirectory.Open("lock directory", lockDirectory);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        using (var locks = opened.Value)
        {
            return SlotLock.Take(locks, _directory.FullPath, _name, bound, out slotLock);
        }
    }
}
