using System.Diagnostics;

namespace FastProvider.Bench.Scene;

/// <summary>The agent of the node: the same binary, which stays while runs hand their pulls to it.</summary>
public sealed class AgentProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private AgentProcess(Process process, string socket)
    {
        _process = process;
        Socket = socket;
    }

    /// <summary>Where it listens, for a run's <c>--agent</c>.</summary>
    public string Socket { get; }

    /// <summary>Resident memory now, in KiB.</summary>
    public long ResidentKiB
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1024;
        }
    }

    /// <summary>Starts it and waits until it listens.</summary>
    /// <param name="plugin">The binary.</param>
    /// <param name="directory">Its lock directory; is made.</param>
    public static AgentProcess Start(string plugin, string directory)
    {
        var start = new ProcessStartInfo(plugin, ["agent", "--lock-dir", directory]) { RedirectStandardError = true };
        var process = Process.Start(start)!;
        var socket = Path.Join(directory, "agent.sock");
        return SpinWait.SpinUntil(() => File.Exists(socket) || process.HasExited, Patience) && !process.HasExited
            ? new AgentProcess(process, socket)
            : throw new SceneException($"the agent did not start: {process.StandardError.ReadToEnd()}");
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
