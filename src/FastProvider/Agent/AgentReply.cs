using System;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>What the plugin passes on for a run that the agent carried out.</summary>
internal readonly ref struct AgentReply
{
    /// <summary>The exit status of the run.</summary>
    public required int ExitStatus { get; init; }

    /// <summary>The answer for the kubelet, or the text for a person; empty after a failure.</summary>
    public required ReadOnlySpan<byte> Output { get; init; }

    /// <summary>What is written to standard error; empty for nothing.</summary>
    public required ReadOnlySpan<byte> Line { get; init; }

    /// <summary>The entry for the journal, which the plugin sends, as it is known there by its name; empty for none.</summary>
    public required ReadOnlySpan<byte> Entry { get; init; }

    public void WriteTo(SecretBuffer buffer)
    {
        var writer = new FrameWriter(buffer);
        writer.Number(ExitStatus);
        writer.Text(Output);
        writer.Text(Line);
        writer.Text(Entry);
    }

    /// <returns>False if it is not whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AgentReply reply)
    {
        var reader = new FrameReader(bytes);
        reply = new AgentReply
        {
            ExitStatus = reader.Number(), Output = reader.Text(), Line = reader.Text(), Entry = reader.Text(),
        };
        return reader.IsWhole;
    }
}
