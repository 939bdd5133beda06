using System;

namespace FastProvider.Secrets;

/// <summary>Where a credential stands: a Secret of the namespace, or the node's global auth file.</summary>
/// <param name="Name">The Secret's name; empty for the global auth file.</param>
/// <param name="CreatedAtUnixSeconds">The Secret's creationTimestamp.</param>
internal readonly record struct CredentialSource(ReadOnlyMemory<byte> Name, long CreatedAtUnixSeconds)
{
    public bool IsSecret => !Name.IsEmpty;
}
