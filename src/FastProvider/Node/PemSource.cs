using System;
using FastProvider.Base;

namespace FastProvider.Node;

/// <summary>
/// Where a certificate or key is: in a file, read when it is asked for as the node rotates it, or in the kubeconfig itself.
/// </summary>
internal sealed class PemSource
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private readonly ReadOnlyMemory<byte> _embedded;

    private PemSource(string? file, ReadOnlyMemory<byte> embedded, string origin)
    {
        File = file;
        _embedded = embedded;
        Origin = origin;
    }

    /// <summary>Path on the node; null when the kubeconfig holds the PEM.</summary>
    public string? File { get; }

    /// <summary>Who named it or holds it, for messages: "--certificate-authority", "client-key of kubeconfig PATH".</summary>
    public string Origin { get; }

    /// <summary>A PEM file of the node that <paramref name="origin"/> names.</summary>
    public static PemSource FromFile(string path, string origin) => new(path, default, origin);

    /// <summary>PEM that stands in <paramref name="origin"/>, decoded from its base64.</summary>
    public static PemSource FromBytes(ReadOnlyMemory<byte> pem, string origin) => new(null, pem, origin);

    /// <summary>Reads certificates: as <see cref="Read"/>, and there must be at least one.</summary>
    public Failure? ReadCertificates(NodeFiles files, out ReadOnlyMemory<byte> pem)
    {
        if (Read(files, out pem) is { } failure)
        {
            return failure;
        }

        return pem.Span.IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0
            ? null
            : new Failure(FailureCause.NodeConfig,
                $"{Place} holds no BEGIN CERTIFICATE: a PEM file with the certificates is needed");
    }

    /// <summary>Reads the PEM bytes as they are. Nothing of them is ever in the failure.</summary>
    public Failure? Read(NodeFiles files, out ReadOnlyMemory<byte> pem)
    {
        pem = _embedded;
        if (File is null)
        {
            return null;
        }

        var reason = files.Read(File, LimitBytes, out var content);
        pem = content;
        return reason is null ? null : new Failure(FailureCause.NodeConfig, $"{Place} {reason}");
    }

    /// <summary>Whether both are in one file: what is read of it then is of one time.</summary>
    public bool IsIn(PemSource other) => File is not null && File == other.File;

    /// <summary>Where the PEM is, for messages.</summary>
    public string Place => File is null ? Origin : $"{File} ({Origin})";
}
