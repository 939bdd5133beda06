using System;
using FastProvider.Native;

namespace FastProvider.Journal;

/// <summary>
/// The socket of systemd-journald. A datagram is handed over or lost, at once and silently: a pull never waits for, and never
/// fails because of, its own log line. Called through libc, as System.Net.Sockets would cost at every start.
/// </summary>
internal static unsafe class JournalSocket
{
    /// <summary>Where journald listens, see systemd's "Native Journal Protocol" page.</summary>
    public static ReadOnlySpan<byte> SystemPath => "/run/systemd/journal/socket"u8;

    /// <summary>Hands one datagram to the socket at <paramref name="path"/> (UTF-8, no NUL).</summary>
    /// <returns>False if the datagram is lost: no socket, nobody listens, the queue is full, the datagram is too large.</returns>
    public static bool TrySend(ReadOnlySpan<byte> path, ReadOnlySpan<byte> datagram)
    {
        var descriptor = Open(path, out var address);
        if (descriptor < 0)
        {
            return false;
        }

        fixed (byte* bytes = address.Value)
        {
            var isSent = Libc.TrySend(descriptor, datagram, bytes, (uint)address.Value.Length);
            Libc.Close(descriptor);
            return isSent;
        }
    }

    /// <summary>Whether somebody listens there; nothing is sent.</summary>
    public static bool IsListening(ReadOnlySpan<byte> path)
    {
        var descriptor = Open(path, out var address);
        if (descriptor < 0)
        {
            return false;
        }

        fixed (byte* bytes = address.Value)
        {
            var isListening = Libc.connect(descriptor, bytes, (uint)address.Value.Length) == 0;
            Libc.Close(descriptor);
            return isListening;
        }
    }

    /// <returns>A socket; negative if there can be none, or the path is none.</returns>
    private static int Open(ReadOnlySpan<byte> path, out UnixAddress address) => UnixAddress.TryMake(path, out address)
        ? Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0)
        : -1;
}
