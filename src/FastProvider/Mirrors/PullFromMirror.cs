using System;

namespace FastProvider.Mirrors;

/// <summary>The key <c>pull-from-mirror</c> of a mirror: for which pulls it is asked.</summary>
internal enum PullFromMirror : byte
{
    /// <summary>The key is absent or empty, which means <see cref="All"/>.</summary>
    Unset,

    /// <summary>Every pull.</summary>
    All,

    /// <summary>Pulls by digest only.</summary>
    DigestOnly,

    /// <summary>Pulls by tag only.</summary>
    TagOnly,
}

/// <summary>Reads the values of <see cref="PullFromMirror"/>.</summary>
internal static class PullFromMirrorValues
{
    /// <summary>Whether <paramref name="text"/> is a value of the key; an empty one leaves it unset.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out PullFromMirror value)
    {
        (var known, value) = text.IsEmpty ? (true, PullFromMirror.Unset)
            : text.SequenceEqual("all"u8) ? (true, PullFromMirror.All)
            : text.SequenceEqual("digest-only"u8) ? (true, PullFromMirror.DigestOnly)
            : text.SequenceEqual("tag-only"u8) ? (true, PullFromMirror.TagOnly)
            : (false, PullFromMirror.Unset);
        return known;
    }

    /// <summary>The value that <paramref name="text"/> is, if it is one, else <see cref="PullFromMirror.Unset"/>.</summary>
    public static PullFromMirror Parse(ReadOnlySpan<byte> text) => TryParse(text, out var value) ? value : PullFromMirror.Unset;
}
