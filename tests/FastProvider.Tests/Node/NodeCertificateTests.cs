using System.Text;
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

        var failure = NodeCertificate.Read(PemSource.FromFile(file, "x"), PemSource.FromFile(file, "y"), out var certificate);

        Assert.Null(failure?.Message);
        Assert.True(certificate!.CertificatePem.Overlaps(certificate.KeyPem));
        certificate.Dispose();
        Assert.True(certificate.KeyPem.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void Two_files_that_are_renewed_between_their_reads_are_read_again()
    {
        for (var generation = 0; generation < 2; generation++)
        {
            var directory = Directory.CreateDirectory(Path.Combine(_root, $"{generation}")).FullName;
            File.WriteAllText(Path.Combine(directory, "client.crt"), Certificate(generation));
            File.WriteAllText(Path.Combine(directory, "client.key"), Key(generation));
        }

        var current = Path.Combine(_root, "current");
        File.CreateSymbolicLink(current, Path.Combine(_root, "0"));
        using var end = new CancellationTokenSource();
        var kubelet = Task.Run(() =>
        {
            for (var generation = 1; !end.IsCancellationRequested; generation++)
            {
                var next = Path.Combine(_root, "next");
                File.CreateSymbolicLink(next, Path.Combine(_root, $"{generation % 2}"));
                File.Move(next, current, overwrite: true);
                Thread.Sleep(10);
            }
        });
        var (certificates, key) = (PemSource.FromFile($"{current}/client.crt", "x"), PemSource.FromFile($"{current}/client.key", "y"));
        for (var run = 0; run < 3000; run++)
        {
            Assert.Null(NodeCertificate.Read(certificates, key, out var read)?.Message);
            Assert.Equal(Encoding.UTF8.GetString(read!.CertificatePem)[^2], Encoding.UTF8.GetString(read.KeyPem)[^2]);
        }

        end.Cancel();
        kubelet.Wait();
    }

    private static string Certificate(int generation) => $"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{generation}\n";

    private static string Key(int generation) => $"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n{generation}\n";
}
