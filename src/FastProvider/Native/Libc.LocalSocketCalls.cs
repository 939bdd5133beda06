using System;
using System.Runtime.InteropServices;

namespace FastProvider.Native;

/// <content>Sockets between processes of one node, and what tells that names in a directory change.</content>
internal static unsafe partial class Libc
{
    private const int SO_PEERCRED = 17, UnderlyingBacklog = 128;
    private const uint AllButOwnersReadWrite = 0x7F; // 0177
    private const int IN_NONBLOCK = 0x800, IN_CLOEXEC = 0x80000;
    private const uint IN_MOVED_FROM = 0x40, IN_DELETE = 0x200, IN_ONLYDIR = 0x01000000;
    private const int EFD_NONBLOCK = 0x800, EFD_CLOEXEC = 0x80000;
    private const uint RENAME_NOREPLACE = 1, RENAME_EXCHANGE = 2;

    /// <summary>Who is at the other end of a Unix socket, <c>struct ucred</c> of unix(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PeerCredentials
    {
        public int ProcessId;
        public uint UserId, GroupId;
    }

    [DllImport(Lazily)]
    private static extern int bind(int fd, byte* address, uint addressLength);

    [DllImport(Lazily)]
    private static extern int listen(int fd, int backlog);

    [DllImport(Lazily)]
    private static extern int accept4(int fd, void* address, uint* addressLength, int flags);

    [DllImport(Lazily)]
    private static extern uint umask(uint mask);

    [DllImport(Lazily)]
    private static extern int dup3(int fd, int target, int flags);

    [DllImport(Lazily)]
    private static extern int shutdown(int fd, int how);

    [DllImport(Lazily)]
    private static extern int inotify_init1(int flags);

    [DllImport(Lazily)]
    private static extern int inotify_add_watch(int fd, byte* path, uint mask);

    [DllImport(Lazily)]
    private static extern int setpriority(int which, int who, int priority);

    [DllImport(Lazily)]
    private static extern int eventfd(uint count, int flags);

    [DllImport(Lazily)]
    private static extern int renameat2(int oldDirectory, byte* oldPath, int newDirectory, byte* newPath, uint flags);

    /// <summary>Both ends of a pipe.</summary>
    public readonly record struct PipeEnds(int Reading, int Writing);

    /// <summary>A pipe whose reading does not block.</summary>
    public static PipeEnds OpenPipe()
    {
        var ends = stackalloc int[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
        {
            return new PipeEnds(-1, -1);
        }

        StopBlocking(ends[0]);
        return new PipeEnds(ends[0], ends[1]);
    }

    /// <summary>
    /// A descriptor that can be read from when SIGTERM comes, which does not end the process any more. The handler of the signal
    /// is the C library's close: it closes the descriptor that has the number of the signal, the other end of this one. A handler
    /// in managed code cannot be, and the runtime's own way links its pool of threads into every start.
    /// </summary>
    /// <returns>A descriptor, or the negated error number.</returns>
    public static int OpenTermination()
    {
        var ends = OpenPipe();
        if (ends.Reading < 0 || dup3(ends.Writing, SIGTERM, O_CLOEXEC) != SIGTERM)
        {
            return -(int)Errno;
        }

        Close(ends.Writing);
        if (NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "close", out var close))
        {
            _ = signal(SIGTERM, close);
        }

        return ends.Reading;
    }

    /// <summary>As if SIGTERM had come.</summary>
    public static void Terminate() => Close(SIGTERM);

    /// <summary>Connects to a socket of this node, at once or not at all.</summary>
    /// <returns>A descriptor that does not block, or the negated error number.</returns>
    public static int ConnectLocal(in UnixAddress address)
    {
        var fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
        {
            return -(int)Errno;
        }

        fixed (byte* bytes = address.Value)
        {
            if (connect(fd, bytes, (uint)address.Value.Length) == 0)
            {
                return fd;
            }
        }

        var errno = Errno;
        Close(fd);
        return -(int)errno;
    }

    /// <summary>Listens on a socket that only its owner can connect to. Call it before there are other threads.</summary>
    /// <returns>A descriptor that does not block, or the negated error number.</returns>
    public static int ListenLocal(in UnixAddress address)
    {
        var fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
        {
            return -(int)Errno;
        }

        fixed (byte* bytes = address.Value)
        {
            // The mode of the socket's file is given when it is bound, so nobody else can connect before it is changed.
            var mask = umask(AllButOwnersReadWrite);
            var isBound = bind(fd, bytes, (uint)address.Value.Length) == 0;
            _ = umask(mask);
            if (isBound && listen(fd, UnderlyingBacklog) == 0)
            {
                return fd;
            }
        }

        var errno = Errno;
        Close(fd);
        return -(int)errno;
    }

