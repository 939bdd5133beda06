using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastProvider.Tests.ApiServer;

/// <summary>A cluster's CA and the certificates it signs, ECDSA P-256 as in the recorded handshake, made on the spot.</summary>
public sealed class ClusterCertificates : IDisposable
{
    // Extended key usages of RFC 5280 section 4.2.1.12.
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1", ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClusterCertificates()
    {
        var request = new CertificateRequest("CN=k8s-local-ca", _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(10));
    }

    /// <summary>The CA as kubeadm's <c>ca.crt</c> holds it.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem() + "\n";

    /// <summary>A serving certificate for the names given: addresses become IP names.</summary>
    public X509Certificate2 Server(params IEnumerable<string> names) => Sign(
        "CN=kube-apiserver", ServerPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1),
        Alternatives(names));

    /// <summary>The same, but it ran out yesterday.</summary>
    public X509Certificate2 ExpiredServer(params IEnumerable<string> names) => Sign(
        "CN=kube-apiserver", ServerPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddDays(-1),
        Alternatives(names));

    /// <summary>The same, but it begins tomorrow: what a node sees whose clock is behind.</summary>
    public X509Certificate2 FutureServer(params IEnumerable<string> names) => Sign(
        "CN=kube-apiserver", ServerPurpose, DateTimeOffset.UtcNow.AddDays(1), DateTimeOffset.UtcNow.AddYears(1),
        Alternatives(names));

    /// <summary>
    /// The cluster's CA has signed it for these names, but for a client: what anybody gets who may ask for a client certificate.
    /// </summary>
    public X509Certificate2 ClientForNames(params IEnumerable<string> names) => Sign(
        "CN=somebody", ClientPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), Alternatives(names));

    /// <summary>A serving certificate that spells an address as a DNS name and as its subject, and is for no address.</summary>
    public X509Certificate2 NameThatLooksLike(string address)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(address);
        return Sign(
            $"CN={address}", ServerPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1),
            alternatives.Build());
    }

    /// <summary>The kubelet's client certificate of a node.</summary>
    public X509Certificate2 Node(string name = "node1") =>
        Client($"O=system:nodes, CN=system:node:{name}");

    /// <summary>A client certificate for anybody.</summary>
    public X509Certificate2 Client(string subject) => Sign(
        subject, ClientPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), null);

    /// <summary>The same for an RSA key, which it does not hold.</summary>
    public X509Certificate2 Client(string subject, RSA key) => Issue(
        new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ClientPurpose, DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1), null);

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

    /// <summary>The names and addresses that a certificate is for.</summary>
    internal static X509Extension Alternatives(IEnumerable<string> names)
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

        return alternatives.Build();
    }

    private X509Certificate2 Sign(
        string subject, string purpose, DateTimeOffset begins, DateTimeOffset expires, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Issue(
            new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256), purpose, begins, expires,
            alternatives);
        return certificate.CopyWithPrivateKey(key);
    }

    private X509Certificate2 Issue(
        CertificateRequest request, string purpose, DateTimeOffset begins, DateTimeOffset expires, X509Extension? alternatives)
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
        return request.Create(_authority.SubjectName, issuer, begins, expires, RandomNumberGenerator.GetBytes(12));
    }
}
