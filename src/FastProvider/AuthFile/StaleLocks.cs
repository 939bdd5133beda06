using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.AuthFile;

/// <summary>
/// Removes lock files that nobody holds and that remember nothing. Each image name leaves one, and tenants choose the names. It
/// runs after the answer and has a bound, as the sweep of <see cref="UntakenFiles"/> has.
/// </summary>
internal static class StaleLocks
{
    /// <summary>
    /// Removes the locks that are free and older than the memory of waits in vain, each while it is held: a run that has it
    /// opened already sees that it is gone (<see cref="LockFile"/>).
    /// </summary>
    /// <param name="locks">Where the locks of the slots are.</param>
    /// <param name="now">The clock, in UTC.</param>
    /// <param name="bound">When to leave the rest to a later run.</param>
    public static void Sweep(OwnedDirectory locks, DateTime now, Deadline bound)
    {
        var count = 0;
        foreach (var entry in locks.List())
        {
            if (bound.IsOver || count++ == UntakenFiles.MaxEntries)
            {
                break;
            }

            if (entry.MayBeFile && SlotLock.IsName(entry.Name))
            {
                LockFile.RemoveIfForgotten(locks, entry.NulTerminatedName, SlotSigns.InVainMemory, now);
            }
        }
    }
}
