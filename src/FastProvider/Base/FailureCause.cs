using System;
using FastProvider.Generators;

namespace FastProvider.Base;

/// <summary>
/// Why a pull failed, as one word for machines: the field FAST_PROVIDER_CAUSE. An interface: docs/journal.md and docs/causes.md
/// say what each means and what to do, and a word never changes its meaning within a major version.
/// </summary>
internal enum FailureCause
{
    /// <summary>A failure of a command or of its arguments, of which no pull tells.</summary>
    None,
    [Utf8Name("request")] Request,
    [Utf8Name("token")] Token,
    [Utf8Name("registries-conf")] RegistriesConf,
    [Utf8Name("openssl")] OpenSsl,
    [Utf8Name("node-config")] NodeConfig,
    [Utf8Name("node-identity")] NodeIdentity,
    [Utf8Name("pod")] Pod,
    [Utf8Name("too-many-secrets")] TooManySecrets,
    [Utf8Name("api-unreachable")] ApiUnreachable,
    [Utf8Name("api-broken")] ApiBroken,
    [Utf8Name("api-late")] ApiLate,
    [Utf8Name("api-untrusted")] ApiUntrusted,
    [Utf8Name("not-the-api-server")] NotTheApiServer,
    [Utf8Name("token-refused")] TokenRefused,
    [Utf8Name("forbidden")] Forbidden,
    [Utf8Name("api-overloaded")] ApiOverloaded,
    [Utf8Name("api-error")] ApiError,
    [Utf8Name("slow-node")] SlowNode,
    [Utf8Name("auth-dir")] AuthDir,
    [Utf8Name("auth-file")] AuthFile,
    [Utf8Name("response")] Response,
    [Utf8Name("out-of-memory")] OutOfMemory,
    [Utf8Name("defect")] Defect,
}

/// <summary>The words of the causes.</summary>
internal static partial class FailureCauses
{
    /// <summary>The word that stands in the journal; empty for <see cref="FailureCause.None"/>.</summary>
    [Utf8Word]
    public static partial ReadOnlySpan<byte> Word(this FailureCause cause);

    /// <summary>The cause of a word; <see cref="FailureCause.None"/> for one of a newer version.</summary>
    [Utf8Find]
    public static partial FailureCause Find(ReadOnlySpan<byte> word);
}
