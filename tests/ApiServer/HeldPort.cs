using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// A port of loopback that no other test gets when its server is gone. A test that takes its server down, or that leaves a
/// process behind which goes on trying, would otherwise reach the server of a test beside it: it sees an answer where it expects
/// none, and the other test counts a connection that it never made.
/// </summary>
public static class HeldPort
{
    /// <summary>The oldest are given back, as each costs a descriptor.</summary>
    private const int MostHeld = 1000;

    private static readonly ConcurrentQueue<Socket> Held = new();

    /// <summary>A free port, which one server after the other may listen on; where none does, a connection is refused.</summary>
    public static int Take(IPAddress address)
    {
        var holder = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);

        // .NET sets SO_REUSEADDR. Linux lets another such socket listen where this one is bound and does not listen, if it asks
        // for this very port; it gives such a port to nobody who asks for any free one.
        holder.Bind(new IPEndPoint(address, 0));
        Held.Enqueue(holder);
        while (Held.Count > MostHeld && Held.TryDequeue(out var oldest))
        {
            oldest.Dispose();
        }

        return ((IPEndPoint)holder.LocalEndPoint!).Port;
    }
}
