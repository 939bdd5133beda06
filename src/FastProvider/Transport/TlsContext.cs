using System;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// What every TLS connection to the API server has in common: the cluster's CA as the only trust, verification always on,
/// TLS 1.2 at least. There is no way to turn verification off.
/// </summary>
internal sealed unsafe class TlsContext : IDisposable
{
    // RFC 7301: a length byte before each name. Only HTTP/1.1 is spoken here.
    private static ReadOnlySpan<byte> Http11 => "\u0008http/1.1"u8;

    private TlsContext(nint handle) => Handle = handle;

    /// <summary>The <c>SSL_CTX</c>.</summary>
    public nint Handle { get; private set; }

    /// <summary>The common name of the client certificate; empty if none is shown.</summary>
    public string ClientName { get; private set; } = "";

    /// <summary>Whose signature is trusted, as messages call it.</summary>
    public required string AuthorityName { get; init; }

    /// <param name="caPem">One or more PEM certificates; text between them is ignored.</param>
    /// <param name="caSource">Where they come from, for the error line.</param>
    /// <param name="client">The certificate by which this side is known, or null.</param>
    /// <param name="authorityName">Whose signature is trusted, if it is not the cluster's CA.</param>
    /// <returns>The context; dispose it after its connections.</returns>
    public static Result<TlsContext> Create(
        ReadOnlySpan<byte> caPem, string caSource, NodeCertificate? client = null, string? authorityName = null)
    {
        var handle = OpenSsl.SSL_CTX_new(OpenSsl.TLS_client_method());
        if (handle == 0)
        {
            return new Failure(FailureCause.OpenSsl, $"OpenSSL cannot start: {OpenSsl.TakeError()}");
        }

        var made = new TlsContext(handle) { AuthorityName = authorityName ?? "the cluster's CA" };
        if (!made.Harden() || !made.Trust(caPem))
        {
            made.Dispose();
            return new Failure(FailureCause.NodeConfig,
                $"the CA certificates of {caSource} cannot be used: {OpenSsl.TakeError()}");
        }

        if (client is not null && !made.Present(client))
        {
            made.Dispose();
            return new Failure(FailureCause.NodeIdentity,
                $"the client certificate and key of {client.Origin} cannot be used: {OpenSsl.TakeError()}");
        }

        return made;
    }

    public void Dispose()
    {
        if (Handle != 0)
        {
            OpenSsl.SSL_CTX_free(Handle);
            Handle = 0;
        }
    }

    private bool Harden()
    {
        OpenSsl.SSL_CTX_set_verify(Handle, OpenSsl.SSL_VERIFY_PEER, 0);
        // Plaintext that was read is zeroed in OpenSSL's own buffer. As Go's client, this one does not shake hands anew.
        _ = OpenSsl.SSL_CTX_set_options(Handle, OpenSsl.SSL_OP_CLEANSE_PLAINTEXT | OpenSsl.SSL_OP_NO_RENEGOTIATION);
        // A record's header and body in one read(2) instead of two.
        _ = OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_SET_READ_AHEAD, 1, null);
        fixed (byte* protocols = Http11)
        {
            // SSL_CTX_set_alpn_protos is the one call here whose success is 0.
            return OpenSsl.SSL_CTX_set_alpn_protos(Handle, protocols, (uint)Http11.Length) == 0
                && OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_SET_MIN_PROTO_VERSION, OpenSsl.TLS1_2_VERSION, null) == 1
                // Go's verifier, and so the kubelet, takes an intermediate CA of the kubeconfig as an anchor.
                && OpenSsl.X509_VERIFY_PARAM_set_flags(
                    OpenSsl.SSL_CTX_get0_param(Handle), OpenSsl.X509_V_FLAG_PARTIAL_CHAIN) == 1;
        }
    }

    private bool Trust(ReadOnlySpan<byte> caPem)
    {
        var store = OpenSsl.SSL_CTX_get_cert_store(Handle);
        var trusted = 0;
        fixed (byte* bytes = caPem)
        {
            // A block that is no certificate hides none of those behind it, as in Go (AppendCertsFromPEM).
            var bio = OpenSsl.BIO_new_mem_buf(bytes, caPem.Length);
            for (var blocks = caPem.Count("-----BEGIN"u8); blocks > 0; blocks--)
            {
                var certificate = OpenSsl.PEM_read_bio_X509(bio, 0, 0, 0);
                if (certificate != 0)
                {
                    trusted += OpenSsl.X509_STORE_add_cert(store, certificate);
                    OpenSsl.X509_free(certificate);
                }
            }

            _ = OpenSsl.BIO_free(bio);
        }

        if (trusted > 0)
        {
            // The loop ends with "no start line", which is the end of the file.
            OpenSsl.ERR_clear_error();
        }

        return trusted > 0;
    }

    /// <summary>
    /// Takes the first certificate for this side's own, the others for its chain, and makes sure that the key fits.
    /// </summary>
    private bool Present(NodeCertificate client)
    {
        fixed (byte* certificates = client.CertificatePem, key = client.KeyPem, noPassword = "\0"u8)
        {
            var bio = OpenSsl.BIO_new_mem_buf(certificates, client.CertificatePem.Length);
            var isTaken = false;
            nint certificate;
            while ((certificate = OpenSsl.PEM_read_bio_X509(bio, 0, 0, 0)) != 0)
            {
                if (!isTaken)
                {
                    isTaken = OpenSsl.SSL_CTX_use_certificate(Handle, certificate) == 1;
                    ClientName = CommonName(certificate);
                }
                else
                {
                    _ = OpenSsl.SSL_CTX_ctrl(Handle, OpenSsl.SSL_CTRL_CHAIN_CERT, 1, (void*)certificate);
                }

                OpenSsl.X509_free(certificate);
            }

            _ = OpenSsl.BIO_free(bio);
            if (!isTaken)
            {
                return false;
            }

            // The loop above ended with "no start line".
            OpenSsl.ERR_clear_error();
            bio = OpenSsl.BIO_new_mem_buf(key, client.KeyPem.Length);
            // Without a password OpenSSL would ask for one on the terminal.
            var privateKey = OpenSsl.PEM_read_bio_PrivateKey(bio, 0, 0, noPassword);
            _ = OpenSsl.BIO_free(bio);
            var isUsable = privateKey != 0 && OpenSsl.SSL_CTX_use_PrivateKey(Handle, privateKey) == 1
                && OpenSsl.SSL_CTX_check_private_key(Handle) == 1;
            OpenSsl.EVP_PKEY_free(privateKey);
            return isUsable;
        }
    }

    private static string CommonName(nint certificate)
    {
        Span<byte> name = stackalloc byte[512];
        fixed (byte* target = name)
        {
            var length = OpenSsl.X509_NAME_get_text_by_NID(
                OpenSsl.X509_get_subject_name(certificate), OpenSsl.NID_commonName, target, name.Length);
            return Encoding.UTF8.GetString(name[..Math.Max(length, 0)]);
        }
    }
}
