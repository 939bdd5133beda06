using FastProvider.Node;

namespace FastProvider.Tests.Node;

/// <summary>The node's certificate and its key are of one time, also while the kubelet puts new ones in their place.</summary>
public sealed class NodeCertificateTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-certificate-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_file_that_has_both_is_read_once()
    {
        var file = Path.Combine(_root, "kubelet-client-current.pem");
        File.WriteAllText(file, Certificate(1) + Key(1));

        var read = NodeCertificate.Read(PemSource.FromFile(file, "x"), PemSource.FromFile(file, "y"));

        Assert.Null(read.Failure?.Message);
        var certificate = read.Value!;
        Assert.True(certificate.CertificatePem.Overlaps(certificate.KeyPem));
        certificate.Dispose();
        Assert.True(certificate.KeyPem.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void What_was_read_of_two_files_is_zeroed_in_both_places()
    {
        string certificateFile = Path.Combine(_root, "client.crt"), keyFile = Path.Combine(_root, "client.key");
        File.WriteAllText(certificateFile, Certificate(1));
        File.WriteAllText(keyFile, Key(1));
        var certificate = NodeCertificate.Read(PemSource.FromFile(certificateFile, "x"), PemSource.FromFile(keyFile, "y")).Value!;
        Assert.Equal((Certificate(1).Length, Key(1).Length), (certificate.CertificatePem.Length, certificate.KeyPem.Length));
        Assert.True(certificate.KeyPem.IndexOfAnyExcept((byte)0) >= 0);

        certificate.Dispose();

        Assert.True(certificate.KeyPem.IndexOfAnyExcept((byte)0) < 0);
        Assert.True(certificate.CertificatePem.IndexOfAnyExcept((byte)0) < 0);
    }

    private static string Certificate(int generation) =>
        $"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{generation}\n";

    private static string Key(int generation) => $"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{generation}\n";
}
