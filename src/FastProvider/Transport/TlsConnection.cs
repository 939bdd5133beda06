using System;
using System.Net;
using System.Runtime.InteropServices;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>One verified TLS connection over a socket that it owns. No call waits beyond its deadline.</summary>
internal sealed unsafe class TlsConnection : ByteStream
{
    /// <summary>How a fault of TLS itself begins; a missing client certificate may show after the handshake.</summary>
    public const string Failed = "TLS failed";

    private readonly int _fd;
    private nint _ssl;

    private TlsConnection(int fd, nint ssl)
    {
        _fd = fd;
        _ssl = ssl;
    }

    /// <summary>Shakes hands and verifies that the certificate is the CA's and for <paramref name="serverName"/>.</summary>
    /// <param name="context">The trust.</param>
    /// <param name="fd">A connected, non-blocking socket, owned by the connection from here on, also on a fault.</param>
    /// <param name="serverName">The DNS name or address literal that the certificate must be for.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="connection">The connection, or null.</param>
    public static ConnectionFault? Handshake(
        TlsContext context, int fd, string serverName, Deadline deadline, out TlsConnection? connection)
    {
        connection = new TlsConnection(fd, OpenSsl.SSL_new(context.Handle));
        var fault = connection.Expect(serverName) && OpenSsl.SSL_set_fd(connection._ssl, fd) == 1
            ? connection.Handshake(serverName, context.AuthorityName, deadline)
            : new ConnectionFault(FaultKind.Untrusted, $"TLS cannot be set up for {serverName}: {OpenSsl.TakeError()}");
        if (fault is not null)
        {
            connection.Dispose();
            connection = null;
        }

        return fault;
    }

    /// <inheritdoc/>
    public override ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                OpenSsl.ERR_clear_error();
                var count = OpenSsl.SSL_write(_ssl, start + written, bytes.Length - written);
                if (count > 0)
                {
                    written += count;
                }
                else if (Await(count, deadline) is { } fault)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override ConnectionFault? Read(Span<byte> buffer, Deadline deadline, out int count)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                count = 0;
                if (deadline.IsOver)
                {
                    // A peer that never pauses never lets the wait below run out.
                    return new ConnectionFault(FaultKind.Late, "it did not come to an end in time");
                }

                OpenSsl.ERR_clear_error();
                count = OpenSsl.SSL_read(_ssl, start, buffer.Length);
                if (count > 0)
                {
                    return null;
                }

                if (OpenSsl.SSL_get_error(_ssl, count) is OpenSsl.SSL_ERROR_ZERO_RETURN)
                {
                    count = 0;
                    return null;
                }

                if (Await(count, deadline) is { } fault)
                {
                    return fault;
                }
            }
        }
    }

    public override void Dispose()
    {
        if (_ssl != 0)
        {
            OpenSsl.SSL_free(_ssl);
            _ssl = 0;
            Libc.Close(_fd);
        }
    }

    /// <summary>Says who must be at the other end: an address is compared with the certificate's addresses, a name with its names.</summary>
    private bool Expect(string serverName)
    {
        fixed (byte* name = FileBytes.NulTerminated(serverName))
        {
            if (IPAddress.TryParse(serverName, out _))
            {
                return OpenSsl.X509_VERIFY_PARAM_set1_ip_asc(OpenSsl.SSL_get0_param(_ssl), name) == 1;
            }

            // As Go's verifier: the subject's common name does not count, nor does "f*.example.com".
            OpenSsl.SSL_set_hostflags(
                _ssl, OpenSsl.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | OpenSsl.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
            return OpenSsl.SSL_set1_host(_ssl, name) == 1
                && OpenSsl.SSL_ctrl(_ssl, OpenSsl.SSL_CTRL_SET_TLSEXT_HOSTNAME, 0, name) == 1;
        }
    }

    private ConnectionFault? Handshake(string serverName, string authorityName, Deadline deadline)
    {
        while (true)
        {
            OpenSsl.ERR_clear_error();
            var result = OpenSsl.SSL_connect(_ssl);
            if (result == 1)
            {
                return null;
            }

            if (Await(result, deadline) is { } fault)
            {
                // Where nobody verifies there is a result, too, and it is not why the handshake failed.
                var verification = OpenSsl.SSL_get_verify_mode(_ssl) == OpenSsl.SSL_VERIFY_PEER
                    ? OpenSsl.SSL_get_verify_result(_ssl)
                    : OpenSsl.X509_V_OK;
                return verification == OpenSsl.X509_V_OK
                    ? fault
                    : new ConnectionFault(FaultKind.Untrusted, ExplainVerification(verification, serverName, authorityName));
            }
        }
    }

    /// <summary>Waits for what OpenSSL asks for, or says what went wrong.</summary>
    private ConnectionFault? Await(int result, Deadline deadline)
    {
        var errno = Libc.Errno;
        var wanted = OpenSsl.SSL_get_error(_ssl, result);
        switch (wanted)
        {
            case OpenSsl.SSL_ERROR_WANT_READ or OpenSsl.SSL_ERROR_WANT_WRITE:
                var events = wanted is OpenSsl.SSL_ERROR_WANT_READ ? Libc.POLLIN : Libc.POLLOUT;
                return Libc.Wait(_fd, events, deadline.RemainingMs)
                    ? null
                    : new ConnectionFault(FaultKind.Late, "it did not answer in time");
            case OpenSsl.SSL_ERROR_ZERO_RETURN:
                return new ConnectionFault(FaultKind.Broken, "it closed the connection");
            case OpenSsl.SSL_ERROR_SYSCALL:
                return new ConnectionFault(
                    FaultKind.Broken, errno == 0 ? "it closed the connection" : Libc.Explain(errno));
            default:
                // OpenSSL 3 reports a connection that ends without a TLS goodbye as a protocol error.
                return OpenSsl.TakeErrorUnlessEof() is { } reason
                    ? new ConnectionFault(FaultKind.Untrusted, $"{Failed}: {reason}")
                    : new ConnectionFault(FaultKind.Broken, "it closed the connection");
        }
    }

    private static string ExplainVerification(nint verification, string serverName, string authorityName) =>
        (int)verification switch
        {
            OpenSsl.X509_V_ERR_HOSTNAME_MISMATCH or OpenSsl.X509_V_ERR_IP_ADDRESS_MISMATCH =>
                $"its certificate is not for {serverName}",
            OpenSsl.X509_V_ERR_CERT_HAS_EXPIRED => "its certificate has expired, or the clock of this node is wrong",
            OpenSsl.X509_V_ERR_CERT_NOT_YET_VALID => "its certificate is not valid yet, or the clock of this node is wrong",
            OpenSsl.X509_V_ERR_INVALID_PURPOSE => "its certificate is not one for servers",
            _ => $"its certificate is not signed by {authorityName}: "
                + Marshal.PtrToStringUTF8((nint)OpenSsl.X509_verify_cert_error_string(verification)),
        };
}
