using System;
using System.Buffers.Binary;
using System.Text;

namespace FastProvider.Native;

/// <summary>
/// Writes what this program alone reads: numbers of 32 or 64 bits, and texts with their length before them, little-endian.
/// </summary>
/// <param name="buffer">Takes it; it may hold tokens and credentials.</param>
internal readonly struct FrameWriter(SecretBuffer buffer)
{
    public void Number(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), number);
        buffer.Advance(sizeof(int));
    }

    public void Long(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
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
