using System;
using FastProvider.Generators;

namespace FastProvider.Pulls;

/// <summary>How a pull ended: the words of FAST_PROVIDER_OUTCOME, see docs/journal.md.</summary>
internal enum PullOutcome
{
    [Utf8Name("written")] Written,
    [Utf8Name("none")] None,
    [Utf8Name("no-token")] NoToken,
    [Utf8Name("unmirrored")] Unmirrored,
    [Utf8Name("failed")] Failed,

    /// <summary>A word of a newer version, for who counts; no pull ends so.</summary>
    [Utf8Name("other")] Other,
}

/// <summary>The words of the outcomes.</summary>
internal static partial class PullOutcomes
{
    [Utf8Word]
    public static partial ReadOnlySpan<byte> Word(this PullOutcome outcome);

    /// <returns>Null for a word of a newer version.</returns>
    [Utf8Find]
    public static partial PullOutcome? Find(ReadOnlySpan<byte> word);
}
