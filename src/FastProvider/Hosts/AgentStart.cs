using System;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>Starts an agent where none is and one is needed: this program once more, in a session of its own.</summary>
internal static class AgentStart
{
    /// <summary>How long such an agent stays when its last grant is gone.</summary>
    public static readonly TimeSpan IdleExit = TimeSpan.FromSeconds(30);

    private const string StartLock = "agent.start";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500), Pause = TimeSpan.FromMilliseconds(1);

    /// <summary>Connects to the agent that came meanwhile, or to one that is started for it.</summary>
    /// <returns>Null if there is none within half a second: the run waits for its turn then.</returns>
    public static AgentClient? Open(Options options)
    {
        var bound = Deadline.After(Patience);
        LockFile? start = null;
        try
        {
            while (true)
            {
                var reason = AgentClient.Open(options.AgentSocket, out var client);
                if (client is not null || reason is not AloneReason.NoAgent || bound.IsOver)
                {
                    return client;
                }

                // Of runs that start together one starts the agent, the others wait for it to listen.
                if (start is null && (start = TakeStart(options)) is not null)
                {
                    // One may have come between the two.
                    if (AgentClient.Open(options.AgentSocket, out client) is not AloneReason.NoAgent)
                    {
                        return client;
                    }

                    Start(options);
                }

                Thread.Sleep(Pause);
            }
        }
        finally
        {
            start?.Dispose();
        }
    }

    private static LockFile? TakeStart(Options options)
    {
        var opened = OwnedDirectory.Open("lock directory", options.LockDir);
        if (!opened.IsOk)
        {
            return null;
        }

        using var locks = opened.Value;
        _ = LockFile.Take(locks, StartLock, Deadline.After(TimeSpan.Zero), out var taken);
        return taken;
    }

    private static void Start(Options options)
    {
        var nothing = Libc.Open(Libc.AT_FDCWD, "/dev/null\0"u8, Libc.O_RDONLY);
        if (nothing >= 0)
        {
            _ = Libc.SpawnDetached(
                "/proc/self/exe",
                [
                    "fast-provider", "agent", "--respawn", "--socket", options.AgentSocket!, "--lock-dir", options.LockDir,
                    "--idle-exit", $"{IdleExit.TotalSeconds}s", "--confine", options.Confines ? "auto" : "none",
                ],
                nothing, out _);
            Libc.Close(nothing);
        }
    }
}
