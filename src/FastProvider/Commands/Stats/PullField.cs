using System;
using FastProvider.Generators;

namespace FastProvider.Commands.Stats;

/// <summary>
/// The fields of a journal's entry that are counted: some of docs/journal.md, and what journald adds. From
/// <see cref="Request"/> on they are numbers whose quantiles are taken, the phases in their order first.
/// </summary>
internal enum PullField
{
    /// <summary>Any other; it is passed over.</summary>
    None,

    /// <summary>When journald took the entry, in microseconds since 1970.</summary>
    [Utf8Name("__REALTIME_TIMESTAMP")]
    Realtime,

    [Utf8Name("_UID")]
    UserId,

    [Utf8Name("SYSLOG_IDENTIFIER")]
    Identifier,

    [Utf8Name("FAST_PROVIDER_SCHEMA")]
    Schema,

    [Utf8Name("FAST_PROVIDER_OUTCOME")]
    Outcome,

    [Utf8Name("FAST_PROVIDER_CAUSE")]
    Cause,

    [Utf8Name("FAST_PROVIDER_NAMESPACE")]
    Namespace,

    [Utf8Name("FAST_PROVIDER_API_TRIES")]
    ApiTries,

    [Utf8Name("FAST_PROVIDER_CONSISTENT_READS")]
    ConsistentReads,

    [Utf8Name("FAST_PROVIDER_WAITED_IN_VAIN")]
    WaitedInVain,

    [Utf8Name("FAST_PROVIDER_WARNINGS")]
    Warnings,

    [Utf8Name("FAST_PROVIDER_REQUEST_US")]
    [Utf8Name("request", Set = PullFields.Output)]
    Request,

    [Utf8Name("FAST_PROVIDER_TOKEN_US")]
    [Utf8Name("token", Set = PullFields.Output)]
    Token,

    [Utf8Name("FAST_PROVIDER_MIRRORS_US")]
    [Utf8Name("mirrors", Set = PullFields.Output)]
    Mirrors,

    [Utf8Name("FAST_PROVIDER_NODE_US")]
    [Utf8Name("node", Set = PullFields.Output)]
    Node,

    [Utf8Name("FAST_PROVIDER_SECRETS_US")]
    [Utf8Name("secrets", Set = PullFields.Output)]
    Secrets,

    [Utf8Name("FAST_PROVIDER_TURN_US")]
    [Utf8Name("turn", Set = PullFields.Output)]
    Turn,

    [Utf8Name("FAST_PROVIDER_AUTH_FILE_US")]
    [Utf8Name("auth-file", Set = PullFields.Output)]
    AuthFile,

    [Utf8Name("FAST_PROVIDER_TOTAL_US")]
    [Utf8Name("total", Set = PullFields.Output)]
    Total,

    [Utf8Name("FAST_PROVIDER_API_WAIT_US")]
    [Utf8Name("api-wait", Set = PullFields.Output)]
    ApiWait,

    [Utf8Name("FAST_PROVIDER_BYTES_READ")]
    BytesRead,

    [Utf8Name("FAST_PROVIDER_SECRETS_READ")]
    SecretsRead,
}

/// <summary>What the numbers are called in the output: those with quantiles.</summary>
internal static partial class PullFields
{
    /// <summary>The set of names that stand in the output.</summary>
    public const string Output = "output";

    [Utf8Word(Set = Output)]
    public static partial ReadOnlySpan<byte> Word(this PullField field);
}
