using System.Diagnostics;
using System.Net.Sockets;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>The agent of one node: the published binary, as <c>fast-provider agent</c>.</summary>
internal sealed class NodeAgent : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _said;

    private NodeAgent(Process process, string socket)
    {
        _process = process;
        Socket = socket;
        _said = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether scenes are to have an agent: the same tests, run for both hosts.</summary>
    public static bool IsForAll { get; } = Environment.GetEnvironmentVariable("FAST_PROVIDER_TEST_HOST") is "agent";

    public int Id => _process.Id;

    public string Socket { get; }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="lockDirectory">The node's lock directory; it is made.</param>
    /// <param name="more">Flags.</param>
    public static NodeAgent Start(string lockDirectory, params string[] more) => StartAs([], lockDirectory, more);

    /// <summary>The same under another program.</summary>
    /// <param name="under">That program, with its arguments; it becomes the agent, or has it as a child.</param>
    /// <param name="lockDirectory">The node's lock directory; it is made.</param>
    /// <param name="more">Flags.</param>
    public static NodeAgent StartAs(string[] under, string lockDirectory, params string[] more) =>
        StartAs(under, lockDirectory, isInRoot: false, more);

    /// <inheritdoc cref="StartAs(string[], string, string[])"/>
    /// <param name="under">That program, with its arguments; it becomes the agent, or has it as a child.</param>
    /// <param name="lockDirectory">Where the socket is to be seen from here.</param>
    /// <param name="isInRoot">The flags say all, for a root of its own.</param>
    /// <param name="more">Flags.</param>
    public static NodeAgent StartAs(string[] under, string lockDirectory, bool isInRoot, params string[] more)
    {
        string[] line = [.. under, Plugin.Binary, "agent", .. isInRoot ? [] : (string[])["--lock-dir", lockDirectory], .. more];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        start.Environment.Clear();
        var agent = new NodeAgent(Process.Start(start)!, Path.Combine(lockDirectory, "agent.sock"));
        Assert.True(SpinWait.SpinUntil(() => agent.HasEnded || agent.Listens(), Patience) && !agent.HasEnded,
            "The agent does not listen.");
        return agent;
    }

    /// <summary>Whether a connection is taken.</summary>
    public bool Listens()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>What it says of itself, by the names of its lines.</summary>
    public async Task<IReadOnlyDictionary<string, string>> StatusAsync()
    {
        var run = await Plugin.RunAsync(["agent", "--socket", Socket, "--status"], []);
        Assert.True(run.ExitCode == 0, run.Stderr);
        return System.Text.Encoding.UTF8.GetString(run.Stdout).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2)).GroupBy(parts => parts[0], parts => parts[1])
            .ToDictionary(lines => lines.Key, lines => string.Join('\n', lines));
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("/bin/kill", ["-s", signal, $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit status and what it said.</returns>
    public async Task<(int ExitCode, string Said)> EndAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return (_process.ExitCode, await _said);
    }

    /// <summary>Tells the agent to end, also where another program has it as its child.</summary>
    public async Task StopAsync()
    {
        var id = (await StatusAsync())["process"];
        using var kill = Process.Start("/bin/kill", ["-s", "TERM", id]);
        await EndAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
