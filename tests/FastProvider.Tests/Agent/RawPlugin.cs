using System.Buffers.Binary;
using System.Net.Sockets;
using FastProvider.Agent;
using FastProvider.Native;

namespace FastProvider.Tests.Agent;

/// <summary>A connection to an agent on which any bytes are sent.</summary>
internal sealed class RawPlugin : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
    {
        ReceiveTimeout = 30_000,
    };

    public RawPlugin(string socket) => _socket.Connect(new UnixDomainSocketEndPoint(socket));

    /// <summary>Sends bytes and nothing after them, and reads what comes until the agent leaves.</summary>
    /// <returns>The marks and frames, without those that only say that it works.</returns>
    public static byte[] Ask(string socket, ReadOnlySpan<byte> bytes)
    {
        using var plugin = new RawPlugin(socket);
        plugin.Send(bytes);
        plugin._socket.Shutdown(SocketShutdown.Send);
        var said = new List<byte>();
        var buffer = new byte[4096];
        for (int count; (count = plugin.Receive(buffer)) > 0;)
        {
            said.AddRange(buffer[..count]);
        }

        return [.. said];
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>The next byte.</summary>
    public byte ReadMark()
    {
        Span<byte> mark = stackalloc byte[1];
        Assert.Equal(1, _socket.Receive(mark));
        return mark[0];
    }

    /// <summary>A question with its length before it.</summary>
    /// <param name="write">Writes what is asked.</param>
    public static byte[] Frame(Action<SecretBuffer> write)
    {
        using var frame = new SecretBuffer();
        write(frame);
        return WithLength(frame.WrittenSpan[sizeof(int)..]);
    }

    public static byte[] WithLength(ReadOnlySpan<byte> content)
    {
        var framed = new byte[sizeof(int) + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(framed, content.Length);
        content.CopyTo(framed.AsSpan(sizeof(int)));
        return framed;
    }

    /// <summary>A pull with settings of no environment.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="request">What the kubelet wrote.</param>
    public static byte[] Run(string[] arguments, byte[] request) => Frame(frame =>
    {
        using var settings = new SecretBuffer();
        var writer = new FrameWriter(settings);
        writer.Number(arguments.Length);
        Array.ForEach(arguments, writer.Text);
        new RunRequest
        {
            BudgetLeft = TimeSpan.FromSeconds(40), ParentId = Environment.ProcessId, Settings = settings.WrittenSpan,
            Request = request,
        }.WriteTo(frame);
    });

    public void Dispose() => _socket.Dispose();

    private int Receive(byte[] buffer)
    {
        try
        {
            return _socket.Receive(buffer);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            return 0; // it left without having read all
        }
    }
}
