using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Transport;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// A TLS connection of the plugin whose other end sends from memory: each piece in a record of its own, all of it before the
/// first read. A shared key instead of certificates keeps the handshake short; no socket, no thread, no clock.
/// </summary>
internal static unsafe partial class InMemoryTls
{
    private const string Ssl = "libssl.so.3", Crypto = "libcrypto.so.3";
    private const int SetMaxProtocol = 124, Tls12 = 0x303, Pending = 10, MostRecordBytes = 16 * 1024, KeyBytes = 32;

    private static readonly nint Client = CreateContext(isServer: false), Server = CreateContext(isServer: true);

    /// <param name="pieces">What the other end sends.</param>
    /// <param name="saysGoodbye">Whether it ends its stream as TLS wants, or just stops.</param>
    public static TlsConnection Connect(IEnumerable<ReadOnlyMemory<byte>> pieces, bool saysGoodbye)
    {
        nint client = OpenSsl.SSL_new(Client), server = OpenSsl.SSL_new(Server);
        nint toClient = OpenSsl.BIO_new(OpenSsl.BIO_s_mem()), toServer = OpenSsl.BIO_new(OpenSsl.BIO_s_mem());
        Must(BIO_up_ref(toClient) == 1 && BIO_up_ref(toServer) == 1);
        OpenSsl.SSL_set_bio(client, toClient, toServer);
        OpenSsl.SSL_set_bio(server, toServer, toClient);
        SSL_set_connect_state(client);
        SSL_set_accept_state(server);
        for (var turn = 0; SSL_do_handshake(client) != 1 | SSL_do_handshake(server) != 1; turn++)
        {
            Must(turn < 10);
        }

        foreach (var piece in pieces)
        {
            Send(server, piece.Span);
        }

        // 0: our goodbye is said, the other one's not heard.
        Must(!saysGoodbye || SSL_shutdown(server) == 0);

        // The connection brings its own memories, so what is in this one becomes its stream.
        var sent = new byte[(int)BIO_ctrl(toClient, Pending, 0, 0)];
        fixed (byte* start = sent)
        {
            Must(sent.Length == 0 || OpenSsl.BIO_read(toClient, start, sent.Length) == sent.Length);
        }

        OpenSsl.SSL_free(server);
        return Create(new SentBefore(sent), client);
    }

    private static void Send(nint server, ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var record = piece[..Math.Min(piece.Length, MostRecordBytes)];
            fixed (byte* start = record)
            {
                Must(OpenSsl.SSL_write(server, start, record.Length) == record.Length);
            }

            piece = piece[record.Length..];
        }
    }

    private static nint CreateContext(bool isServer)
    {
        Must(OpenSsl.Load() is null);
        var context = OpenSsl.SSL_CTX_new(TLS_method());
        OpenSsl.SSL_CTX_ctrl(context, SetMaxProtocol, Tls12, null);
        fixed (byte* ciphers = "PSK-AES128-GCM-SHA256\0"u8)
        {
            Must(SSL_CTX_set_cipher_list(context, ciphers) == 1);
        }

        if (isServer)
        {
            SSL_CTX_set_psk_server_callback(context, &KeyOfServer);
        }
        else
        {
            // As the plugin's own context.
            OpenSsl.SSL_CTX_ctrl(context, OpenSsl.SSL_CTRL_SET_READ_AHEAD, 1, null);
            SSL_CTX_set_psk_client_callback(context, &KeyOfClient);
        }

        return context;
    }

    private static void Must(bool isSo)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"TLS in memory cannot be set up: {OpenSsl.TakeError()}");
        }
    }

    [UnmanagedCallersOnly]
    private static uint KeyOfClient(nint ssl, byte* hint, byte* identity, uint maxIdentity, byte* key, uint maxKey)
    {
        identity[0] = (byte)'x';
        identity[1] = 0;
        new Span<byte>(key, KeyBytes).Fill(1);
        return KeyBytes;
    }

    [UnmanagedCallersOnly]
    private static uint KeyOfServer(nint ssl, byte* identity, byte* key, uint maxKey)
    {
        new Span<byte>(key, KeyBytes).Fill(1);
        return KeyBytes;
    }

    /// <summary>All that the other end has sent; then its stream ends.</summary>
    private sealed class SentBefore(byte[] sent) : ByteStream
    {
        private int _read;

        public override bool HasInput => true;

        public override ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline) => null;

        public override ConnectionFault? Read(Span<byte> buffer, Deadline deadline, out int count)
        {
            count = Math.Min(buffer.Length, sent.Length - _read);
            sent.AsSpan(_read, count).CopyTo(buffer);
            _read += count;
            return null;
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>The way around the handshake with a server over a socket.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern TlsConnection Create(ByteStream below, nint ssl);

    [LibraryImport(Ssl)]
    private static partial nint TLS_method();

    [LibraryImport(Ssl)]
    private static partial int SSL_CTX_set_cipher_list(nint context, byte* ciphers);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_psk_client_callback(
        nint context, delegate* unmanaged<nint, byte*, byte*, uint, byte*, uint, uint> callback);

    [LibraryImport(Ssl)]
    private static partial void SSL_CTX_set_psk_server_callback(
        nint context, delegate* unmanaged<nint, byte*, byte*, uint, uint> callback);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Ssl)]
    private static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Ssl)]
    private static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Ssl)]
    private static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Crypto)]
    private static partial int BIO_up_ref(nint bio);

    [LibraryImport(Crypto)]
    private static partial nint BIO_ctrl(nint bio, int command, nint number, nint pointer);
}
