using System;
using System.Buffers;
using System.Buffers.Binary;
using FastProvider.Generators;

namespace FastProvider.Commands.Stats;

/// <summary>
/// Reads what <c>journalctl -o export</c> prints (systemd, "Journal Export Format"), in pieces that may end anywhere: fields as
/// lines <c>NAME=value</c>, or the name alone, the length of the value in 64 bits little-endian, the value and a newline; after
/// an entry an empty line. Of one entry at a time it keeps the fields of <see cref="PullField"/>, in memory of a fixed size.
/// </summary>
internal sealed partial class JournalExportReader
{
    /// <summary>Nothing that is counted is longer: a longer value is passed over, as if the field was not there.</summary>
    private const int MaxValueBytes = 256;

    /// <summary>journald takes no longer name.</summary>
    private const int MaxNameBytes = 64;

    /// <summary>journald takes no value over 768 MiB: a longer one is no length at all.</summary>
    private const ulong MaxLength = 1ul << 30;

    private const byte NewLine = (byte)'\n';

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    /// <summary>The name, then the length of a value that is not a line, as far as they have come.</summary>
    private readonly byte[] _start = new byte[MaxNameBytes];
    private int _startBytes;

    private readonly byte[] _values = new byte[((int)PullField.SecretsRead + 1) * MaxValueBytes];
    private readonly int[] _valueBytes = new int[(int)PullField.SecretsRead + 1];

    /// <summary>A bit for each field that the entry has had.</summary>
    private uint _seen;
    private bool _hasFields;
    private bool _isGivenOut;

    private Place _place;
    private PullField _field;

    /// <summary>What is still to come of a value that is not a line.</summary>
    private ulong _rest;

    private enum Place
    {
        Name,
        Line,
        Length,
        Value,
        ValueEnd,
    }

    /// <summary>The input is no journal: nothing is read any more.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Whether the input ended in the midst of an entry, if it ended here. Such an entry is never given out.</summary>
    public bool IsInEntry => !IsBroken && !_isGivenOut && (_hasFields || _startBytes > 0 || _place is not Place.Name);

    /// <summary>A field's value in the entry that was read, the first if it is repeated; empty if there is none.</summary>
    public ReadOnlySpan<byte> this[PullField field] => _values.AsSpan((int)field * MaxValueBytes, _valueBytes[(int)field]);

    /// <summary>Goes on to the end of the next entry.</summary>
    /// <param name="piece">The next bytes; what is left of them afterwards.</param>
    /// <returns>False if the piece ended before, or the input is broken.</returns>
    public bool ReadEntry(ref ReadOnlySpan<byte> piece)
    {
        if (_isGivenOut)
        {
            Array.Clear(_valueBytes);
            _seen = 0;
            _hasFields = _isGivenOut = false;
        }

        while (!piece.IsEmpty && !IsBroken)
        {
            switch (_place)
            {
                case Place.Name when ReadName(ref piece):
                    _isGivenOut = true;
                    return true;
                case Place.Line:
                    ReadLine(ref piece);
                    break;
                case Place.Length:
                    ReadLength(ref piece);
                    break;
                case Place.Value:
                    ReadValue(ref piece);
                    break;
                case Place.ValueEnd:
                    IsBroken = Take(ref piece, 1)[0] != NewLine;
                    _place = Place.Name;
                    break;
            }
        }

        return false;
    }

    [Utf8Find]
    private static partial PullField Find(ReadOnlySpan<byte> name);

    /// <returns>True at the empty line that ends an entry.</returns>
    private bool ReadName(ref ReadOnlySpan<byte> piece)
    {
        var end = piece.IndexOfAny((byte)'=', NewLine);
        var part = end < 0 ? piece : piece[..end];
        if (part.Length > MaxNameBytes - _startBytes || part.ContainsAnyExcept(NameBytes))
        {
            IsBroken = true;
            return false;
        }

        part.CopyTo(_start.AsSpan(_startBytes));
        _startBytes += part.Length;
        if (end < 0)
        {
            Take(ref piece, part.Length);
            return false;
        }

        var isLine = Take(ref piece, end + 1)[end] != NewLine;
        if (_startBytes == 0)
        {
            // Empty lines beside each other have no entry between them.
            IsBroken = isLine;
            return !isLine && _hasFields;
        }

        _hasFields = true;
        _field = Find(_start.AsSpan(0, _startBytes));
        if ((_seen & (1u << (int)_field)) != 0)
        {
            _field = PullField.None;
        }

        _seen |= 1u << (int)_field;
        _startBytes = 0;
        _place = isLine ? Place.Line : Place.Length;
        return false;
    }

    private void ReadLine(ref ReadOnlySpan<byte> piece)
    {
        var end = piece.IndexOf(NewLine);
        Keep(Take(ref piece, end < 0 ? piece.Length : end));
        if (end >= 0)
        {
            Take(ref piece, 1);
            _place = Place.Name;
        }
    }

    private void ReadLength(ref ReadOnlySpan<byte> piece)
    {
        var part = Take(ref piece, Math.Min(piece.Length, sizeof(ulong) - _startBytes));
        part.CopyTo(_start.AsSpan(_startBytes));
        _startBytes += part.Length;
        if (_startBytes == sizeof(ulong))
        {
            _rest = BinaryPrimitives.ReadUInt64LittleEndian(_start);
            _startBytes = 0;
            IsBroken = _rest > MaxLength;
            _place = _rest == 0 ? Place.ValueEnd : Place.Value;
        }
    }

    private void ReadValue(ref ReadOnlySpan<byte> piece)
    {
        var part = Take(ref piece, (int)Math.Min((ulong)piece.Length, _rest));
        Keep(part);
        _rest -= (ulong)part.Length;
        _place = _rest == 0 ? Place.ValueEnd : Place.Value;
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_field is PullField.None)
        {
            return;
        }

        ref var length = ref _valueBytes[(int)_field];
        if (part.Length > MaxValueBytes - length)
        {
            length = 0;
            _field = PullField.None;
            return;
        }

        part.CopyTo(_values.AsSpan((int)_field * MaxValueBytes + length));
        length += part.Length;
    }

    private ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> piece, int count)
    {
        var taken = piece[..count];
        piece = piece[count..];
        Position += count;
        return taken;
    }
}
