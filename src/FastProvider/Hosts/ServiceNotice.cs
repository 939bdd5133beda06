using System;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>What a service tells systemd of itself (sd_notify(3)); nothing where nobody asks.</summary>
internal sealed class ServiceNotice
{
    private Deadline _next;

    /// <summary>How often systemd wants to hear that the process lives: half of WATCHDOG_USEC.</summary>
    public TimeSpan? Every { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture,
            out var microseconds)
            ? TimeSpan.FromMicroseconds(microseconds / 2) : null;

    /// <summary>Says that the process lives, when it is time to.</summary>
    public void Renew()
    {
        if (Every is { } every && _next.IsOver)
        {
            _next = Deadline.After(every / 2);
            Send("WATCHDOG=1");
        }
    }

    /// <summary>Says something.</summary>
    public static unsafe void Send(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
        {
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(path);
        if (bytes[0] == (byte)'@')
        {
            bytes[0] = 0; // of the abstract namespace
        }

        var fd = Libc.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (fd >= 0 && UnixAddress.TryMake(bytes, out var address))
        {
            // The name of an abstract socket ends with the address and not with a NUL.
            var length = address.Value.Length - (bytes[0] == 0 ? 1 : 0);
            fixed (byte* start = address.Value)
            {
                _ = Libc.TrySend(fd, Encoding.ASCII.GetBytes(state), start, (uint)length);
            }
        }

        Libc.Close(fd);
    }
}
