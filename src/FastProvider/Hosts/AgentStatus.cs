using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>How an agent is, for people and for doctor: a line for each thing, its name first. Names alone, no secret.</summary>
internal static class AgentStatus
{
    public static SafeText Of(AgentState state)
    {
        var (keeper, metrics, api) = (state.Keeper, state.Metrics, state.Resources.Links.Counts);
        var text = new SafeText()
            .Append("version: "u8).Append(BuildVersion.Value).EndLine()
            .Append("process: "u8).Append(Libc.getpid()).EndLine();
        Seconds(text, "uptime: "u8, DateTime.UtcNow - state.StartedAt);
        text.Append("runs: "u8).Append(state.Runs).EndLine()
            .Append("runs now: "u8).Append(Math.Max(metrics.RunsNow - 1, 0)).EndLine() // but for the one that asks
            .Append("API connections: "u8).Append(api.OpenConnections).EndLine()
            .Append("API handshakes: "u8).Append(api.HandshakesTotal).EndLine();
        if (api.SinceLastAnswer is { } since)
        {
            Seconds(text, "last API answer: "u8, since, " ago"u8);
        }
        else
        {
            text.Append("last API answer: none yet"u8).EndLine();
        }

        text.Append("grants: "u8).Append(keeper.Grants).EndLine();
        Seconds(text, "oldest grant: "u8, keeper.OldestAge);
        text.Append("grants given: "u8).Append(keeper.Counts.AddedTotal).EndLine()
            .Append("files taken: "u8).Append(keeper.Counts.TakenTotal).EndLine()
            .Append("grants expired: "u8).Append(keeper.Counts.ExpiredTotal).EndLine()
            .Append("provider answers: "u8).Append(state.Answers.Count).EndLine();
        metrics.LastFailures.AppendTo(text);
        return text;
    }

    private static void Seconds(SafeText text, ReadOnlySpan<byte> name, TimeSpan time, ReadOnlySpan<byte> after = default) =>
        text.Append(name).Append((long)time.TotalSeconds).Append(" s"u8).Append(after).EndLine();
}
