using System;
using System.Text.Json;
using System.Text.Unicode;
using FastProvider.Native;

namespace FastProvider.Json;

/// <content>The values of names, strings and numbers, as Utf8JsonReader gives them.</content>
internal ref partial struct JsonPieceReader
{
    /// <summary>Whether the name or string is this text.</summary>
    /// <exception cref="InvalidOperationException">It has escapes, and is no Unicode.</exception>
    public readonly bool ValueTextEquals(ReadOnlySpan<byte> text) =>
        ValueIsEscaped ? AsUtf8JsonReader().ValueTextEquals(text) : ValueSpan.SequenceEqual(text);

    /// <summary>Writes the decoded name or string.</summary>
    /// <param name="target">At least as long as <see cref="ValueSpan"/>.</param>
    /// <returns>How many bytes.</returns>
    /// <exception cref="InvalidOperationException">It is no Unicode.</exception>
    public readonly int CopyString(Span<byte> target)
    {
        if (ValueIsEscaped)
        {
            return AsUtf8JsonReader().CopyString(target);
        }

        RequireUtf8();
        var value = ValueSpan;
        value.CopyTo(target);
        return value.Length;
    }

    /// <summary>Appends the decoded string; null counts as the empty string.</summary>
    /// <exception cref="InvalidOperationException">It is neither a string nor null, or no Unicode.</exception>
    public readonly ReadOnlyMemory<byte> CopyString(SecretBuffer target)
    {
        var start = target.Length;
        if (TokenType is JsonTokenType.String)
        {
            target.Advance(CopyString(target.GetSpan(ValueSpan.Length)));
        }
        else if (TokenType is not JsonTokenType.Null)
        {
            throw new InvalidOperationException();
        }

        return target.WrittenMemory[start..];
    }

    /// <summary>Makes sure that a name or string without escapes is UTF-8 (RFC 3629).</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    public readonly void RequireUtf8()
    {
        if (!Utf8.IsValid(ValueSpan))
        {
            throw new InvalidOperationException();
        }
    }

    /// <summary>The one of System.Text.Json at this token, for what is seldom needed. A name is a string to it.</summary>
    public readonly Utf8JsonReader AsUtf8JsonReader()
    {
        var reader = new Utf8JsonReader(_token);
        reader.Read();
        return reader;
    }
}
