using System.Net.Sockets;

namespace FastProvider.Tests.Agent;

/// <summary>Listens where an agent would, and says to each plugin what it is told to.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<Socket> _held = [];
    private readonly Task _answering;
    private int _asked;

    private FakeAgent(string socket, byte[] says, bool holds, bool isEndless)
    {
        Socket = socket;
        _listener.Bind(new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        _answering = Task.Run(() => AnswerAsync(says, holds, isEndless));
    }

    public string Socket { get; }

    /// <summary>How many plugins have connected.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Listens in the lock directory of a node.</summary>
    /// <param name="lockDirectory">Made if it is missing.</param>
    /// <param name="says">To each plugin, at once.</param>
    /// <param name="holds">The connection stays open then; otherwise it ends.</param>
    /// <param name="isEndless">The last byte comes over and over.</param>
    public static FakeAgent Start(string lockDirectory, byte[] says, bool holds = false, bool isEndless = false) =>
        new(Path.Combine(Directory.CreateDirectory(lockDirectory, OwnerOnly).FullName, "agent.sock"), says, holds, isEndless);

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

    private static void Say(Socket plugin, byte[] says, bool holds, bool isEndless)
    {
        try
        {
            plugin.Send(says);
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
