using System;
using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using FastProvider.Json;
using FastProvider.Native;

namespace FastProvider.Secrets;

/// <summary>
/// A value of a Secret's data, decoded from base64 (RFC 4648, padded) when it is taken: out of the piece that it came in, where
/// it lies whole and without escapes, as nearly all do.
/// </summary>
internal sealed class EncodedDocument : IDisposable
{
    private readonly SecretBuffer _decoded = new();

    /// <summary>Whether any text was taken.</summary>
    public bool IsThere { get; private set; }

    /// <summary>Whether the text is base64.</summary>
    public bool IsBase64 { get; private set; }

    public ReadOnlySpan<byte> Decoded => _decoded.WrittenSpan;

    /// <summary>Takes the value at which the reader stands; what is no string leaves what was there, null empties it.</summary>
    /// <exception cref="InvalidOperationException">It is no Unicode.</exception>
    public void Take(ref JsonPieceReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            return;
        }

        Clear();
        if (reader.TokenType is JsonTokenType.String && !reader.ValueIsEscaped)
        {
            var text = reader.ValueSpan;
            IsThere = !text.IsEmpty;
            IsBase64 = Decode(text);
            if (!IsBase64)
            {
                // Text that is not even UTF-8 makes the whole list none.
                reader.RequireUtf8();
            }
        }
        else
        {
            reader.CopyString(_decoded);
            DecodeInPlace();
        }
    }

    /// <inheritdoc cref="Take(ref JsonPieceReader)"/>
    public void Take(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            Clear();
            _decoded.CopyString(ref reader);
            DecodeInPlace();
        }
    }

    /// <summary>Forgets the value and keeps the memory.</summary>
    public void Clear()
    {
        _decoded.Clear();
        IsThere = IsBase64 = false;
    }

    /// <summary>Forgets the value, and gives the memory back.</summary>
    public void Release()
    {
        _decoded.Release();
        IsThere = IsBase64 = false;
    }

    public void Dispose() => Release();

    private bool Decode(ReadOnlySpan<byte> text)
    {
        var status = Base64.DecodeFromUtf8(
            text, _decoded.GetSpan(Base64.GetMaxDecodedFromUtf8Length(text.Length)), out _, out var written);
        // What was written before a fault is zeroed with the rest.
        _decoded.Advance(written);
        return status is OperationStatus.Done;
    }

    private void DecodeInPlace()
    {
        IsThere = _decoded.Length > 0;
        IsBase64 = _decoded.DecodeBase64InPlace();
    }
}
