using System;

namespace FastProvider.Pulls;

/// <summary>How a pull ended: the words of FAST_PROVIDER_OUTCOME, see docs/journal.md.</summary>
internal enum PullOutcome
{
    Written,
    None,
    NoToken,
    Unmirrored,
    Failed,

    /// <summary>A word of a newer version.</summary>
    Other,
}

/// <summary>The words of the outcomes.</summary>
internal static class PullOutcomes
{
    public static ReadOnlySpan<byte> Word(this PullOutcome outcome) => outcome switch
    {
        PullOutcome.Written => "written"u8,
        PullOutcome.None => "none"u8,
        PullOutcome.NoToken => "no-token"u8,
        PullOutcome.Unmirrored => "unmirrored"u8,
        PullOutcome.Failed => "failed"u8,
        _ => "other"u8,
    };
}
