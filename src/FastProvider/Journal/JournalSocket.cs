using System;
using FastProvider.Native;

namespace FastProvider.Journal;

/// <summary>
/// The socket of systemd-journald. A datagram is handed over or lost, at once and silently: a pull never waits for, and never
/// fails because of, its own log line. Called through libc, as System.Net.Sockets would cost at every start.
/// </summary>
internal static unsafe class JournalSocket
{
    private const int AddressPathBytes = 108;
    private const int AddressBytes = sizeof(ushort) + AddressPathBytes;

    /// <summary>Where journald listens, see systemd's "Native Journal Protocol" page.</summary>
    public static ReadOnlySpan<byte> SystemPath => "/run/systemd/journal/socket"u8;

    /// <summary>Hands one datagram to the socket at <paramref name="path"/> (UTF-8, no NUL).</summary>
    /// <returns>False if the datagram is lost: no socket, nobody listens, the queue is full, the datagram is too large.</returns>
    public static bool TrySend(ReadOnlySpan<byte> path, ReadOnlySpan<byte> datagram)
    {
        var address = stackalloc byte[AddressBytes];
        var addressBytes = Address(path, address);
        var descriptor = addressBytes == 0 ? -1 : Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        var isSent = Libc.TrySend(descriptor, datagram, address, addressBytes);
        Libc.Close(descriptor);
        return isSent;
    }

    /// <summary>Whether somebody listens there; nothing is sent.</summary>
    public static bool IsListening(ReadOnlySpan<byte> path)
    {
        var address = stackalloc byte[AddressBytes];
        var addressBytes = Address(path, address);
        var descriptor = addressBytes == 0 ? -1 : Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        var isListening = Libc.connect(descriptor, address, addressBytes) == 0;
        Libc.Close(descriptor);
        return isListening;
    }

    /// <returns>The length of the address; 0 if the path is none.</returns>
    private static uint Address(ReadOnlySpan<byte> path, byte* address)
    {
        // The kernel wants the terminating NUL inside the 108 bytes of sun_path.
        if (path.IsEmpty || path.Length >= AddressPathBytes)
        {
            return 0;
        }

        new Span<byte>(address, AddressBytes).Clear();
        *(ushort*)address = Libc.AF_UNIX;
        path.CopyTo(new Span<byte>(address + sizeof(ushort), AddressPathBytes));
        return (uint)(sizeof(ushort) + path.Length + 1);
    }
}
