using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FastProvider.Tests.ApiServer;

/// <summary>What a certificate says. The defaults are a serving certificate in good order.</summary>
public sealed record CertificateShape
{
    // Extended key usages of RFC 5280 section 4.2.1.12.
    public const string ServerPurpose = "1.3.6.1.5.5.7.3.1", ClientPurpose = "1.3.6.1.5.5.7.3.2";

    public string Subject { get; init; } = "CN=kube-apiserver";

    /// <summary>DNS names and addresses; empty for a certificate without alternative names.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public DateTimeOffset Begins { get; init; } = DateTimeOffset.UtcNow.AddYears(-1);

    public DateTimeOffset Expires { get; init; } = DateTimeOffset.UtcNow.AddYears(1);

    /// <summary>basicConstraints: a CA or none; null for no such extension.</summary>
    public bool? IsAuthority { get; init; } = false;

    /// <summary>How many CAs may stand between this one and a leaf; null for any number.</summary>
    public int? PathLength { get; init; }

    public X509KeyUsageFlags KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    /// <summary>The extended key usage; null for none, which is every usage.</summary>
    public string? Purpose { get; init; } = ServerPurpose;

    public IReadOnlyList<X509Extension> Extensions { get; init; } = [];

    /// <summary>Of the signature over this certificate.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>The size of an RSA key; 0 for ECDSA P-256.</summary>
    public int RsaBits { get; init; }

    /// <summary>A CA in good order.</summary>
    public static CertificateShape Authority(string name = "k8s-local-ca") => new()
    {
        Subject = "CN=" + name,
        IsAuthority = true,
        KeyUsage = X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature,
        Purpose = null,
    };

    /// <summary>nameConstraints (RFC 5280 section 4.2.1.10): what a CA may sign for.</summary>
    /// <param name="isPermitted">Only these, or all but these.</param>
    /// <param name="name">A domain, or an address for its network of 8 bits.</param>
    public static X509Extension NameConstraint(bool isPermitted, string name)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, isPermitted ? 0 : 1)))
        using (writer.PushSequence())
        {
            if (IPAddress.TryParse(name, out var address))
            {
                writer.WriteOctetString([.. address.GetAddressBytes(), 255, 0, 0, 0], new Asn1Tag(TagClass.ContextSpecific, 7));
            }
            else
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }
}

/// <summary>A certificate and its key. It signs others whether it may or not, so that a test can see who takes them.</summary>
public sealed class IssuedCertificate : IDisposable
{
    private readonly AsymmetricAlgorithm _key;
    private readonly X509Certificate2 _certificate;

    private IssuedCertificate(CertificateShape shape, IssuedCertificate? issuer)
    {
        _key = shape.RsaBits > 0 ? RSA.Create(shape.RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = _key is RSA rsa
            ? new CertificateRequest(new X500DistinguishedName(shape.Subject), rsa, shape.Hash, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(new X500DistinguishedName(shape.Subject), (ECDsa)_key, shape.Hash);
        if (shape.IsAuthority is { } isAuthority)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
                isAuthority, shape.PathLength is not null, shape.PathLength ?? 0, critical: true));
        }

        request.CertificateExtensions.Add(new X509KeyUsageExtension(shape.KeyUsage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (shape.Purpose is { } purpose)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], critical: false));
        }

        if (shape.Names.Count > 0)
        {
            request.CertificateExtensions.Add(ClusterCertificates.Alternatives(shape.Names));
        }

        foreach (var extension in shape.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        var signer = (issuer?._key ?? _key) is RSA signing
            ? X509SignatureGenerator.CreateForRSA(signing, RSASignaturePadding.Pkcs1)
            : shape.Hash == HashAlgorithmName.SHA1
                ? new EcdsaWithSha1((ECDsa)(issuer?._key ?? _key))
                : X509SignatureGenerator.CreateForECDsa((ECDsa)(issuer?._key ?? _key));
        _certificate = request.Create(
            issuer?._certificate.SubjectName ?? request.SubjectName, signer, shape.Begins, shape.Expires,
            RandomNumberGenerator.GetBytes(12));
    }

    public string Pem => _certificate.ExportCertificatePem() + "\n";

    public string KeyPem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>A certificate that its own key has signed.</summary>
    public static IssuedCertificate SelfSigned(CertificateShape shape) => new(shape, null);

    public IssuedCertificate Issue(CertificateShape shape) => new(shape, this);

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    /// <summary>ecdsa-with-SHA1 (RFC 3279 section 2.2.3), which .NET does not sign certificates with any more.</summary>
    private sealed class EcdsaWithSha1(ECDsa key) : X509SignatureGenerator
    {
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            var writer = new AsnWriter(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.4.1");
            }

            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, HashAlgorithmName.SHA1, DSASignatureFormat.Rfc3279DerSequence);

        protected override PublicKey BuildPublicKey() => CreateForECDsa(key).PublicKey;
    }
}
