using System;
using System.Text;
using FastProvider.Node;

namespace FastProvider.Secrets;

/// <summary>Where a credential stands: a Secret of the namespace, or an auth file of the node.</summary>
/// <param name="Name">The Secret's name, NAMESPACE/NAME of a shared one; empty for a file of the node.</param>
/// <param name="Precedence">
/// Of Secrets that speak for an endpoint equally the higher wins: the creationTimestamp in seconds since 1970, or minus its place
/// where somebody has put the Secrets in order.
/// </param>
internal readonly record struct CredentialSource(ReadOnlyMemory<byte> Name, long Precedence)
{
    /// <summary>The node's file; null for a Secret.</summary>
    public NodeAuthFile? File { get; init; }

    /// <summary>A Secret that a platform shares: of equal matches those of the pod's own namespace go before it.</summary>
    public bool IsShared { get; init; }

    public bool IsSecret => !Name.IsEmpty;

    /// <summary>"Secret NAME" or "global auth file PATH".</summary>
    public override string ToString() =>
        IsSecret ? $"Secret {Encoding.UTF8.GetString(Name.Span)}" : $"global auth file {File?.Path}";
}
