using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>
/// Runs an agent as a child of this process, and starts it again when a signal ends it: for one that came by itself nobody else
/// would. The next one goes on with the grants of the one before.
/// </summary>
internal static class GuardedAgent
{
    private const int MaxStarts = 5;

    /// <summary>An agent that is killed this often within a minute is not started again; runs go alone.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(1);

    /// <summary>Waits for its end.</summary>
    /// <param name="arguments">All of its command line.</param>
    /// <returns>Its exit status.</returns>
    public static int Run(string[] arguments)
    {
        var minute = Deadline.After(StartsWithin);
        for (var starts = 1; ; starts++)
        {
            var errno = Libc.SpawnDetached("/proc/self/exe", arguments, StandardStreams.Input, out var pid);
            if (errno != 0)
            {
                return Failure.PullFailed;
            }

            var status = Libc.End(pid, now: false);
            if (!Libc.IsKilled(status))
            {
                return status;
            }

            if (minute.IsOver)
            {
                (minute, starts) = (Deadline.After(StartsWithin), 0);
            }

            if (starts == MaxStarts)
            {
                return status;
            }
        }
    }
}
