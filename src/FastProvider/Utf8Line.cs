using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace FastProvider;

/// <summary>
/// One line for people, built as UTF-8 in pooled memory. Names in it come from tokens and Secrets that tenants write, so a
/// control character never gets through: it could forge a line or colour a terminal.
/// </summary>
internal sealed class Utf8Line
{
    private const int FirstBytes = 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public Utf8Line Append(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Free(utf8.Length));
        Sanitise(Length, utf8.Length);
        Length += utf8.Length;
        return this;
    }

    public Utf8Line Append(string text)
    {
        var count = Encoding.UTF8.GetBytes(text, Free(Encoding.UTF8.GetMaxByteCount(text.Length)));
        Sanitise(Length, count);
        Length += count;
        return this;
    }

    public Utf8Line Append(long number)
    {
        Utf8Formatter.TryFormat(number, Free(20), out var count);
        Length += count;
        return this;
    }

    /// <summary>Milliseconds with two digits after the point.</summary>
    public Utf8Line AppendMs(TimeSpan time)
    {
        var hundredths = time.Ticks / (TimeSpan.TicksPerMillisecond / 100);
        Append(hundredths / 100);
        Append("."u8);
        if (hundredths % 100 < 10)
        {
            Append("0"u8);
        }

        return Append(hundredths % 100).Append(" ms"u8);
    }

    private Span<byte> Free(int count)
    {
        if (Length + count > _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + count, Math.Max(FirstBytes, 2 * _bytes.Length)));
            Bytes.CopyTo(larger);
            if (_bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_bytes);
            }

            _bytes = larger;
        }

        return _bytes.AsSpan(Length, count);
    }

    /// <summary>The C0 controls, DEL, and C1 in its two-byte form.</summary>
    private void Sanitise(int start, int count)
    {
        var added = _bytes.AsSpan(start, count);
        for (var i = 0; i < added.Length; i++)
        {
            if (added[i] is < 0x20 or 0x7F || added[i] == 0xC2 && i + 1 < added.Length && added[i + 1] is >= 0x80 and < 0xA0)
            {
                added[i] = (byte)'?';
            }
        }
    }
}
