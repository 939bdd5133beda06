using System;
using System.Buffers.Binary;
using System.Text;

namespace FastProvider.Native;

/// <summary>
/// Reads what <see cref="FrameWriter"/> wrote. After a fault all that follows is empty, and <see cref="IsWhole"/> is false.
/// </summary>
/// <param name="bytes">All of it.</param>
internal ref struct FrameReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Something was missing.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>All was read, nothing is left, and nothing was missing.</summary>
    public readonly bool IsWhole => !IsBroken && _rest.IsEmpty;

    /// <summary>How many bytes are left.</summary>
    public readonly int Left => _rest.Length;

    public int Number()
    {
        if (_rest.Length < sizeof(int))
        {
            return Break();
        }

        var number = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        _rest = _rest[sizeof(int)..];
        return number;
    }

    public long Long()
    {
        if (_rest.Length < sizeof(long))
        {
            return Break();
        }

        var number = BinaryPrimitives.ReadInt64LittleEndian(_rest);
        _rest = _rest[sizeof(long)..];
        return number;
    }

    /// <summary>A count of what has at least four bytes each, so what is left bounds it.</summary>
    public int Count()
    {
        var count = Number();
        return count >= 0 && count <= _rest.Length / sizeof(int) ? count : Break();
    }

    public ReadOnlySpan<byte> Text()
    {
        var length = Number();
        if (length < 0 || length > _rest.Length)
        {
            Break();
            return default;
        }

        var text = _rest[..length];
        _rest = _rest[length..];
        return text;
    }

    public string String() => Encoding.UTF8.GetString(Text());

    private int Break()
    {
        IsBroken = true;
        _rest = default;
        return 0;
    }
}
