using System;
using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;

namespace FastProvider.Journal;

/// <summary>
/// One entry of the journal in its native protocol: fields as <c>NAME=value</c> lines, a value with a newline as the name, its
/// length in 64 bits little-endian and the bytes. PRIORITY and SYSLOG_IDENTIFIER are always there. Start it in the caller's
/// stack buffer; it moves to a pooled one when it grows. Dispose it.
/// </summary>
internal ref struct JournalEntry
{
    private const byte NewLine = (byte)'\n';

    private Span<byte> _buffer;
    private byte[]? _rented;
    private int _length;

    /// <param name="priority">Severity of the entry.</param>
    /// <param name="scratch">Where the entry is built as long as it fits; may be empty.</param>
    public JournalEntry(JournalPriority priority, Span<byte> scratch)
    {
        Debug.Assert(priority is >= 0 and <= JournalPriority.Debug);
        _buffer = scratch;
        Add("PRIORITY"u8, [(byte)('0' + (int)priority)]);
        Add("SYSLOG_IDENTIFIER"u8, "fast-provider"u8);
    }

    /// <summary>Adds a field. A field may occur more than once.</summary>
    /// <param name="name">Upper-case letters, digits and underscores, no leading underscore; journald drops any other.</param>
    /// <param name="value">Any bytes; text is UTF-8.</param>
    public void Add(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Debug.Assert(!name.IsEmpty && name[0] != '_' && !name.Contains((byte)'=') && !name.Contains(NewLine));

        var isText = !value.Contains(NewLine);
        var rest = Reserve(name.Length + 1 + (isText ? 0 : sizeof(ulong)) + value.Length + 1);
        name.CopyTo(rest);
        rest = rest[name.Length..];
        if (isText)
        {
            rest[0] = (byte)'=';
            rest = rest[1..];
        }
        else
        {
            rest[0] = NewLine;
            BinaryPrimitives.WriteUInt64LittleEndian(rest[1..], (ulong)value.Length);
            rest = rest[(1 + sizeof(ulong))..];
        }

        value.CopyTo(rest);
        rest[value.Length] = NewLine;
    }

    /// <summary>Adds a field with a number.</summary>
    public void Add(scoped ReadOnlySpan<byte> name, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var count);
        Add(name, digits[..count]);
    }

    /// <summary>Adds a field with a short text of ours.</summary>
    public void AddAscii(scoped ReadOnlySpan<byte> name, string text)
    {
        Span<byte> ascii = stackalloc byte[text.Length];
        Encoding.ASCII.GetBytes(text, ascii);
        Add(name, ascii);
    }

    /// <summary>Adds fields that are lines already: <c>NAME=value</c>, each with a newline at its end and none in it.</summary>
    public void AddLines(scoped ReadOnlySpan<byte> lines) => lines.CopyTo(Reserve(lines.Length));

    /// <summary>The entry so far, as it is handed over.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _buffer[.._length];

    /// <summary>Hands the entry to journald; see <see cref="JournalSocket.TrySend"/> for when it is lost.</summary>
    public readonly bool Send() => Send(JournalSocket.SystemPath);

    /// <summary>Hands the entry to the socket at <paramref name="socketPath"/> (UTF-8).</summary>
    public readonly bool Send(ReadOnlySpan<byte> socketPath) => JournalSocket.TrySend(socketPath, Bytes);

    /// <summary>Gives the pooled buffer back, if one was taken.</summary>
    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }

        this = default;
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes, _buffer.Length * 2));
            _buffer[.._length].CopyTo(larger);
            if (_rented is not null)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }

            _buffer = _rented = larger;
        }

        var reserved = _buffer.Slice(_length, bytes);
        _length += bytes;
        return reserved;
    }
}
