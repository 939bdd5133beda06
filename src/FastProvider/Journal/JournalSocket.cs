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

    /// <summary>Where journald listens, see systemd's "Native Journal Protocol" page.</summary>
    public static ReadOnlySpan<byte> SystemPath => "/run/systemd/journal/socket"u8;

    /// <summary>Hands one datagram to the socket at <paramref name="path"/> (UTF-8, no NUL).</summary>
    /// <returns>False if the datagram is lost: no socket, nobody listens, the queue is full, the datagram is too large.</returns>
    public static bool TrySend(ReadOnlySpan<byte> path, ReadOnlySpan<byte> datagram)
    {
        // The kernel wants the terminating NUL inside the 108 bytes of sun_path.
        if (path.IsEmpty || path.Length >= AddressPathBytes)
        {
            return false;
        }

        var descriptor = Libc.socket(AddressFamilyUnix, Datagram | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0)
        {
            return false;
        }

        var address = stackalloc byte[sizeof(ushort) + AddressPathBytes];
        *(ushort*)address = AddressFamilyUnix;
        path.CopyTo(new Span<byte>(address + sizeof(ushort), AddressPathBytes));
        var addressBytes = (uint)(sizeof(ushort) + path.Length + 1);

        nint sent;
        fixed (byte* bytes = datagram)
        {
            sent = sendto(descriptor, bytes, (nuint)datagram.Length, DontWait | NoSignal, address, addressBytes);
        }

        Libc.Close(descriptor);
        return sent == datagram.Length;
    }

    [DllImport("libc")]
    private static extern nint sendto(int descriptor, byte* bytes, nuint length, int flags, byte* address, uint addressBytes);
}
