using System;
using System.Collections.Generic;
using System.IO;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Whose certificates are trusted at a registry, as CRI-O has it: the authorities of the system (the bundles of Go's
/// crypto/x509, not single files beside them), and what certs.d holds for the registry (containers-certs.d(5)), perhaps with a
/// certificate of this side.
/// </summary>
/// <param name="variable">Looks an environment variable up.</param>
internal sealed class RegistryTrust(Func<string, string?> variable) : IDisposable
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private static readonly string[] Bundles =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    ];

    private readonly NodeFiles _files = new();
    private readonly SecretBuffer _system = new();
    private bool _isSystemRead;

    /// <param name="authority">The registry as registries.conf names it, <c>host[:port]</c>, as its directory is called.</param>
    /// <param name="isInsecure">What the certificate says does not count.</param>
    /// <returns>The trust; dispose it after its connections.</returns>
    public Result<TlsContext> Open(string authority, bool isInsecure)
    {
        ReadSystem();
        using var pem = new SecretBuffer();
        pem.Write(_system.WrittenSpan);
        var directory = Find(authority);
        NodeCertificate? client = null;
        if (directory is not null && ReadDirectory(directory, pem, out client) is { } unreadable)
        {
            return unreadable;
        }

        using (client)
        {
            if (pem.Length == 0)
            {
                return new Failure($"no authority is known: this system has no bundle, and certs.d none for {authority}");
            }

            var made = TlsContext.Create(pem.WrittenSpan, "this system", client, AuthorityName(directory));
            if (made.IsOk && isInsecure)
            {
                // Not an option of TlsContext: the API server's certificate is always verified.
                OpenSsl.SSL_CTX_set_verify(made.Value.Handle, 0, 0);
            }

            return made;
        }
    }

    public void Dispose() => _system.Dispose();

    private static string AuthorityName(string? directory) =>
        directory is null ? "an authority of this system" : $"an authority of this system or of {directory}";

    private void ReadSystem()
    {
        if (_isSystemRead)
        {
            return;
        }

        _isSystemRead = true;
        ReadOnlySpan<string> bundles = variable("SSL_CERT_FILE") is { Length: > 0 } named ? [named] : Bundles;
        foreach (var bundle in bundles)
        {
            if (TryAppend(bundle, _system))
            {
                break;
            }
        }

        foreach (var directory in (variable("SSL_CERT_DIR") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var name in _files.Names(directory))
            {
                TryAppend(Path.Join(directory, name), _system);
            }
        }
    }

    /// <summary>The first that is there counts, and the others do not.</summary>
    private string? Find(string authority)
    {
        List<string> places = ["/etc/containers/certs.d", "/etc/docker/certs.d"];
        if (variable("HOME") is { Length: > 0 } home)
        {
            places.Insert(0, Path.Join(home, ".config/containers/certs.d"));
        }

        foreach (var place in places)
        {
            var directory = Path.Join(place, authority);
            if (_files.IsDirectory(directory))
            {
                return directory;
            }
        }

        return null;
    }

    /// <summary>
    /// *.crt is an authority, NAME.cert with NAME.key this side's own certificate; the first is shown. One without the other
    /// fails a pull (container-libs, pkg/tlsclientconfig).
    /// </summary>
    private Failure? ReadDirectory(string directory, SecretBuffer pem, out NodeCertificate? client)
    {
        client = null;
        var names = _files.Names(directory);
        if (names.Find(name => name.EndsWith(".key", StringComparison.Ordinal)
            && !names.Contains(Path.ChangeExtension(name, ".cert"))) is { } alone)
        {
            return new Failure($"{Path.Join(directory, alone)} is a key without its certificate"
                + $" {Path.ChangeExtension(alone, ".cert")}, and so no pull from there works");
        }

        foreach (var name in names)
        {
            var path = Path.Join(directory, name);
            if (name.EndsWith(".crt", StringComparison.Ordinal))
            {
                TryAppend(path, pem);
            }
            else if (client is null && name.EndsWith(".cert", StringComparison.Ordinal))
            {
                var key = PemSource.FromFile(Path.ChangeExtension(path, ".key"), "certs.d");
                var read = NodeCertificate.Read(PemSource.FromFile(path, "certs.d"), key);
                if (!read.IsOk)
                {
                    return read.Failure;
                }

                client = read.Value;
            }
        }

        return null;
    }

    private bool TryAppend(string path, SecretBuffer pem)
    {
        if (_files.Read(path, LimitBytes, out var content) is not null)
        {
            return false;
        }

        pem.Write(content);
        pem.Write("\n"u8);
        return true;
    }
}
