using System;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Request;
using FastProvider.Secrets;
using FastProvider.Token;

namespace FastProvider.Pulls;

/// <summary>
/// What one pull came to, made at its end. It points into the memory of the <see cref="Pull"/>: say what is to be said before
/// that is disposed. Of credentials only their names are for saying.
/// </summary>
internal sealed class PullRecord
{
    public required PullOutcome Outcome { get; init; }

    /// <summary>Why the pull failed; null unless it did.</summary>
    public required Failure? Failure { get; init; }

    /// <summary>Why no credentials were sought.</summary>
    public required Unsought Unsought { get; init; }

    /// <summary>Without an image if there was no request that could be read.</summary>
    public required CredentialProviderRequest Request { get; init; }

    /// <summary>Who asks; without a namespace where no token could be read.</summary>
    public required TokenClaims Claims { get; init; }

    /// <summary>The registry that decided for the image.</summary>
    public required RegistryMatch? Registry { get; init; }

    /// <summary>What there was of Secrets.</summary>
    public required SecretsRead Read { get; init; }

    /// <summary>What was found for each; empty where none were sought, or before all were.</summary>
    public required EndpointCredential[] Endpoints { get; init; }

    /// <summary>Where CRI-O takes the file from that was written; null if none was.</summary>
    public required string? WrittenPath { get; init; }

    /// <summary>The directory of auth files, if it is there and the pull came so far.</summary>
    public required string? AuthDirectory { get; init; }

    /// <summary>The answer says that the image is private.</summary>
    public required bool IsPrivate { get; init; }

    /// <summary>The turn was waited for, and no pull took the file that lay there.</summary>
    public required bool WaitedInVain { get; init; }

    /// <summary>Nobody named a Secret, and no mirror has a credential nevertheless: what the tenant should know of it.</summary>
    public required TenantNote? NothingNamed { get; init; }

    public required SecretNotices Notices { get; init; }

    public required PhaseTimes Times { get; init; }

    /// <summary>From the start to the end; of a pull that failed to the making of this record.</summary>
    public required TimeSpan Total { get; init; }

    /// <summary>Whether any endpoint has one.</summary>
    public bool HasCredential => Array.Exists(Endpoints, static endpoint => endpoint.IsFound);

    public bool HasSecret => Array.Exists(Endpoints, static endpoint => endpoint.IsFromSecret);
}

/// <summary>Why a pull seeks no credentials.</summary>
internal enum Unsought
{
    /// <summary>It seeks them, or failed before.</summary>
    No,

    /// <summary>The image is on an IPv6 literal.</summary>
    OnIPv6,

    /// <summary>The request has no token.</summary>
    NoToken,

    /// <summary>registries.conf sends the image to no other place.</summary>
    NoMirror,
}
