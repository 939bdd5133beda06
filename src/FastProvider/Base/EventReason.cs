using FastProvider.Generators;

namespace FastProvider.Base;

/// <summary>What a tenant should know of a pull, as the reason of an Event.</summary>
internal enum EventReason : byte
{
    /// <summary>Nothing, so that no default means something.</summary>
    None,

    /// <summary>A Secret may not be read.</summary>
    [Utf8Name("MirrorCredentialsForbidden")]
    Forbidden,

    /// <summary>A Secret that somebody named does not exist.</summary>
    [Utf8Name("MirrorCredentialsSecretMissing")]
    SecretMissing,

    /// <summary>A Secret or an entry of it cannot be used.</summary>
    [Utf8Name("MirrorCredentialsSecretBroken")]
    SecretBroken,

    /// <summary>More Secrets are named than are read.</summary>
    [Utf8Name("MirrorCredentialsTooManySecrets")]
    TooManySecrets,

    /// <summary>The API server did not answer.</summary>
    [Utf8Name("MirrorCredentialsUnavailable")]
    Unavailable,

    /// <summary>Nobody named a Secret.</summary>
    [Utf8Name("MirrorCredentialsNoneNamed")]
    NoneNamed,
}

/// <summary>The words of the API for an <see cref="EventReason"/>: documented, so they stay.</summary>
internal static partial class EventReasonName
{
    [Utf8Word]
    public static partial string Of(EventReason reason);
}
