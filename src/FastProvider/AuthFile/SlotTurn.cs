using System;
using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.AuthFile;

/// <summary>How a run came to its turn.</summary>
internal enum TurnKind
{
    /// <summary>
    /// The slot was to be emptied, and no file was in it, or an agent has done it. A file that is in it later is another run's
    /// and stays.
    /// </summary>
    NothingToEmpty,

    /// <summary>Without a lock: there is to be none, or there can be none. The run goes on as if it were alone.</summary>
    Alone,

    /// <summary>With the lock of the slot, which ends with the turn.</summary>
    Held,

    /// <summary>The bound was over before. The run goes on with what it has, and a pull may fail for that.</summary>
    OutOfTime,
}

/// <summary>
/// The turn of a run at its slot: nothing is written to a slot or removed from it but by way of one.
/// </summary>
internal interface ISlotTurn : IDisposable
{
    /// <summary>This run waited for a pull that did not come: its image is on the node, or its pod is in back-off.</summary>
    bool WaitedInVain { get; }

    /// <summary>
    /// What went wrong with the wait, for the pull's line. It is no failure: the kubelet tries again a pull that fails for it.
    /// </summary>
    string? Warning { get; }

    /// <summary>Sees to it that the pull of this run finds the file.</summary>
    Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers);

    /// <summary>
    /// Removes what an earlier run left: it was decided for another pull, and a pull without a decision must not use it.
    /// </summary>
    Failure? Empty();
}

/// <summary>
/// The turn of a run that is alone at its slot, or holds its lock; whoever has one waited for it
/// (<see cref="AuthFileSlot.Await"/>).
/// </summary>
internal sealed class SlotTurn : ISlotTurn
{
    private readonly AuthDirectory _directory;
    private readonly string _name;
    private readonly SlotLock? _lock;

    internal SlotTurn(AuthDirectory directory, string name, TurnKind kind, SlotLock? slotLock = null)
    {
        _directory = directory;
        _name = name;
        _lock = slotLock;
        Kind = kind;
    }

    public TurnKind Kind { get; }

    public bool WaitedInVain { get; init; }

    public string? Warning { get; init; }

    /// <summary>Puts the file there, in the place of one that no pull took: the time since when none did stays.</summary>
    public Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers)
    {
        if (Kind is TurnKind.NothingToEmpty)
        {
            throw new InvalidOperationException("The turn was taken to empty the slot.");
        }

        using var content = new SecretBuffer();
        AuthFileContent.Write(endpoints, helpers, content);
        DateTime? untakenSince = _directory.Find(_name, out var untaken) ? untaken.Modified.Utc : null;
        return _directory.Write(_name, content.WrittenSpan, untakenSince);
    }

    public Failure? Empty() => Kind is TurnKind.NothingToEmpty ? null : _directory.Remove(_name);

    public void Dispose() => _lock?.Dispose();
}