    /// <summary>Listens on an address of this node.</summary>
    /// <param name="host">A literal.</param>
    /// <param name="port">The port.</param>
    /// <returns>A descriptor that does not block, or the negated error number.</returns>
    public static int ListenTcp(string host, int port)
    {
        const int reuseAddress = 2; // SO_REUSEADDR
        if (Resolve(host, port, isLiteral: true, out var address) is not null)
        {
            return -(int)Errno.EADDRNOTAVAIL;
        }

        var on = 1;
        var fd = socket(address->Family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        var isListening = fd >= 0 && setsockopt(fd, SOL_SOCKET, reuseAddress, &on, sizeof(int)) == 0
            && bind(fd, address->Address, address->AddressLength) == 0 && listen(fd, UnderlyingBacklog) == 0;
        var errno = Errno;
        freeaddrinfo(address);
        if (isListening)
        {
            return fd;
        }

        if (fd >= 0)
        {
            Close(fd);
        }

        return -(int)errno;
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public static void EndSending(int fd)
    {
        const int writing = 1; // SHUT_WR
        _ = shutdown(fd, writing);
    }

    /// <summary>Takes a connection that waits.</summary>
    /// <returns>A descriptor that does not block, or the negated error number; EAGAIN if none waits.</returns>
    public static int Accept(int listening)
    {
        while (true)
        {
            var fd = accept4(listening, null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd >= 0)
            {
                return fd;
            }

            if (Errno is not Errno.EINTR)
            {
                return -(int)Errno;
            }
        }
    }

    /// <summary>A descriptor that was handed over does not block from here on.</summary>
    public static void StopBlocking(int fd)
    {
        const int getFlags = 3, setFlags = 4; // F_GETFL, F_SETFL
        _ = fcntl(fd, setFlags, fcntl(fd, getFlags, 0) | O_NONBLOCK);
    }

    /// <summary>Who connected, or who listens, as the kernel has it.</summary>
    /// <returns>None, or the error number.</returns>
    public static Errno Peer(int fd, out PeerCredentials peer)
    {
        var length = (uint)sizeof(PeerCredentials);
        fixed (PeerCredentials* target = &peer)
        {
            return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, target, &length) == 0 ? 0 : Errno;
        }
    }

    /// <summary>Sends what the socket takes at once.</summary>
    /// <returns>The number of bytes, or the negated error number; EAGAIN if it takes none.</returns>
    public static int Send(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            while (true)
            {
                var sent = sendto(fd, start, (nuint)bytes.Length, MSG_DONTWAIT | MSG_NOSIGNAL, null, 0);
                if (sent >= 0)
                {
                    return (int)sent;
                }

                if (Errno is not Errno.EINTR)
                {
                    return -(int)Errno;
                }
            }
        }
    }

    /// <summary>A descriptor that tells of names that leave directories (inotify(7)).</summary>
    /// <returns>A descriptor that does not block, or the negated error number.</returns>
    public static int OpenNameWatch()
    {
        var fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        return fd < 0 ? -(int)Errno : fd;
    }

    /// <summary>Watches a directory for names that are moved away or removed.</summary>
    /// <returns>The number of the directory in what is told, or the negated error number.</returns>
    public static int WatchNames(int watch, ReadOnlySpan<byte> nulTerminatedPath)
    {
        fixed (byte* path = nulTerminatedPath)
        {
            var number = inotify_add_watch(watch, path, IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR);
            return number < 0 ? -(int)Errno : number;
        }
    }

    /// <summary>The calling thread goes before those of usual priority, if this process may say so. It is to do little.</summary>
    public static void GoFirst() => _ = setpriority(0, 0, -20);

    /// <summary>A descriptor by which one thread wakes another; writing eight bytes does.</summary>
    /// <returns>A descriptor that does not block, or the negated error number.</returns>
    public static int OpenWaker()
    {
        var fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        return fd < 0 ? -(int)Errno : fd;
    }

    /// <summary>Wakes whoever waits for a waker.</summary>
    public static void Wake(int waker)
    {
        var one = 1ul;
        _ = write(waker, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Waits until one of several descriptors can be read; a negative one is passed over.</summary>
    /// <param name="first">One.</param>
    /// <param name="second">Another.</param>
    /// <param name="timeoutMs">How long at most; negative for as long as it takes.</param>
    public static void WaitForEither(int first, int second, int timeoutMs)
    {
        var descriptors = stackalloc PollDescriptor[2] { new(first, POLLIN), new(second, POLLIN) };
        _ = poll(descriptors, 2, timeoutMs);
    }

    /// <summary>Gives a file a name that no other has yet.</summary>
    /// <returns>None, or the error number; EEXIST if there is such a name.</returns>
    public static Errno RenameToFree(int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo) =>
        Rename(directory, nulTerminatedFrom, nulTerminatedTo, RENAME_NOREPLACE);

    /// <summary>Two files change their names in one step.</summary>
    /// <returns>None, or the error number; ENOENT if one is not there.</returns>
    public static Errno ExchangeNames(
        int directory, ReadOnlySpan<byte> nulTerminatedOne, ReadOnlySpan<byte> nulTerminatedOther) =>
        Rename(directory, nulTerminatedOne, nulTerminatedOther, RENAME_EXCHANGE);

    private static Errno Rename(
        int directory, ReadOnlySpan<byte> nulTerminatedFrom, ReadOnlySpan<byte> nulTerminatedTo, uint flags)
    {
        fixed (byte* from = nulTerminatedFrom, to = nulTerminatedTo)
        {
            return renameat2(directory, from, directory, to, flags) == 0 ? 0 : Errno;
        }
    }
}
