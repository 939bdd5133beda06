using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastProvider.Base;

namespace FastProvider.Node;

/// <summary>
/// The client certificate of the kubelet's kubeconfig and its key, by which the node is known to the API server, or those
/// for a registry.
/// </summary>
internal sealed class NodeCertificate : IDisposable
{
    // A kubelet renews its certificate every few months, and never twice at once.
    private const int MostAttempts = 3;

    private readonly ReadOnlyMemory<byte> _certificatePem;
    private readonly ReadOnlyMemory<byte> _keyPem;

    private NodeCertificate(ReadOnlyMemory<byte> certificatePem, ReadOnlyMemory<byte> keyPem, string origin)
    {
        _certificatePem = certificatePem;
        _keyPem = keyPem;
        Origin = origin;
    }

    /// <summary>The certificate, perhaps with others of its chain; text and keys between them are ignored.</summary>
    public ReadOnlySpan<byte> CertificatePem => _certificatePem.Span;

    /// <summary>The key, perhaps with certificates around it.</summary>
    public ReadOnlySpan<byte> KeyPem => _keyPem.Span;

    /// <summary>Where they come from, for messages.</summary>
    public string Origin { get; }

    /// <summary>Reads both; the kubelet renews them, so they are read at each run.</summary>
    public static Result<NodeCertificate> Read(ApiServerTarget server)
    {
        if (server.ClientCertificate is null || server.ClientKey is null)
        {
            return new Failure(FailureCause.NodeIdentity, server.OtherLogin is null
                ? "the node's own identity is not known: set --kubeconfig to one with client-certificate and client-key"
                : $"the node's own identity is not known: {server.OtherLogin}, which is not used here;"
                    + " the pod's Secrets are read with a client certificate and its key,"
                    + " so use --secrets namespace or annotation, or --kubeconfig");
        }

        return Read(server.ClientCertificate, server.ClientKey);
    }

    /// <summary>
    /// The same, from where a configuration says that they are. Both are of one time: a file that has both is read once, and if
    /// another certificate is there when the key was read, both are read again.
    /// </summary>
    public static Result<NodeCertificate> Read(PemSource certificates, PemSource key)
    {
        var files = new NodeFiles();
        ReadOnlyMemory<byte> certificatePem, keyPem;
        var attempts = 0;
        do
        {
            var unread = certificates.ReadCertificates(files, out certificatePem);
            keyPem = certificatePem;
            if (!key.IsIn(certificates))
            {
                unread ??= key.Read(files, out keyPem);
            }

            if (unread is not null)
            {
                return new Failure(FailureCause.NodeIdentity, unread.Message);
            }
        }
        while (!key.IsIn(certificates) && HasChanged(certificates, certificatePem, files) && ++attempts < MostAttempts);

        if (PrivateKeyPem.Fault(keyPem.Span) is { } fault)
        {
            new NodeCertificate(certificatePem, keyPem, "").Dispose();
            return new Failure(
                FailureCause.NodeIdentity,
                $"the client certificate and key of {certificates.Place} cannot be used: {key.Place} {fault}");
        }

        return new NodeCertificate(certificatePem, keyPem, certificates.Place);
    }

    private static bool HasChanged(PemSource certificates, ReadOnlyMemory<byte> pem, NodeFiles files) =>
        certificates.Read(files, out var again) is not null || !again.Span.SequenceEqual(pem.Span);

    /// <summary>Zeroes what was read: a kubelet keeps certificate and key in one file.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(_certificatePem).Span);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(_keyPem).Span);
    }
}
