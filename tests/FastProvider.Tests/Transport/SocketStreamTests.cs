using System.Net;
using System.Net.Sockets;
using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>
/// The one place where a run waits for a connected peer, or takes more from it: nothing of that after the deadline.
/// </summary>
public sealed class SocketStreamTests
{
    private static readonly Deadline Over = Deadline.After(TimeSpan.Zero);

    [Fact]
    public async Task What_lies_ready_is_not_taken_after_the_deadline()
    {
        using var peer = new Peer();
        await peer.Socket.SendAsync(new byte[100]);
        while (!peer.IsReadable)
        {
            await Task.Delay(1);
        }

        var fault = peer.Stream.Read(new byte[10], Over, out var count);

        Assert.Equal((FaultKind.Late, 0), (fault?.Kind, count));
        Assert.Null(peer.Stream.Read(new byte[10], RecordServer.Soon, out count));
        Assert.Equal(10, count);
    }

    [Fact]
    public void Nothing_is_sent_after_the_deadline()
    {
        using var peer = new Peer();

        Assert.Equal(FaultKind.Late, peer.Stream.Write(new byte[10], Over)?.Kind);

        Assert.Null(peer.Stream.Write("x"u8, RecordServer.Soon));
        Assert.Equal(1, peer.Socket.Receive(new byte[100]));
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_waited_for_until_the_deadline()
    {
        using var peer = new Peer();

        var fault = await Bounded(() => peer.Stream.Read(new byte[10], Deadline.After(TimeSpan.FromMilliseconds(50)), out _));

        Assert.Equal(FaultKind.Late, fault?.Kind);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_waited_for_until_the_deadline()
    {
        using var peer = new Peer();

        var fault = await Bounded(() =>
            peer.Stream.Write(new byte[64 * 1024 * 1024], Deadline.After(TimeSpan.FromMilliseconds(200))));

        Assert.Equal(FaultKind.Late, fault?.Kind);
    }

    [Fact]
    public void The_end_of_the_peers_stream_is_the_end()
    {
        using var peer = new Peer();
        peer.Socket.Shutdown(SocketShutdown.Send);

        Assert.Null(peer.Stream.Read(new byte[10], RecordServer.Soon, out var count));
        Assert.Equal(0, count);
    }

    /// <summary>Fails instead of hanging.</summary>
    private static async Task<ConnectionFault?> Bounded(Func<ConnectionFault?> call) =>
        await Task.Factory.StartNew(call, TaskCreationOptions.LongRunning).WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>A stream, and the socket at its other end.</summary>
    private sealed class Peer : IDisposable
    {
        public Peer()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            var reached = TcpConnector.Connect("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, RecordServer.Soon);
            Stream = Assert.IsType<SocketStream>(reached.Stream);
            Descriptor = Stream.Fd;
            Socket = listener.AcceptSocket();
        }

        public SocketStream Stream { get; }

        public Socket Socket { get; }

        public bool IsReadable => FastProvider.Native.Libc.Wait(Descriptor, FastProvider.Native.Libc.POLLIN, 0);

        private int Descriptor { get; }

        public void Dispose()
        {
            Stream.Dispose();
            Socket.Dispose();
        }
    }
}
