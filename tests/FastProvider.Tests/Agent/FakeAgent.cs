using System.Net.Sockets;
using System.Text;
using FastProvider.Agent;
using FastProvider.Native;

namespace FastProvider.Tests.Agent;

/// <summary>Listens where an agent would, and says to each plugin what it is told to.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _held = [];
    private readonly Task _answering;
    private int _asked, _answered;

    private FakeAgent(string socket, byte[] says, bool holds, bool isEndless)
    {
        Socket = socket;
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen();
        _answering = Task.Run(() => AnswerAsync(says, holds, isEndless));
    }

    public string Socket { get; }

    /// <summary>How many plugins have connected.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>How many of them have all that is said to them.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Listens in the lock directory of a node.</summary>
    /// <param name="lockDirectory">Made if it is missing.</param>
    /// <param name="says">To each plugin, at once.</param>
    /// <param name="holds">The connection stays open then; otherwise it ends.</param>
    /// <param name="isEndless">The last byte comes over and over.</param>
    public static FakeAgent Start(string lockDirectory, byte[] says, bool holds = false, bool isEndless = false) =>
        new(Path.Combine(Directory.CreateDirectory(lockDirectory, OwnerOnly).FullName, "agent.sock"), says, holds, isEndless);

    /// <summary>One that says of itself what a test wants: of another version, or much later than a test can wait.</summary>
    public static FakeAgent Saying(string lockDirectory, string status)
    {
        using var reply = new SecretBuffer();
        new AgentReply
        {
            ExitStatus = 0, Output = Encoding.UTF8.GetBytes(status), Line = default, Entry = default,
        }.WriteTo(reply);
        return Start(lockDirectory, [AgentMark.Begun, AgentMark.Reply, .. RawPlugin.WithLength(reply.WrittenSpan)]);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _answering;
        _held.ForEach(socket => socket.Dispose());
    }

    private async Task AnswerAsync(byte[] says, bool holds, bool isEndless)
    {
        try
        {
            while (true)
            {
                var plugin = await _listener.AcceptAsync();
                Interlocked.Increment(ref _asked);
                _held.Add(plugin);
                _ = Task.Run(() => Say(plugin, says, holds, isEndless));
            }
        }
        catch (SocketException)
        {
            // No more.
        }
        catch (ObjectDisposedException)
        {
            // Nor here.
        }
    }

    private void Say(Socket plugin, byte[] says, bool holds, bool isEndless)
    {
        try
        {
            plugin.Send(says);
            Interlocked.Increment(ref _answered);
            var endless = Enumerable.Repeat(says.LastOrDefault(), 4096).ToArray();
            while (isEndless)
            {
                plugin.Send(endless);
            }

            if (!holds)
            {
                plugin.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The plugin has left.
        }
        catch (ObjectDisposedException)
        {
            // The test has.
        }
    }
}
