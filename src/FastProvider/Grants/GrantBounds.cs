using System;
using System.Threading;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <summary>How much all grants together may take. Safe for several threads.</summary>
internal sealed class GrantBounds
{
    /// <summary>A node runs hundreds of pods, so thousands that wait for one pull each are a fault of something.</summary>
    public const int MaxGrants = 10_000;

    /// <summary>For contents; with all else the process stays below 64 MB.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>A slot has its lock and its directory open, and the next file while it is made.</summary>
    private const int FilesOfSlot = 3;

    /// <summary>For runs, connections and all else.</summary>
    private const int OtherFiles = 256;

    private readonly int _maxSlots = Math.Max(1, (Libc.FileLimit() - OtherFiles) / FilesOfSlot);

    private int _grants, _bytes, _slots;

    public int Grants => Volatile.Read(ref _grants);

    public bool TryTakeGrant() => TryTake(ref _grants, 1, MaxGrants);

    public void GiveGrantBack() => Interlocked.Decrement(ref _grants);

    /// <summary>A slot is about to open its files.</summary>
    public bool TryTakeSlot() => TryTake(ref _slots, 1, _maxSlots);

    public void GiveSlotBack() => Interlocked.Decrement(ref _slots);

    public bool TryTakeBytes(int count) => TryTake(ref _bytes, count, MaxBytes);

    public void GiveBytesBack(int count) => Interlocked.Add(ref _bytes, -count);

    private static bool TryTake(ref int taken, int count, int most)
    {
        if (Interlocked.Add(ref taken, count) <= most)
        {
            return true;
        }

        Interlocked.Add(ref taken, -count);
        return false;
    }
}
