using System;
using System.Runtime.InteropServices;
using FastProvider.Base;

namespace FastProvider.Native;

/// <summary>
/// The calls of OpenSSL 3 that a TLS client needs, see its man pages of section 3. Bound directly because
/// <c>SslStream</c> adds its own certificate chain engine (which reads the system's trust store even with a custom root) and
/// the whole of the socket stack to what is linked and started. The library itself, its verification and the node's
/// crypto policy are the same.
/// </summary>
/// <remarks>
/// Loaded at the first call, so an unmirrored pull never does. Every distribution with the binary's oldest glibc has
/// OpenSSL 3; a build with <c>-p:StaticOpenSsl=true</c> carries its own.
/// </remarks>
internal static unsafe class OpenSsl
{
    private const string Ssl = "libssl.so.3", Crypto = "libcrypto.so.3";

    public const int SSL_CTRL_SET_READ_AHEAD = 41, SSL_CTRL_SET_TLSEXT_HOSTNAME = 55,
        SSL_CTRL_CHAIN_CERT = 89, SSL_CTRL_SET_MIN_PROTO_VERSION = 123, TLS1_2_VERSION = 0x303;
    public const int SSL_VERIFY_PEER = 1;
    public const ulong SSL_OP_CLEANSE_PLAINTEXT = 1 << 1, SSL_OP_NO_RENEGOTIATION = 1 << 30;
    public const int NID_commonName = 13;
    public const int SSL_ERROR_WANT_READ = 2, SSL_ERROR_WANT_WRITE = 3, SSL_ERROR_SYSCALL = 5,
        SSL_ERROR_ZERO_RETURN = 6;

    public const uint X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS = 0x4, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT = 0x20;
    public const nuint X509_V_FLAG_PARTIAL_CHAIN = 0x80000;
    public const int X509_V_OK = 0, X509_V_ERR_CERT_NOT_YET_VALID = 9, X509_V_ERR_CERT_HAS_EXPIRED = 10,
        X509_V_ERR_INVALID_PURPOSE = 26, X509_V_ERR_HOSTNAME_MISMATCH = 62, X509_V_ERR_IP_ADDRESS_MISMATCH = 64;

    // Of conf.h: a file that is not there, and a part of it that fails, do not keep the other parts from being read.
    private const uint CONF_MFLAGS_IGNORE_ERRORS = 0x1, CONF_MFLAGS_IGNORE_RETURN_CODES = 0x2,
        CONF_MFLAGS_IGNORE_MISSING_FILE = 0x10, CONF_MFLAGS_DEFAULT_SECTION = 0x20;

    private const int OPENSSL_VERSION = 0;

    private const ulong OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS = 0x1, OPENSSL_INIT_NO_LOAD_SSL_STRINGS = 0x100000;

    // The reasons of sslerr.h that a wrong address or an old server bring about.
    private const int SSL_R_NO_PROTOCOLS_AVAILABLE = 191, SSL_R_UNSUPPORTED_PROTOCOL = 258, SSL_R_WRONG_VERSION_NUMBER = 267,
        SSL_R_UNEXPECTED_EOF_WHILE_READING = 294, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE = 1040,
        SSL_R_TLSV1_ALERT_PROTOCOL_VERSION = 1070, SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED = 1116;

    // Those that a key of another certificate brings about; their numbers mean something else in other parts of the library.
    private const int ERR_LIB_X509 = 11, ERR_LIB_SSL = 20;
    private const int X509_R_KEY_TYPE_MISMATCH = 115, X509_R_KEY_VALUES_MISMATCH = 116, SSL_R_NO_CERTIFICATE_ASSIGNED = 177;
    private const string OtherKey = "the key is not the certificate's: they are of two pairs";

    [DllImport(Ssl)] private static extern int OPENSSL_init_ssl(ulong options, nint settings);

    [DllImport(Crypto)] private static extern nint OPENSSL_INIT_new();

    [DllImport(Crypto)] private static extern void OPENSSL_INIT_set_config_file_flags(nint settings, uint flags);

    [DllImport(Crypto)] private static extern void OPENSSL_INIT_free(nint settings);

    [DllImport(Ssl)] public static extern nint TLS_client_method();

    [DllImport(Ssl)] public static extern nint SSL_CTX_new(nint method);

    [DllImport(Ssl)] public static extern void SSL_CTX_free(nint context);

    [DllImport(Ssl)] public static extern nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    [DllImport(Ssl)] public static extern ulong SSL_CTX_set_options(nint context, ulong options);

