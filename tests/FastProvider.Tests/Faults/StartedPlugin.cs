using System.Diagnostics;
using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>A run whose pipes the test holds, to look at it while it goes on and to treat it as no kubelet would.</summary>
internal sealed class StartedPlugin : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _stderr;

    private StartedPlugin(Process process)
    {
        _process = process;
        _stderr = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public Stream Stdin => _process.StandardInput.BaseStream;

    public static StartedPlugin Start(
        string program, IEnumerable<string> arguments, string workingDirectory = "/",
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new StartedPlugin(Process.Start(start)!);
    }

    public void StopReadingOutput() => _process.StandardOutput.Close();

    /// <summary>Waits until what /proc says of the process is as it should be.</summary>
    public void Await(Func<string, bool> isSo, string file)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/{file}");
        Assert.True(
            SpinWait.SpinUntil(() => !_process.HasExited && isSo(File.ReadAllText(path)), Patience),
            $"{path} never was as expected.");
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo(
            "/bin/kill", ["-s", signal, Id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true, // it may have ended just now
        })!;
        await kill.WaitForExitAsync();
    }

    /// <summary>Hands over a request and closes the pipe.</summary>
    public async Task SendAsync(byte[] request)
    {
        await Stdin.WriteAsync(request);
        Stdin.Close();
    }

    /// <summary>Its end; what it wrote to a stdout that nobody reads any more counts as nothing.</summary>
    public async Task<PluginRun> EndAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(late.Token);
        return new PluginRun(_process.ExitCode, [], await _stderr);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
