using System;

namespace FastProvider.Base;

/// <summary>What a tenant should know of a pull, as the reason of an Event.</summary>
internal enum EventReason : byte
{
    /// <summary>Nothing, so that no default means something.</summary>
    None,

    /// <summary>A Secret may not be read.</summary>
    Forbidden,

    /// <summary>A Secret that somebody named does not exist.</summary>
    SecretMissing,

    /// <summary>A Secret or an entry of it cannot be used.</summary>
    SecretBroken,

    /// <summary>More Secrets are named than are read.</summary>
    TooManySecrets,

    /// <summary>The API server did not answer.</summary>
    Unavailable,

    /// <summary>Nobody named a Secret.</summary>
    NoneNamed,
}

/// <summary>The words of the API for an <see cref="EventReason"/>: documented, so they stay.</summary>
internal static class EventReasonName
{
    public static string Of(EventReason reason) => reason switch
    {
        EventReason.Forbidden => "MirrorCredentialsForbidden",
        EventReason.SecretMissing => "MirrorCredentialsSecretMissing",
        EventReason.SecretBroken => "MirrorCredentialsSecretBroken",
        EventReason.TooManySecrets => "MirrorCredentialsTooManySecrets",
        EventReason.Unavailable => "MirrorCredentialsUnavailable",
        EventReason.NoneNamed => "MirrorCredentialsNoneNamed",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
