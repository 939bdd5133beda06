using System;

namespace FastProvider.Node;

/// <summary>The API server of this node's cluster, and what it takes to be sure that it is the one.</summary>
internal sealed class ApiServerTarget
{
    /// <summary>Host, port and base path.</summary>
    public required ServerUrl Url { get; init; }

    /// <summary>
    /// The name that the server's certificate must be valid for: a DNS name, or an IP address without brackets.
    /// </summary>
    public required string TlsServerName { get; init; }

    /// <summary>It is the kubeconfig's tls-server-name and not the name of <see cref="Url"/>.</summary>
    public bool HasTlsServerName { get; init; }

    /// <summary>The cluster's CA certificates, PEM, read in this run; at least one.</summary>
    public required ReadOnlyMemory<byte> CertificateAuthorityPem { get; init; }

    /// <summary>The kubeconfig's proxy-url, which beats the environment; null if it has none. May hold a password.</summary>
    public string? ProxyUrl { get; init; }

    /// <summary>The variable that names a proxy and holds no valid URL, so that none is asked; null if there is none.</summary>
    public string? IgnoredProxy { get; private set; }

    /// <summary>The node's own client certificate, for the calls that the node makes as itself; null if not known.</summary>
    public PemSource? ClientCertificate { get; init; }

    /// <summary>The key to <see cref="ClientCertificate"/>.</summary>
    public PemSource? ClientKey { get; init; }

    /// <summary>
    /// What the kubeconfig has instead, which is not used here, for messages: "PATH logs in by exec"; null if nothing.
    /// </summary>
    public string? OtherLogin { get; init; }

    /// <summary>Who gave the address, for messages: "--api-server", "kubeconfig PATH (the kubelet's --kubeconfig)".</summary>
    public required string UrlOrigin { get; init; }

    /// <summary>Who gave the CA, for messages.</summary>
    public required string CertificateAuthorityOrigin { get; init; }

    /// <summary>The same server, with a note of the proxy that is not asked.</summary>
    public ApiServerTarget Ignoring(string proxy)
    {
        var same = (ApiServerTarget)MemberwiseClone();
        same.IgnoredProxy = proxy;
        return same;
    }
}
