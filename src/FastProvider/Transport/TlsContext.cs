using System;

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

    /// <param name="caPem">One or more PEM certificates; text between them is ignored.</param>
    /// <param name="caSource">Where they come from, for the error line.</param>
    /// <param name="context">The context; dispose it after its connections.</param>
    public static Failure? Create(ReadOnlySpan<byte> caPem, string caSource, out TlsContext? context)
    {
        context = null;
        var handle = OpenSsl.SSL_CTX_new(OpenSsl.TLS_client_method());
        if (handle == 0)
        {
            return new Failure($"OpenSSL cannot start: {OpenSsl.TakeError()}");
        }

        var made = new TlsContext(handle);
        if (!made.Harden() || !made.Trust(caPem))
        {
            made.Dispose();
            return new Failure($"the CA certificates of {caSource} cannot be used: {OpenSsl.TakeError()}");
        }

        context = made;
        return null;
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
            var bio = OpenSsl.BIO_new_mem_buf(bytes, caPem.Length);
            nint certificate;
            while ((certificate = OpenSsl.PEM_read_bio_X509(bio, 0, 0, 0)) != 0)
            {
                trusted += OpenSsl.X509_STORE_add_cert(store, certificate);
                OpenSsl.X509_free(certificate);
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
}