    [DllImport(Ssl)] public static extern void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [DllImport(Ssl)] public static extern nint SSL_CTX_get_cert_store(nint context);

    [DllImport(Ssl)] public static extern nint SSL_CTX_get0_param(nint context);

    [DllImport(Ssl)] public static extern int SSL_CTX_set_alpn_protos(nint context, byte* protocols, uint length);

    [DllImport(Ssl)] public static extern int SSL_CTX_use_certificate(nint context, nint certificate);

    [DllImport(Ssl)] public static extern int SSL_CTX_use_PrivateKey(nint context, nint key);

    [DllImport(Ssl)] public static extern int SSL_CTX_check_private_key(nint context);

    [DllImport(Ssl)] public static extern nint SSL_new(nint context);

    [DllImport(Ssl)] public static extern void SSL_free(nint ssl);

    [DllImport(Ssl)] public static extern void SSL_set_bio(nint ssl, nint read, nint write);

    [DllImport(Ssl)] public static extern nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    [DllImport(Ssl)] public static extern int SSL_set1_host(nint ssl, byte* name);

    [DllImport(Ssl)] public static extern void SSL_set_hostflags(nint ssl, uint flags);

    [DllImport(Ssl)] public static extern nint SSL_get0_param(nint ssl);

    [DllImport(Ssl)] public static extern int SSL_connect(nint ssl);

    [DllImport(Ssl)] public static extern int SSL_read(nint ssl, byte* buffer, int length);

    [DllImport(Ssl)] public static extern int SSL_write(nint ssl, byte* buffer, int length);

    [DllImport(Ssl)] public static extern int SSL_get_error(nint ssl, int result);

    [DllImport(Ssl)] public static extern nint SSL_get_verify_result(nint ssl);

    [DllImport(Ssl)] public static extern int SSL_get_verify_mode(nint ssl);

    [DllImport(Crypto)] public static extern nint BIO_new_mem_buf(byte* bytes, int length);

    [DllImport(Crypto)] public static extern nint BIO_s_mem();

    [DllImport(Crypto)] public static extern nint BIO_new(nint method);

    [DllImport(Crypto)] public static extern int BIO_read(nint bio, byte* buffer, int length);

    [DllImport(Crypto)] public static extern int BIO_write(nint bio, byte* bytes, int length);

    [DllImport(Crypto)] public static extern int BIO_free(nint bio);

    [DllImport(Crypto)] public static extern nint PEM_read_bio_X509(nint bio, nint reuse, nint passwordCallback, nint user);

    [DllImport(Crypto)] public static extern nint PEM_read_bio_PrivateKey(
        nint bio, nint reuse, nint passwordCallback, byte* password);

    [DllImport(Crypto)] public static extern void EVP_PKEY_free(nint key);

    [DllImport(Crypto)] public static extern nint X509_get_subject_name(nint certificate);

    [DllImport(Crypto)] public static extern int X509_NAME_get_text_by_NID(nint name, int nid, byte* buffer, int length);

    [DllImport(Crypto)] public static extern void X509_free(nint certificate);

    [DllImport(Crypto)] public static extern int X509_STORE_add_cert(nint store, nint certificate);

    [DllImport(Crypto)] public static extern int X509_VERIFY_PARAM_set_flags(nint parameters, nuint flags);

    [DllImport(Crypto)] public static extern int X509_VERIFY_PARAM_set1_ip_asc(nint parameters, byte* address);

    [DllImport(Crypto)] public static extern byte* X509_verify_cert_error_string(nint error);

    [DllImport(Crypto)] private static extern byte* OpenSSL_version(int what);

    [DllImport(Crypto)] private static extern byte* X509_get_default_cert_area();

    [DllImport(Crypto)] public static extern nuint ERR_get_error();

    [DllImport(Crypto)] public static extern void ERR_clear_error();

    [DllImport(Crypto)]
    private static extern int EVP_Q_digest(
        nint library, byte* algorithm, byte* properties, byte* data, nuint length, byte* digest, nuint* digestLength);

    /// <summary>SHA-256; .NET's own class would load a second binding to the same library.</summary>
    public static void Sha256(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        if (!TrySha256(data, digest))
        {
            throw new InvalidOperationException("OpenSSL has no SHA-256");
        }
    }

