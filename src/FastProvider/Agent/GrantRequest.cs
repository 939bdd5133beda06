using System;
using FastProvider.Grants;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>
/// A file that a run decided by itself, for the agent to keep until the pull takes it; or that it came to none.
/// </summary>
internal readonly ref struct GrantRequest
{
    public required GrantSlotName Slot { get; init; }

    /// <summary>The uid of the pod; empty if nothing names it.</summary>
    public required ReadOnlySpan<byte> Pod { get; init; }

    /// <summary>For how long the file may lie there; zero for ever.</summary>
    public required TimeSpan UntakenLifetime { get; init; }

    /// <summary>How long the run would wait.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>What the file holds; empty if the pull is to find none.</summary>
    public required ReadOnlySpan<byte> Content { get; init; }

    /// <summary>Fills an empty frame with the question.</summary>
    public void WriteTo(SecretBuffer frame)
    {
        var writer = AgentStream.Begin(frame, AgentQuestion.Grant);
        writer.Text(Slot.Directory);
        writer.Text(Slot.Name);
        writer.Text(Slot.LockDirectory);
        writer.Text(Pod);
        writer.Number((int)UntakenLifetime.TotalMilliseconds);
        writer.Number((int)Wait.TotalMilliseconds);
        writer.Text(Content);
    }

    /// <summary>Reads what follows the version.</summary>
    /// <returns>False if it is not whole, or no run would ask for it.</returns>
    public static bool TryRead(ref FrameReader reader, out GrantRequest request)
    {
        request = new GrantRequest
        {
            Slot = new GrantSlotName(reader.String(), reader.String(), reader.String()),
            Pod = reader.Text(),
            UntakenLifetime = TimeSpan.FromMilliseconds(reader.Number()),
            Wait = TimeSpan.FromMilliseconds(reader.Number()),
            Content = reader.Text(),
        };
        return reader.IsWhole && request.Slot.IsValid
            && request.UntakenLifetime >= TimeSpan.Zero && request.Wait >= TimeSpan.Zero;
    }
}
