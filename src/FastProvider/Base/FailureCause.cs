using System;

namespace FastProvider.Base;

/// <summary>
/// Why a pull failed, as one word for machines: the field FAST_PROVIDER_CAUSE. An interface: docs/journal.md and docs/causes.md say what
/// each means and what to do, and a word never changes its meaning within a major version.
/// </summary>
internal enum FailureCause
{
    /// <summary>A failure of a command or of its arguments, of which no pull tells.</summary>
    None,
    Request,
    Token,
    RegistriesConf,
    OpenSsl,
    NodeConfig,
    NodeIdentity,
    Pod,
    TooManySecrets,
    ApiUnreachable,
    ApiBroken,
    ApiLate,
    ApiUntrusted,
    NotTheApiServer,
    TokenRefused,
    Forbidden,
    ApiOverloaded,
    ApiError,
    SlowNode,
    AuthDir,
    AuthFile,
    Response,
    OutOfMemory,
    Defect,
}

/// <summary>The words of the causes.</summary>
internal static class FailureCauses
{
    /// <summary>The word that stands in the journal; empty for <see cref="FailureCause.None"/>.</summary>
    public static ReadOnlySpan<byte> Word(this FailureCause cause) => cause switch
    {
        FailureCause.Request => "request"u8,
        FailureCause.Token => "token"u8,
        FailureCause.RegistriesConf => "registries-conf"u8,
        FailureCause.OpenSsl => "openssl"u8,
        FailureCause.NodeConfig => "node-config"u8,
        FailureCause.NodeIdentity => "node-identity"u8,
        FailureCause.Pod => "pod"u8,
        FailureCause.TooManySecrets => "too-many-secrets"u8,
        FailureCause.ApiUnreachable => "api-unreachable"u8,
        FailureCause.ApiBroken => "api-broken"u8,
        FailureCause.ApiLate => "api-late"u8,
        FailureCause.ApiUntrusted => "api-untrusted"u8,
        FailureCause.NotTheApiServer => "not-the-api-server"u8,
        FailureCause.TokenRefused => "token-refused"u8,
        FailureCause.Forbidden => "forbidden"u8,
        FailureCause.ApiOverloaded => "api-overloaded"u8,
        FailureCause.ApiError => "api-error"u8,
        FailureCause.SlowNode => "slow-node"u8,
        FailureCause.AuthDir => "auth-dir"u8,
        FailureCause.AuthFile => "auth-file"u8,
        FailureCause.Response => "response"u8,
        FailureCause.OutOfMemory => "out-of-memory"u8,
        FailureCause.Defect => "defect"u8,
        _ => default,
    };
}
