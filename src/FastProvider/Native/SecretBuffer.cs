using System;
using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace FastProvider.Native;

/// <summary>
/// A growing buffer for bytes that may hold credentials: pooled, zeroed when it is emptied, when it grows (the old block
/// would keep a copy) and when it goes back to the pool.
/// </summary>
internal sealed class SecretBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _block = [];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> WrittenSpan => _block.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _block.AsMemory(0, _length);

    /// <summary>The first bytes, to be written anew.</summary>
    public Span<byte> WrittenStart(int count) => _block.AsSpan(0, count);

    public void Advance(int count) => _length += count;

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed > _block.Length)
        {
            Grow(needed);
        }

        return _block.AsMemory(_length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Makes room, so that memory handed out stays where it is while this many bytes are written.</summary>
    public void Reserve(int count) => GetMemory(count);

    /// <summary>Appends the decoded string at which <paramref name="reader"/> stands; null counts as the empty string.</summary>
    /// <exception cref="InvalidOperationException">It is neither a string nor null, or no valid UTF-8.</exception>
    public ReadOnlyMemory<byte> CopyString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            return default;
        }

        var start = _length;
        var maxBytes = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        _length += reader.CopyString(GetSpan(maxBytes));
        return _block.AsMemory(start, _length - start);
    }

    /// <summary>Replaces the whole content, padded standard base64, by what it decodes to.</summary>
    /// <returns>False if it is not base64.</returns>
    public bool DecodeBase64InPlace()
    {
        var status = Base64.DecodeFromUtf8InPlace(_block.AsSpan(0, _length), out var length);
        Truncate(length);
        return status is OperationStatus.Done;
    }

    public void WriteNumber(int number)
    {
        Utf8Formatter.TryFormat(number, GetSpan(11), out var digits);
        Advance(digits);
    }

    public void WriteText(string text) =>
        Advance(Encoding.UTF8.GetBytes(text, GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));

    /// <summary>Forgets what stands after the first bytes.</summary>
    public void Truncate(int length)
    {
        CryptographicOperations.ZeroMemory(_block.AsSpan(length, _length - length));
        _length = length;
    }

    /// <summary>Forgets the content and keeps the memory.</summary>
    public void Clear()
    {
        CryptographicOperations.ZeroMemory(_block.AsSpan(0, _length));
        _length = 0;
    }

    /// <summary>Forgets the content and gives the memory back. The buffer may be filled again.</summary>
    public void Release()
    {
        _length = 0;
        if (_block.Length > 0)
        {
            // The whole _block: a writer may have filled memory that it never advanced over.
            CryptographicOperations.ZeroMemory(_block);
            ArrayPool<byte>.Shared.Return(_block);
            _block = [];
        }
    }

    public void Dispose() => Release();

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _block.Length));
        WrittenSpan.CopyTo(larger);
        var kept = _length;
        Release();
        _block = larger;
        _length = kept;
    }
}
