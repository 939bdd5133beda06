using FastProvider.Generators;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// What came of asking an endpoint. An interface: docs/explain.md says what each word means and what to do, and a word never
/// changes its meaning within a major version.
/// </summary>
internal enum ProbeResult
{
    /// <summary>It takes the credential.</summary>
    [Utf8Name("accepted")]
    Accepted,

    /// <summary>It serves everybody: no credential is asked for, or a token is given to anyone.</summary>
    [Utf8Name("open")]
    Open,

    /// <summary>It does not take the credential: 401 or 403.</summary>
    [Utf8Name("refused")]
    Refused,

    /// <summary>It wants a credential, and the pull has none.</summary>
    [Utf8Name("needs-credentials")]
    NeedsCredentials,

    /// <summary>It refuses this repository, or everything, whatever the credential.</summary>
    [Utf8Name("no-access")]
    NoAccess,

    /// <summary>It answers that it does not serve now: 429 or 5xx.</summary>
    [Utf8Name("failing")]
    Failing,

    /// <summary>No connection, or no answer in time.</summary>
    [Utf8Name("down")]
    Down,

    /// <summary>No TLS that can be trusted, so no credential was sent.</summary>
    [Utf8Name("untrusted")]
    Untrusted,

    /// <summary>Something answers, and not as a registry or its token server does.</summary>
    [Utf8Name("not-a-registry")]
    NotARegistry,

    /// <summary>registries.conf forbids the registry itself; nothing was sent.</summary>
    [Utf8Name("blocked")]
    Blocked,

    /// <summary>A pull of this image passes it over; nothing was sent.</summary>
    [Utf8Name("not-asked")]
    NotAsked,

    /// <summary>It cannot be known here; nothing was sent.</summary>
    [Utf8Name("not-probed")]
    NotProbed,
}

/// <summary>What an endpoint asks for at <c>/v2/</c>.</summary>
internal enum ProbeAuthentication
{
    /// <summary>It did not come so far.</summary>
    Unknown,
    [Utf8Name("none")]
    None,
    [Utf8Name("basic")]
    Basic,
    [Utf8Name("bearer")]
    Bearer,
}

/// <summary>How an endpoint was reached.</summary>
internal enum ProbeTls
{
    /// <summary>It was not.</summary>
    Unknown,
    [Utf8Name("verified")]
    Verified,

    /// <summary>Its certificate was not looked at, as registries.conf says insecure.</summary>
    [Utf8Name("unverified")]
    Unverified,

    /// <summary>No TLS at all, as registries.conf says insecure.</summary>
    [Utf8Name("plain")]
    Plain,
}

/// <summary>The words of a probe.</summary>
internal static partial class ProbeWords
{
    [Utf8Word]
    public static partial string Word(this ProbeResult result);

    /// <summary>Null where it is not known.</summary>
    [Utf8Word]
    public static partial string? Word(this ProbeAuthentication authentication);

    /// <summary>Null where it is not known.</summary>
    [Utf8Word]
    public static partial string? Word(this ProbeTls tls);
}
