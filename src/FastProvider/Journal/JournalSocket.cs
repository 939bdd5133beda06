using System;
using System.Runtime.InteropServices;
using FastProvider.Native;

namespace FastProvider.Journal;

/// <summary>
/// The socket of systemd-journald. A datagram is handed over or lost, at once and silently: a pull never waits for, and never
/// fails because of, its own log line. Called through libc, as System.Net.Sockets would cost at every start.
/// </summary>
internal static unsafe class JournalSocket
{
    // asm-generic values, the same on x86-64 and arm64 Linux.
    private const int AddressFamilyUnix = 1;
    private const int Datagram = 2;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
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
        var descriptor = addressBytes == 0 ? -1 : Libc.socket(AddressFamilyUnix, Datagram | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        nint sent;
        fixed (byte* bytes = datagram)
        {
            sent = sendto(descriptor, bytes, (nuint)datagram.Length, DontWait | NoSignal, address, addressBytes);
        }

        Libc.Close(descriptor);
        return sent == datagram.Length;
    }

    /// <summary>Whether somebody listens there; nothing is sent.</summary>
    public static bool IsListening(ReadOnlySpan<byte> path)
    {
        var address = stackalloc byte[AddressBytes];
        var addressBytes = Address(path, address);
        var descriptor = addressBytes == 0 ? -1 : Libc.socket(AddressFamilyUnix, Datagram | Libc.SOCK_CLOEXEC, 0);
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
        *(ushort*)address = AddressFamilyUnix;
        path.CopyTo(new Span<byte>(address + sizeof(ushort), AddressPathBytes));
        return (uint)(sizeof(ushort) + path.Length + 1);
    }

    [DllImport("libc")]
    private static extern nint sendto(int descriptor, byte* bytes, nuint length, int flags, byte* address, uint addressBytes);
}
