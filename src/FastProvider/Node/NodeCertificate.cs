using System;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FastProvider.Node;

/// <summary>
/// The client certificate of the kubelet's kubeconfig and its key, by which the node is known to the API server, or those
/// for a registry.
/// </summary>
internal sealed class NodeCertificate : IDisposable
{
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
    public static Failure? Read(ApiServerTarget server, out NodeCertificate? certificate)
    {
        certificate = null;
        if (server.ClientCertificate is null || server.ClientKey is null)
        {
            return new Failure(FailureCause.NodeIdentity,
                "the node's own identity is not known: set --kubeconfig to one with client-certificate and client-key");
        }

        return Read(server.ClientCertificate, server.ClientKey, out certificate);
    }

    /// <summary>The same, from where a configuration says that they are.</summary>
    public static Failure? Read(PemSource certificates, PemSource key, out NodeCertificate? certificate)
    {
        certificate = null;
        var files = new NodeFiles();
        if (certificates.ReadCertificates(files, out var certificatePem) is { } noCertificate)
        {
            return new Failure(FailureCause.NodeIdentity, noCertificate.Message);
        }

        var noKey = key.Read(files, out var keyPem);
        certificate = new NodeCertificate(certificatePem, keyPem, certificates.Place);
        if (noKey is not null)
        {
            certificate.Dispose();
        }

        return noKey is null ? null : new Failure(FailureCause.NodeIdentity, noKey.Message);
    }

    /// <summary>Zeroes what was read: a kubelet keeps certificate and key in one file.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(_certificatePem).Span);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsMemory(_keyPem).Span);
    }
}
