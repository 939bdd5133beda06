using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>The agent of one node: the published binary, as <c>fast-provider agent</c>.</summary>
internal sealed class NodeAgent : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string>? _said;

    private NodeAgent(Process process, string socket, bool isChild)
    {
        _process = process;
        Socket = socket;
        _said = isChild ? process.StandardError.ReadToEndAsync() : null;
    }

    /// <summary>Whether scenes are to have an agent: the same tests, run for both hosts.</summary>
    public static bool IsForAll { get; } = Environment.GetEnvironmentVariable("FAST_PROVIDER_TEST_HOST") is "agent";

    public int Id => _process.Id;

    public string Socket { get; }

    /// <summary>How many descriptors it has open now.</summary>
    public int Descriptors => Directory.GetFileSystemEntries($"/proc/{Id}/fd").Length;

    /// <summary>Resident memory now, in KiB.</summary>
    public long ResidentKiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024;
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="lockDirectory">The node's lock directory; it is made.</param>
    /// <param name="more">Flags.</param>
    public static NodeAgent Start(string lockDirectory, params string[] more) =>
        Start(lockDirectory, new Dictionary<string, string>(), [Plugin.Binary, "agent", "--lock-dir", lockDirectory, .. more]);

    /// <summary>The same in another environment, and by another program that runs it.</summary>
    /// <param name="lockDirectory">The node's lock directory.</param>
    /// <param name="environment">All of it.</param>
    /// <param name="program">The program and its arguments, up to the binary.</param>
    public static NodeAgent StartWith(
        string lockDirectory, IReadOnlyDictionary<string, string> environment, params string[] program) =>
        Start(lockDirectory, environment, [.. program, "agent", "--lock-dir", lockDirectory]);

    /// <summary>The same under another program, with flags.</summary>
    /// <param name="under">That program, with its arguments; it becomes the agent, or has it as a child.</param>
    /// <param name="lockDirectory">The node's lock directory; it is made.</param>
    /// <param name="more">Flags.</param>
    public static NodeAgent StartAs(string[] under, string lockDirectory, params string[] more) => Start(
        lockDirectory, new Dictionary<string, string>(),
        [.. under, Plugin.Binary, "agent", "--lock-dir", lockDirectory, .. more]);

    /// <summary>
    /// The same as systemd starts a service: with its socket, when the first connection comes, and with sd_notify(3).
    /// </summary>
    /// <param name="lockDirectory">The node's lock directory; it is made.</param>
    /// <param name="environment">All of it.</param>
    /// <param name="program">The program.</param>
    public static NodeAgent StartActivated(
        string lockDirectory, IReadOnlyDictionary<string, string> environment, string program)
    {
        Directory.CreateDirectory(lockDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return StartWith(
            lockDirectory, environment,
            [
                "/usr/bin/systemd-socket-activate", "--listen", Path.Combine(lockDirectory, "agent.sock"),
                .. environment.Keys.SelectMany(name => (string[])["--setenv", name]), program,
            ]);
    }

    /// <summary>The same in a root of its own.</summary>
    /// <param name="under">That program, with its arguments.</param>
    /// <param name="root">Where that root is seen from here; its lock directory is the default one.</param>
    /// <param name="flags">All flags.</param>
    public static NodeAgent StartIn(string[] under, string root, params string[] flags) => Start(
        root + "/run/fast-provider", new Dictionary<string, string>(), [.. under, Plugin.Binary, "agent", .. flags]);

    private static NodeAgent Start(string lockDirectory, IReadOnlyDictionary<string, string> environment, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var agent = new NodeAgent(Process.Start(start)!, Path.Combine(lockDirectory, "agent.sock"), isChild: true);
        Assert.True(SpinWait.SpinUntil(() => agent.HasEnded || agent.Listens(), Patience) && !agent.HasEnded,
            "The agent does not listen.");
        return agent;
    }

    /// <summary>The one that a run has started.</summary>
    public static NodeAgent Of(string lockDirectory)
    {
        var socket = Path.Combine(lockDirectory, "agent.sock");
        var id = Directory.GetDirectories("/proc").Select(d => Path.GetFileName(d)!).Single(
            name => int.TryParse(name, out _)
                && CommandLine(name).Split('\0') is [_, "agent", .. var words] && words.Contains($"--socket={socket}"));
        return new NodeAgent(Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture)), socket, isChild: false);
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

    /// <summary>Waits until its status says so.</summary>
    public async Task ShowsAsync(string name, string value)
    {
        var until = DateTime.UtcNow + Patience;
        string shown;
        while ((shown = (await StatusAsync())[name]) != value)
        {
            Assert.True(DateTime.UtcNow < until, $"{name}: {shown}");
            await Task.Delay(10);
        }
    }

    public void Signal(string signal) => Signal(Id, signal);

    /// <summary>A signal for a process that may have ended just now.</summary>
    public static void Signal(int id, string signal)
    {
        using var kill = Process.Start(
            new ProcessStartInfo("/bin/kill", ["-s", signal, $"{id}"]) { RedirectStandardError = true })!;
        kill.WaitForExit();
    }

    /// <summary>Its system calls of a kind while something is done.</summary>
    public async Task<string[]> TraceAsync(string calls, Func<Task> work)
    {
        var output = Path.Combine(Path.GetDirectoryName(Socket)!, "trace");
        var start = new ProcessStartInfo("strace", ["-f", "-e", $"trace={calls}", "-o", output, "-p", $"{Id}"])
        {
            RedirectStandardError = true,
        };
        using var strace = Process.Start(start)!;
        await strace.StandardError.ReadLineAsync(); // that it is attached
        await work();
        using var end = Process.Start("/bin/kill", ["-s", "INT", $"{strace.Id}"]);
        await strace.WaitForExitAsync();
        return await File.ReadAllLinesAsync(output);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit status and what it said.</returns>
    public async Task<(int ExitCode, string Said)> EndAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return (_process.ExitCode, await _said!);
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            return ""; // it has ended
        }
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
