using System;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Sockets, the resolver, and waiting for descriptors.</content>
internal static unsafe partial class Libc
{
    public const int AF_UNSPEC = 0, AF_UNIX = 1, AF_INET = 2, SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_NONBLOCK = 0x800,
        SOCK_CLOEXEC = 0x80000;
    private const int MSG_DONTWAIT = 0x40, MSG_NOSIGNAL = 0x4000;
    public const int AI_NUMERICHOST = 4, AI_ADDRCONFIG = 0x20, AI_NUMERICSERV = 0x400;
    public const short POLLIN = 1, POLLOUT = 4, POLLNVAL = 0x20;
    private const int IPPROTO_TCP = 6, TCP_NODELAY = 1, SOL_SOCKET = 1, SO_ERROR = 4;

    /// <summary>One address of a name, <c>struct addrinfo</c> of getaddrinfo(3) as glibc lays it out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct AddressInfo
    {
        public int Flags, Family, SocketType, Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor(int descriptor, short events = 0)
    {
        public readonly int Descriptor = descriptor;
        public readonly short Events = events;
        public readonly short ReturnedEvents;
    }

    [DllImport("libc")]
    private static extern int getaddrinfo(byte* host, byte* service, AddressInfo* hints, AddressInfo** result);

    [DllImport("libc")]
    public static extern void freeaddrinfo(AddressInfo* result);

    [DllImport("libc")]
    private static extern byte* gai_strerror(int error);

    [DllImport("libc")]
    public static extern int socket(int family, int type, int protocol);

    [DllImport("libc")]
    public static extern int connect(int fd, byte* address, uint addressLength);

    [DllImport("libc")]
    private static extern nint sendto(int fd, byte* bytes, nuint length, int flags, byte* address, uint addressLength);

    [DllImport("libc")]
    private static extern int setsockopt(int fd, int level, int option, void* value, uint length);

    [DllImport("libc")]
    private static extern int getsockopt(int fd, int level, int option, void* value, uint* length);

    [DllImport("libc")]
    private static extern int poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    /// <summary>
    /// Whether this process can open one more file: a library that cannot be loaded and a name that cannot be resolved do not
    /// say that this is why.
    /// </summary>
    /// <returns>None, or EMFILE or ENFILE.</returns>
    public static Errno DescriptorShortage()
    {
        var fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd >= 0)
        {
            Close(fd);
            return 0;
        }

        return Errno is Errno.EMFILE or Errno.ENFILE ? Errno : 0;
    }

    /// <summary>The addresses of a host; give them back with <see cref="freeaddrinfo"/>.</summary>
    /// <returns>Null, or the resolver's words for what went wrong.</returns>
    public static string? Resolve(string host, int port, bool isLiteral, out AddressInfo* addresses)
    {
        var hints = new AddressInfo { Family = AF_UNSPEC, SocketType = SOCK_STREAM, Flags = AI_NUMERICSERV | AI_ADDRCONFIG };
        // A literal needs no resolver, and must work on a node whose only interface is loopback.
        if (isLiteral)
        {
            hints.Flags = AI_NUMERICSERV | AI_NUMERICHOST;
        }

        AddressInfo* found = null;
        fixed (byte* hostBytes = FileBytes.NulTerminated(host), portBytes = FileBytes.NulTerminated($"{port}"))
        {
            var error = getaddrinfo(hostBytes, portBytes, &hints, &found);
            addresses = found;
            return error == 0 ? null : Marshal.PtrToStringUTF8((nint)gai_strerror(error)) ?? $"resolver error {error}";
        }
    }

    /// <summary>Starts to connect without waiting.</summary>
    /// <returns>None when connected or under way, else the error number.</returns>
    public static Errno StartConnect(int fd, AddressInfo* address)
    {
        var on = 1;
        _ = setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));
        return connect(fd, address->Address, address->AddressLength) == 0 || Errno is Errno.EINPROGRESS or Errno.EINTR ? 0
            : Errno;
    }

    /// <summary>Sends one datagram at once, or not at all.</summary>
    /// <returns>Whether all of it is on its way.</returns>
    public static bool TrySend(int fd, ReadOnlySpan<byte> datagram, byte* address, uint addressLength)
    {
        fixed (byte* bytes = datagram)
        {
            var sent = sendto(fd, bytes, (nuint)datagram.Length, MSG_DONTWAIT | MSG_NOSIGNAL, address, addressLength);
            return sent == datagram.Length;
        }
    }

    /// <summary>How a connection that was started has ended.</summary>
    public static Errno SocketError(int fd)
    {
        var error = 0;
        uint length = sizeof(int);
        return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? (Errno)error : Errno;
    }

    /// <summary>Looks at several descriptors without waiting.</summary>
    public static void Look(Span<PollDescriptor> descriptors) => WaitForAny(descriptors, 0);

    /// <summary>Waits until one of several descriptors is ready; a negative one is passed over.</summary>
    /// <param name="descriptors">Get what became of them.</param>
    /// <param name="timeoutMs">How long at most.</param>
    public static void WaitForAny(Span<PollDescriptor> descriptors, int timeoutMs)
    {
        fixed (PollDescriptor* first = descriptors)
        {
            while (poll(first, (nuint)descriptors.Length, timeoutMs) < 0 && Errno is Errno.EINTR)
            {
            }
        }
    }

    /// <summary>Waits until the descriptor is ready, for at most <paramref name="timeoutMs"/>.</summary>
    /// <returns>False when the time is over.</returns>
    public static bool Wait(int fd, short events, long timeoutMs)
    {
        var descriptor = new PollDescriptor(fd, events);
        var end = Environment.TickCount64 + timeoutMs;
        while (timeoutMs >= 0)
        {
            var ready = poll(&descriptor, 1, (int)Math.Min(timeoutMs, int.MaxValue));
            if (ready > 0)
            {
                return true;
            }

            if (ready < 0 && Errno is not Errno.EINTR)
            {
                // The descriptor itself is at fault: the read or write that follows says how.
                return true;
            }

            if (ready == 0)
            {
                return false;
            }

            timeoutMs = end - Environment.TickCount64;
        }

        return false;
    }
}
