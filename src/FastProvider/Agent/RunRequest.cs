using System;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>A pull as the plugin hands it over: what the kubelet gave it, and how much of its time is left.</summary>
internal readonly ref struct RunRequest
{
    /// <summary>How much of the run's budget is left.</summary>
    public required TimeSpan BudgetLeft { get; init; }

    /// <summary>The process that ran the plugin, which may be the kubelet.</summary>
    public required int ParentId { get; init; }

    /// <summary>
    /// The command line and the environment, as <see cref="AgentSettings"/> reads them. They are the same for every pull of a
    /// node, so whoever had these bytes before has read them.
    /// </summary>
    public required ReadOnlySpan<byte> Settings { get; init; }

    /// <summary>What the kubelet wrote.</summary>
    public required ReadOnlySpan<byte> Request { get; init; }

    /// <summary>Fills an empty frame with the question.</summary>
    public void WriteTo(SecretBuffer frame)
    {
        var writer = AgentStream.Begin(frame, AgentQuestion.Run);
        writer.Number((int)BudgetLeft.TotalMilliseconds);
        writer.Number(ParentId);
        writer.Text(Settings);
        writer.Text(Request);
    }

    /// <summary>Reads what follows the version.</summary>
    /// <returns>False if it is not whole.</returns>
    public static bool TryRead(ref FrameReader reader, out RunRequest request)
    {
        request = new RunRequest
        {
            BudgetLeft = TimeSpan.FromMilliseconds(reader.Number()),
            ParentId = reader.Number(),
            Settings = reader.Text(),
            Request = reader.Text(),
        };
        return reader.IsWhole;
    }
}