    /// <summary>
    /// Loads the library; to be called before anything else of it. Its thousands of error strings stay out: entering them in
    /// a table takes a third of a millisecond of every run, for words that <see cref="TakeError"/> seldom needs.
    /// </summary>
    public static Failure? Load()
    {
        try
        {
            if (!Start())
            {
                return new Failure(FailureCause.OpenSsl,
                    $"OpenSSL cannot start: {TakeError()}; is its configuration (openssl.cnf) in order?");
            }
        }
        catch (DllNotFoundException)
        {
            return new Failure(FailureCause.OpenSsl, Native.Libc.DescriptorShortage() is var shortage and not 0
                ? $"libssl.so.3 cannot be loaded: {shortage.Words()}"
                : "libssl.so.3 is not on this node: install OpenSSL 3 (package openssl-libs or libssl3), or use the"
                    + " build of fast-provider that carries it");
        }

        // With a provider in openssl.cnf that cannot be loaded, and no other, OpenSSL starts but can do nothing.
        Span<byte> digest = stackalloc byte[32];
        var canDigest = TrySha256("x"u8, digest);
        ERR_clear_error();
        return canDigest ? null : new Failure(FailureCause.OpenSsl,
            "OpenSSL cannot start: it has no SHA-256; does its configuration (openssl.cnf) activate a provider that can be"
                + " loaded?");
    }

    /// <summary>Version and date from those who write it, such as <c>OpenSSL 3.0.17 1 Jul 2025</c>.</summary>
    public static string Version =>
        Marshal.PtrToStringUTF8((nint)OpenSSL_version(OPENSSL_VERSION)) ?? "";

    /// <summary>Where it looks for openssl.cnf unless <c>OPENSSL_CONF</c> is set; each distribution has its own place.</summary>
    public static string Directory => Marshal.PtrToStringUTF8((nint)X509_get_default_cert_area()) ?? "";

    /// <summary>The oldest error of this thread's queue in words, and an empty queue after it.</summary>
    public static string TakeError() => Explain(TakeErrorCode());

    /// <summary>
    /// As <see cref="TakeError"/>; null for a connection that ended without a TLS goodbye, which is no fault of TLS.
    /// </summary>
    public static string? TakeErrorUnlessEof()
    {
        var error = TakeErrorCode();
        return Reason(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING ? null : Explain(error);
    }

    private static bool Start()
    {
        // The node's own library does as it does for every program of the node: it stops reading openssl.cnf where it fails. A
        // carried one may know less than the node's (an engine, a setting of the distribution's own), and what the file says of
        // TLS behind that must count all the same.
        var settings = BuildOpenSsl.IsCarried ? OPENSSL_INIT_new() : 0;
        if (settings != 0)
        {
            OPENSSL_INIT_set_config_file_flags(settings,
                CONF_MFLAGS_IGNORE_ERRORS | CONF_MFLAGS_IGNORE_RETURN_CODES | CONF_MFLAGS_IGNORE_MISSING_FILE
                | CONF_MFLAGS_DEFAULT_SECTION);
        }

        var isStarted = OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_LOAD_SSL_STRINGS, settings) == 1;
        if (settings != 0)
        {
            OPENSSL_INIT_free(settings);
        }

        return isStarted;
    }

    private static bool TrySha256(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        fixed (byte* algorithm = "SHA256"u8, source = data, target = digest)
        {
            nuint length = 0;
            return EVP_Q_digest(0, algorithm, null, source, (nuint)data.Length, target, &length) == 1
                && length == (nuint)digest.Length;
        }
    }

    private static nuint TakeErrorCode()
    {
        var error = ERR_get_error();
        ERR_clear_error();
        return error;
    }

    // ERR_GET_LIB of err.h.
    private static int Library(nuint error) => (int)(error >> 23) & 0xFF;

    // ERR_GET_REASON of err.h.
    private static int Reason(nuint error) => (int)(error & 0x7FFFFF);

    private static string Explain(nuint error) => Reason(error) switch
    {
        // A key of another kind finds no certificate of its own kind.
        X509_R_KEY_TYPE_MISMATCH or X509_R_KEY_VALUES_MISMATCH when Library(error) == ERR_LIB_X509 => OtherKey,
        SSL_R_NO_CERTIFICATE_ASSIGNED when Library(error) == ERR_LIB_SSL => OtherKey,
        0 => "no reason given",
        SSL_R_WRONG_VERSION_NUMBER => "it does not speak TLS (wrong version number)",
        SSL_R_UNSUPPORTED_PROTOCOL or SSL_R_NO_PROTOCOLS_AVAILABLE or SSL_R_TLSV1_ALERT_PROTOCOL_VERSION =>
            "no common version of TLS (protocol version): 1.2 or newer is needed",
        SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE => "no common cipher (handshake failure)",
        SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED => "it wants a client certificate",
        _ => $"OpenSSL error {error:X8} (openssl errstr {error:X8} explains it)",
    };
}
