using System;
using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>
/// One verified TLS connection over a stream that it owns: a socket, or another TLS connection to a proxy. OpenSSL never touches
/// the socket: it works on what was received, at most a piece, and returns. So no peer can hold it inside a call, as one would
/// that answers a ClientHello with endless HelloRequests. More comes from the stream below, which keeps the deadline.
/// </summary>
internal sealed unsafe class TlsConnection : ByteStream
{
    /// <summary>How a fault of TLS itself begins; a missing client certificate may show after the handshake.</summary>
    private const string Failed = "TLS failed";

    /// <summary>Room for more than one record (RFC 8446 section 5.2: 2^14 + 256 bytes, and 5 for its header).</summary>
    private const int PieceBytes = 32 * 1024, MaxRecordBytes = 16 * 1024;

    private readonly ByteStream _below;

    /// <summary>What was received for OpenSSL, and what it wrote and was not sent yet. Freed with <see cref="_ssl"/>.</summary>
    private readonly nint _incoming = OpenSsl.BIO_new(OpenSsl.BIO_s_mem()), _outgoing = OpenSsl.BIO_new(OpenSsl.BIO_s_mem());

    /// <summary>On its way between the stream and OpenSSL: encrypted bytes.</summary>
    private readonly byte[] _piece = ArrayPool<byte>.Shared.Rent(PieceBytes);

    private nint _ssl;

    private TlsConnection(ByteStream below, nint ssl)
    {
        _below = below;
        _ssl = ssl;
        OpenSsl.SSL_set_bio(ssl, _incoming, _outgoing);
    }

    /// <summary>Shakes hands and verifies that the certificate is the CA's and for <paramref name="serverName"/>.</summary>
    /// <param name="context">The trust.</param>
    /// <param name="below">Owned by the connection from here on, also on a fault.</param>
    /// <param name="serverName">The DNS name or address literal that the certificate must be for.</param>
    /// <param name="deadline">When to give up.</param>
    public static ConnectionTry Handshake(TlsContext context, ByteStream below, string serverName, Deadline deadline)
    {
        var ssl = OpenSsl.SSL_new(context.Handle);
        if (ssl == 0)
        {
            below.Dispose();
            return NoTls(serverName);
        }

        var made = new TlsConnection(below, ssl);
        var fault = made.Expect(serverName)
            ? made.Handshake(serverName, context.AuthorityName, deadline)
            : NoTls(serverName);
        if (fault is not null)
        {
            made.Dispose();
            return fault;
        }

        return made;
    }

    /// <inheritdoc/>
    public override bool HasInput => _below.HasInput;

    /// <inheritdoc/>
    public override ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline)
    {
        fixed (byte* start = bytes)
        {
            for (var written = 0; written < bytes.Length;)
            {
                OpenSsl.ERR_clear_error();
                var count = OpenSsl.SSL_write(_ssl, start + written, Math.Min(bytes.Length - written, MaxRecordBytes));
                var fault = count > 0 ? Flush(deadline) : Continue(count, deadline);
                if (fault is not null)
                {
                    return fault;
                }

                written += Math.Max(count, 0);
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
                    // Also if bytes are here already: a peer that never pauses must not be read beyond the deadline.
                    return new ConnectionFault(FaultKind.Late, "it did not come to an end in time");
                }

                OpenSsl.ERR_clear_error();
                count = OpenSsl.SSL_read(_ssl, start, buffer.Length);
                if (count > 0)
                {
                    // Reading may write: the answer to a key update (RFC 8446 section 4.6.3).
                    return Flush(deadline);
                }

                if (OpenSsl.SSL_get_error(_ssl, count) is OpenSsl.SSL_ERROR_ZERO_RETURN)
                {
                    count = 0;
                    return null;
                }

                if (Continue(count, deadline) is { } fault)
                {
                    count = 0;
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
            ArrayPool<byte>.Shared.Return(_piece);
            _below.Dispose();
        }
    }

    private static ConnectionFault NoTls(string serverName) =>
        new(FaultKind.Untrusted, $"TLS cannot be set up for {serverName}: {OpenSsl.TakeError()}");

    private static ConnectionFault Closed() => new(FaultKind.Broken, "it closed the connection");

    /// <summary>
    /// Says who must be at the other end: an address is compared with the certificate's addresses, a name with its names.
    /// </summary>
    private bool Expect(string serverName)
    {
        // To Go both spellings of an IPv4 address are the same (net.IP.Equal); OpenSSL compares the bytes.
        var isAddress = IPAddress.TryParse(serverName, out var address);
        var expected = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4().ToString() : serverName;
        fixed (byte* name = FileBytes.NulTerminated(expected))
        {
            if (isAddress)
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
                // What ends the handshake here goes with the first request.
                return null;
            }

            if (Continue(result, deadline) is { } fault)
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

    /// <summary>Gives OpenSSL what it asks for, or says what went wrong.</summary>
    private ConnectionFault? Continue(int result, Deadline deadline)
    {
        var wanted = OpenSsl.SSL_get_error(_ssl, result);
        switch (wanted)
        {
            case OpenSsl.SSL_ERROR_WANT_READ or OpenSsl.SSL_ERROR_WANT_WRITE:
                return Flush(deadline) ?? (wanted is OpenSsl.SSL_ERROR_WANT_READ ? Receive(deadline) : null);
            case OpenSsl.SSL_ERROR_ZERO_RETURN or OpenSsl.SSL_ERROR_SYSCALL:
                return Closed();
            default:
                var reason = OpenSsl.TakeErrorUnlessEof();
                // The alert that tells the other side why; whether it comes through changes nothing.
                _ = Flush(deadline);
                return reason is null ? Closed()
                    : new ConnectionFault(FaultKind.Untrusted, $"{Failed}: {reason}") { IsOfTls = true };
        }
    }

    private ConnectionFault? Receive(Deadline deadline)
    {
        if (_below.Read(_piece, deadline, out var count) is { } fault)
        {
            return fault;
        }

        if (count == 0)
        {
            return Closed();
        }

        fixed (byte* start = _piece)
        {
            return OpenSsl.BIO_write(_incoming, start, count) == count ? null : NoMemory();
        }
    }

    private ConnectionFault? Flush(Deadline deadline)
    {
        fixed (byte* start = _piece)
        {
            int count;
            while ((count = OpenSsl.BIO_read(_outgoing, start, _piece.Length)) > 0)
            {
                if (_below.Write(_piece.AsSpan(0, count), deadline) is { } fault)
                {
                    return fault;
                }
            }
        }

        return null;
    }

    private static ConnectionFault NoMemory() => new(FaultKind.Untrusted, $"{Failed}: no memory") { IsOfTls = true };

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
