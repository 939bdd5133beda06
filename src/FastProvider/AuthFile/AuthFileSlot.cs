using System;
using System.Collections.Generic;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.AuthFile;

/// <summary>
/// The one place where CRI-O looks for the auth file of a namespace's pull of an image. All pods of the namespace share it,
/// whatever their ServiceAccount: the name has none. So a run takes its turn before it fills or empties the slot, and keeps it
/// until it is disposed.
/// </summary>
internal sealed class AuthFileSlot : IDisposable
{
    private readonly AuthDirectory _directory;
    private readonly string _name;
    private SlotLock? _lock;
    private bool _hasTurn, _isFree;

    private AuthFileSlot(AuthDirectory directory, string name)
    {
        _directory = directory;
        _name = name;
    }

    public string Directory => _directory.FullPath;

    public string Path => _directory.FilePath(_name);

    /// <summary>This run waited for a pull that did not come: its image is on the node, or its pod is in back-off.</summary>
    public bool WaitedInVain { get; private set; }

    /// <param name="directory">The auth directory.</param>
    /// <param name="validNamespace">A checked DNS-1123 label.</param>
    /// <param name="image">The image of the request.</param>
    /// <param name="slot">The slot; dispose it.</param>
    public static Failure? Open(string directory, ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> image, out AuthFileSlot? slot)
    {
        slot = null;
        if (AuthDirectory.Open(directory, out var opened) is { } failure)
        {
            return failure;
        }

        slot = new AuthFileSlot(opened!, AuthFileName.For(validNamespace, image));
        return null;
    }

    /// <summary>
    /// Waits until the slot is this run's. A wait that cannot be, or that takes too long, is no failure: the run goes on as if it
    /// were alone, and a pull that started together with others may fail and be tried again by the kubelet.
    /// </summary>
    /// <param name="lockDirectory">Where the lock files are.</param>
    /// <param name="bound">How long to wait at most; zero for no lock and no wait.</param>
    /// <param name="toEmpty">The slot is only to be emptied: where nothing is, there is nothing to wait for.</param>
    /// <param name="warnings">Takes what went wrong.</param>
    public void TakeTurn(string lockDirectory, TimeSpan bound, bool toEmpty, Warnings warnings)
    {
        if (_hasTurn || bound == TimeSpan.Zero)
        {
            return;
        }

        _isFree = toEmpty && !_directory.Find(_name, out _);
        if (_isFree)
        {
            return;
        }

        _hasTurn = true;
        if (SlotLock.Open(lockDirectory, _directory.FullPath, _name, out _lock) is { } noLock)
        {
            warnings.Add($"{noLock.Message}; so pods that start together do not wait for each other");
            return;
        }

        var end = SlotTurn.Await(_directory, _name, _lock!, Deadline.After(bound));
        WaitedInVain = end is TurnEnd.InVain;
        if (end is TurnEnd.OutOfTime)
        {
            warnings.Add($"after {bound.TotalSeconds:0.#} s (--slot-wait) no pull had taken the auth file of an earlier run,"
                + $" so it was {(toEmpty ? "removed" : "overwritten")} and one pull may fail");
        }
    }

    /// <summary>Puts the file there, in the place of one that no pull took.</summary>
    public Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers)
    {
        using var content = new SecretBuffer();
        AuthFileContent.Write(endpoints, helpers, content);
        DateTime? untakenSince = _hasTurn && _directory.Find(_name, out var untaken) ? untaken.Modified.Utc : null;
        return _directory.Write(_name, content.WrittenSpan, untakenSince);
    }

    /// <summary>Removes what an earlier run left: it was decided for another pull, and a pull without a decision must not use it.</summary>
    /// <remarks>A slot that was free without a turn stays as it is: what comes into it is a neighbour's.</remarks>
    public Failure? Empty() => _isFree ? null : _directory.Remove(_name);

    public void Dispose()
    {
        _lock?.Dispose();
        _directory.Dispose();
    }
}
