using System;

namespace FastProvider.Transport;

/// <summary>
/// The user as which a node's client certificate asks: <c>system:node:NAME</c> in its common name
/// (k8s.io/kubernetes/pkg/auth/nodeidentifier).
/// </summary>
internal static class NodeUser
{
    public const string Prefix = "system:node:";

    /// <summary>The node's name, unchecked; null if the user is no node.</summary>
    public static string? NodeOf(string user) => user.StartsWith(Prefix, StringComparison.Ordinal) ? user[Prefix.Length..] : null;
}
