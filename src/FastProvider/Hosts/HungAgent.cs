using System;
using System.Globalization;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>
/// An agent that is stopped or hangs still has the locks of its slots, and every run of those would wait for its longest. A run
/// that has waited behind such an agent ends it; the kernel gives the locks back then.
/// </summary>
internal static class HungAgent
{
    /// <summary>How long a run waits before it looks; an agent of a busy node answers within that.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Ends the agent that listens, if it says nothing for so long.</summary>
    /// <param name="socket">Where it listens.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Whether it was ended.</returns>
    public static bool TryEnd(string? socket, Deadline deadline)
    {
        if (AgentClient.Open(socket, out var client) is not AloneReason.None || client is null)
        {
            return false;
        }

        using (client)
        {
            using SecretBuffer frame = new(), reply = new();
            _ = AgentStream.Begin(frame, AgentQuestion.Status);
            // One whose socket systemd holds is watched by systemd (WatchdogSec).
            return client.Ask(frame, reply, deadline, Patience) is AloneReason.Silent
                && IsAgent(client.ProcessId) && Libc.Kill(client.ProcessId);
        }
    }

    /// <summary>Whether the process was started as an agent: the one that listened may have been systemd.</summary>
    private static bool IsAgent(int processId) =>
        ProcessCommandLine.Of(processId.ToString(CultureInfo.InvariantCulture)) is [_, "agent", ..];
}
