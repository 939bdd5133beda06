using System.Security.Cryptography.X509Certificates;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>The same registry by TLS, with a certificate for 127.0.0.1 alone that an authority of its own has signed.</summary>
public sealed class TlsRegistryFixture : RegistryFixture, IDisposable
{
    private readonly ClusterCertificates _certificates = new();

    /// <summary>The authority.</summary>
    internal string AuthorityPem => _certificates.AuthorityPem;

    public void Dispose() => _certificates.Dispose();

    private protected override string HttpSection(string root)
    {
        using var certificate = _certificates.Server("127.0.0.1");
        File.WriteAllText(Path.Combine(root, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(root, "tls.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return $"  tls:\n    certificate: {root}/tls.crt\n    key: {root}/tls.key\n";
    }
}
