using System;

namespace FastProvider.Toml;

/// <summary>A part of a text, as start and length in bytes.</summary>
internal readonly record struct TextSpan(int Start, int Length)
{
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> text) => text.Slice(Start, Length);
}
