using System;
using System.Buffers.Binary;
using System.Text;
using FastProvider.Native;

namespace FastProvider.Agent;

/// <summary>
/// Writes what the two sides send each other: numbers of 32 bits, and texts with their length before them, little-endian.
/// </summary>
/// <param name="buffer">Takes it; it may hold tokens and credentials.</param>
internal readonly struct FrameWriter(SecretBuffer buffer)
{
    /// <summary>Begins a question: room for its length, what is asked, and by which version.</summary>
    /// <param name="frame">Empty; <see cref="AgentStream.TrySendFrame"/> sends it.</param>
    /// <param name="question">What is asked.</param>
    public static FrameWriter Ask(SecretBuffer frame, AgentQuestion question)
    {
        AgentStream.Begin(frame);
        var writer = new FrameWriter(frame);
        writer.Number((int)question);
        writer.Text(BuildVersion.Value);
        return writer;
    }

    public void Number(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), number);
        buffer.Advance(sizeof(int));
    }

    public void Text(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        buffer.Write(bytes);
    }

    public void Text(string text)
    {
        Number(Encoding.UTF8.GetByteCount(text));
        buffer.WriteText(text);
    }
}
