using System;
using System.Text;

namespace FastProvider.Documents;

/// <summary>A text that does not stand in the file as it is: escapes are decoded, or lines joined.</summary>
internal struct DecodedText(int capacity)
{
    private byte[] _bytes = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The text; nothing is appended after that.</summary>
    public readonly ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public void Append(byte one) => Append(new ReadOnlySpan<byte>(in one));

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + bytes.Length, 2 * _bytes.Length));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Append(Rune rune)
    {
        Span<byte> utf8 = stackalloc byte[4];
        Append(utf8[..rune.EncodeToUtf8(utf8)]);
    }

    public void AppendLineFeeds(int count)
    {
        for (; count > 0; count--)
        {
            Append((byte)'\n');
        }
    }

    /// <summary>Joins what follows after some blank lines: a line break alone is a space (YAML 1.2, chapter 6.5).</summary>
    public void Fold(int blankLines)
    {
        if (blankLines == 0)
        {
            Append((byte)' ');
        }

        AppendLineFeeds(blankLines);
    }

    /// <summary>Takes back what was appended after <paramref name="length"/>.</summary>
    public void Truncate(int length) => Length = length;
}
