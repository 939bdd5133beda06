using System;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Events;
using FastProvider.Grants;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>Removes what earlier runs left on the node and nobody needs any more.</summary>
internal static class NodeSweep
{
    /// <summary>Looks at both directories, for a bounded time.</summary>
    public static void Run(Options options, string authDirectory)
    {
        var (now, bound) = (DateTime.UtcNow, Deadline.After(UntakenFiles.MaxTime));
        try
        {
            if (options.UntakenLifetime > TimeSpan.Zero)
            {
                UntakenFiles.Sweep(authDirectory, options.LockDir, options.UntakenLifetime, now, bound);
            }

            if (OwnedDirectory.OpenExisting(options.LockDir) is { } opened)
            {
                using var locks = opened;
                StaleLocks.Sweep(locks, now, bound);
                GrantRecord.Sweep(locks, now, bound);
                EventState.Sweep(locks, now, bound);
            }
        }
        catch (Exception)
        {
            // All was said and answered, and the exit status is that of the pull.
        }
    }
}
