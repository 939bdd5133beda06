using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Node;
using FastProvider.Request;
using FastProvider.Secrets;
using FastProvider.Settings;
using FastProvider.Token;

namespace FastProvider.Pulls;

/// <summary>Which Secrets a pull wants, and what they are offered to.</summary>
internal readonly struct SecretsWanted
{
    public required Options Options { get; init; }

    /// <summary>What the process of the pull has in its environment: proxies, for the way to the API server.</summary>
    public required Func<string, string?> Variable { get; init; }

    public required KubeletHint Kubelet { get; init; }

    /// <summary>What the host keeps of the node's files; null to read them.</summary>
    public required KeptNode? Node { get; init; }

    public required CredentialProviderRequest Request { get; init; }

    public required TokenClaims Claims { get; init; }

    public required PullResources Resources { get; init; }

    public required PullEndpoints Endpoints { get; init; }

    public required SecretNotices Notices { get; init; }

    public required Deadline Deadline { get; init; }

    /// <summary>
    /// The Secrets that a platform shares, as far as they are not read anyway: the pods of a platform's own namespace list its
    /// Secrets with their own.
    /// </summary>
    public SecretReference[] SharedFor(SecretsMode mode)
    {
        var shared = Options.SharedSecrets;
        if (mode is not SecretsMode.Namespace || shared.Length == 0)
        {
            return shared;
        }

        var own = Encoding.ASCII.GetString(Claims.Namespace.Span);
        return Array.FindAll(shared, reference => reference.Namespace != own);
    }
}
