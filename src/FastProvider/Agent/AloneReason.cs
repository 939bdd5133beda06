using System;
using FastProvider.Generators;

namespace FastProvider.Agent;

/// <summary>Why a run did not go by way of the agent: the words of FAST_PROVIDER_ALONE, see docs/journal.md.</summary>
internal enum AloneReason
{
    /// <summary>It did, or there was no need of one.</summary>
    None,

    /// <summary>No agent is to be asked.</summary>
    [Utf8Name("off")] Off,

    /// <summary>Nobody listens.</summary>
    [Utf8Name("no-agent")] NoAgent,

    /// <summary>The socket is another user's, or cannot be used.</summary>
    [Utf8Name("socket")] Socket,

    /// <summary>It has as many runs, or grants, as it may have.</summary>
    [Utf8Name("full")] Full,

    /// <summary>It did not begin to answer at once, or stopped to.</summary>
    [Utf8Name("silent")] Silent,

    /// <summary>It ended in the midst of the run.</summary>
    [Utf8Name("died")] Died,

    /// <summary>It is of another version.</summary>
    [Utf8Name("other-version")] OtherVersion,

    /// <summary>Another credential provider had to be asked, which runs do by themselves.</summary>
    [Utf8Name("providers")] Providers,

    /// <summary>It could not do it.</summary>
    [Utf8Name("declined")] Declined,
}

/// <summary>The words of the reasons.</summary>
internal static partial class AloneReasons
{
    /// <summary>Empty for <see cref="AloneReason.None"/>.</summary>
    [Utf8Word]
    public static partial ReadOnlySpan<byte> Word(this AloneReason reason);
}
