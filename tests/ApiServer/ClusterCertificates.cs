using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastProvider.Tests.ApiServer;

/// <summary>A cluster's CA and the certificates it signs, ECDSA P-256 as in the recorded handshake, made on the spot.</summary>
public sealed class ClusterCertificates : IDisposable
{
    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClusterCertificates()
    {
        var request = new CertificateRequest("CN=k8s-local-ca", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(10));
    }

    /// <summary>The CA as kubeadm's <c>ca.crt</c> holds it.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem() + "\n";

    /// <summary>A serving certificate for the names given: addresses become IP names.</summary>
    public X509Certificate2 Server(params IEnumerable<string> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        return Sign("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", DateTimeOffset.UtcNow.AddYears(1), alternatives.Build());
    }

    /// <summary>The same, but it ran out yesterday.</summary>
    public X509Certificate2 ExpiredServer()
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddIpAddress(IPAddress.Loopback);
        alternatives.AddDnsName("localhost");
        return Sign("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", DateTimeOffset.UtcNow.AddDays(-1), alternatives.Build());
    }

    /// <summary>The kubelet's client certificate of a node.</summary>
    public X509Certificate2 Node(string name = "node1") =>
        Client($"O=system:nodes, CN=system:node:{name}");

    /// <summary>A client certificate for anybody.</summary>
    public X509Certificate2 Client(string subject) => Sign(subject, "1.3.6.1.5.5.7.3.2", DateTimeOffset.UtcNow.AddYears(1), null);

    /// <summary>The same for an RSA key, which it does not hold.</summary>
    public X509Certificate2 Client(string subject, RSA key) => Issue(
        new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "1.3.6.1.5.5.7.3.2", DateTimeOffset.UtcNow.AddYears(1), null);

    /// <summary>Whether this CA has signed the certificate, as the API server's --client-ca-file has it.</summary>
    public bool HasSigned(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { _authority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        return chain.Build(certificate);
    }

    /// <summary>TLS options of a client that trusts this CA alone and expects the host's name in the certificate.</summary>
    public SslClientAuthenticationOptions ClientOptions(string host) => new()
    {
        TargetHost = host,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { _authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    public void Dispose()
    {
        _authority.Dispose();
        _authorityKey.Dispose();
    }

    private X509Certificate2 Sign(string subject, string purpose, DateTimeOffset expires, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(
            new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256), purpose, expires, alternatives);
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Issue(CertificateRequest request, string purpose, DateTimeOffset expires, X509Extension? alternatives)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_authority, true, false));
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }

        var issuer = X509SignatureGenerator.CreateForECDsa(_authorityKey);
        return request.Create(_authority.SubjectName, issuer, DateTimeOffset.UtcNow.AddYears(-1), expires, RandomNumberGenerator.GetBytes(12));
    }
}
