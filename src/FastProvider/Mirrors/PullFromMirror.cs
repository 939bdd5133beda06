using System;
using FastProvider.Generators;

namespace FastProvider.Mirrors;

/// <summary>The key <c>pull-from-mirror</c> of a mirror: for which pulls it is asked.</summary>
internal enum PullFromMirror : byte
{
    /// <summary>The key is absent or empty, which means <see cref="All"/>.</summary>
    Unset,

    /// <summary>Every pull.</summary>
    [Utf8Name("all")] All,

    /// <summary>Pulls by digest only.</summary>
    [Utf8Name("digest-only")] DigestOnly,

    /// <summary>Pulls by tag only.</summary>
    [Utf8Name("tag-only")] TagOnly,
}

/// <summary>Reads the values of <see cref="PullFromMirror"/>.</summary>
internal static partial class PullFromMirrorValues
{
    /// <summary>Whether <paramref name="text"/> is a value of the key; an empty one leaves it unset.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out PullFromMirror value)
    {
        value = Parse(text);
        return value is not PullFromMirror.Unset || text.IsEmpty;
    }

    /// <summary>The value that <paramref name="text"/> is, if it is one, else <see cref="PullFromMirror.Unset"/>.</summary>
    [Utf8Find]
    public static partial PullFromMirror Parse(ReadOnlySpan<byte> text);
}
