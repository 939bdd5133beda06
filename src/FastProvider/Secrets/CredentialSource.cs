using System;

namespace FastProvider.Secrets;

/// <summary>Where a credential stands: a Secret of the namespace, or the node's global auth file.</summary>
/// <param name="Name">The Secret's name; empty for the global auth file.</param>
/// <param name="Precedence">
/// Of Secrets that speak for an endpoint equally the higher wins: the creationTimestamp in seconds since 1970, or minus its place
/// where somebody has put the Secrets in order.
/// </param>
internal readonly record struct CredentialSource(ReadOnlyMemory<byte> Name, long Precedence)
{
    public bool IsSecret => !Name.IsEmpty;
}
