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

    [Utf8Name("FAST_PROVIDER_WAITED_IN_VAIN")]
    WaitedInVain,

    [Utf8Name("FAST_PROVIDER_WARNINGS")]
    Warnings,

    [Utf8Name("FAST_PROVIDER_REQUEST_US")]
    Request,

    [Utf8Name("FAST_PROVIDER_TOKEN_US")]
    Token,

    [Utf8Name("FAST_PROVIDER_MIRRORS_US")]
    Mirrors,

    [Utf8Name("FAST_PROVIDER_NODE_US")]
    Node,

    [Utf8Name("FAST_PROVIDER_SECRETS_US")]
    Secrets,

    [Utf8Name("FAST_PROVIDER_TURN_US")]
    Turn,

    [Utf8Name("FAST_PROVIDER_AUTH_FILE_US")]
    AuthFile,

    [Utf8Name("FAST_PROVIDER_TOTAL_US")]
    Total,

    [Utf8Name("FAST_PROVIDER_API_WAIT_US")]
    ApiWait,

    [Utf8Name("FAST_PROVIDER_BYTES_READ")]
    BytesRead,

    [Utf8Name("FAST_PROVIDER_SECRETS_READ")]
    SecretsRead,
}

/// <summary>What the numbers are called in the output: those with quantiles.</summary>
internal static class PullFields
{
    public static ReadOnlySpan<byte> Word(this PullField field) => field switch
    {
        PullField.Request => "request"u8,
        PullField.Token => "token"u8,
        PullField.Mirrors => "mirrors"u8,
        PullField.Node => "node"u8,
        PullField.Secrets => "secrets"u8,
        PullField.Turn => "turn"u8,
        PullField.AuthFile => "auth-file"u8,
        PullField.Total => "total"u8,
        PullField.ApiWait => "api-wait"u8,
        _ => default,
    };
}
