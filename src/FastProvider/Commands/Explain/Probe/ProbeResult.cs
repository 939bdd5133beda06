namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// What came of asking an endpoint. An interface: docs/explain.md says what each word means and what to do, and a word never
/// changes its meaning within a major version.
/// </summary>
internal enum ProbeResult
{
    /// <summary>It takes the credential.</summary>
    Accepted,

    /// <summary>It serves everybody: no credential is asked for, or a token is given to anyone.</summary>
    Open,

    /// <summary>It does not take the credential: 401 or 403.</summary>
    Refused,

    /// <summary>It wants a credential, and the pull has none.</summary>
    NeedsCredentials,

    /// <summary>It refuses this repository, or everything, whatever the credential.</summary>
    NoAccess,

    /// <summary>It answers that it does not serve now: 429 or 5xx.</summary>
    Failing,

    /// <summary>No connection, or no answer in time.</summary>
    Down,

    /// <summary>No TLS that can be trusted, so no credential was sent.</summary>
    Untrusted,

    /// <summary>Something answers, and not as a registry or its token server does.</summary>
    NotARegistry,

    /// <summary>registries.conf forbids the registry itself; nothing was sent.</summary>
    Blocked,

    /// <summary>A pull of this image passes it over; nothing was sent.</summary>
    NotAsked,

    /// <summary>It cannot be known here; nothing was sent.</summary>
    NotProbed,
}

/// <summary>What an endpoint asks for at <c>/v2/</c>.</summary>
internal enum ProbeAuthentication
{
    /// <summary>It did not come so far.</summary>
    Unknown,
    None,
    Basic,
    Bearer,
}

/// <summary>How an endpoint was reached.</summary>
internal enum ProbeTls
{
    /// <summary>It was not.</summary>
    Unknown,
    Verified,

    /// <summary>Its certificate was not looked at, as registries.conf says insecure.</summary>
    Unverified,

    /// <summary>No TLS at all, as registries.conf says insecure.</summary>
    Plain,
}

/// <summary>The words of a probe.</summary>
internal static class ProbeWords
{
    public static string Word(this ProbeResult result) => result switch
    {
        ProbeResult.Accepted => "accepted",
        ProbeResult.Open => "open",
        ProbeResult.Refused => "refused",
        ProbeResult.NeedsCredentials => "needs-credentials",
        ProbeResult.NoAccess => "no-access",
        ProbeResult.Failing => "failing",
        ProbeResult.Down => "down",
        ProbeResult.Untrusted => "untrusted",
        ProbeResult.NotARegistry => "not-a-registry",
        ProbeResult.Blocked => "blocked",
        ProbeResult.NotAsked => "not-asked",
        _ => "not-probed",
    };

    /// <summary>Null where it is not known.</summary>
    public static string? Word(this ProbeAuthentication authentication) => authentication switch
    {
        ProbeAuthentication.None => "none",
        ProbeAuthentication.Basic => "basic",
        ProbeAuthentication.Bearer => "bearer",
        _ => null,
    };

    /// <summary>Null where it is not known.</summary>
    public static string? Word(this ProbeTls tls) => tls switch
    {
        ProbeTls.Verified => "verified",
        ProbeTls.Unverified => "unverified",
        ProbeTls.Plain => "plain",
        _ => null,
    };
}
