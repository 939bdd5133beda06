using System.Diagnostics;
using System.Text;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// Executes the published NativeAOT binary as a kubelet does: exact arguments, a closed environment, three pipes.
/// </summary>
internal static class Plugin
{
    // Far beyond every --timeout that a test gives: only a hang meets it.
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(50);

    /// <summary>
    /// The published binary: <c>FAST_PROVIDER_BINARY</c>, else <c>artifacts/publish/fast-provider</c> of the repository.
    /// </summary>
    public static string Binary { get; } = FindBinary();

    /// <summary>
    /// Runs the plugin to its end. The environment holds <paramref name="environment"/> and a PATH, nothing inherited.
    /// </summary>
    /// <param name="arguments">Without its name.</param>
    /// <param name="stdin">The kubelet's request.</param>
    /// <param name="environment">Its variables.</param>
    /// <param name="binary">Another than the published one.</param>
    /// <param name="whileRunning">Called with its process id once it has its request.</param>
    public static async Task<PluginRun> RunAsync(
        IEnumerable<string> arguments, byte[] stdin, IReadOnlyDictionary<string, string>? environment = null,
        string? binary = null,
        Func<int, Task>? whileRunning = null)
    {
        binary ??= Binary;
        Assert.True(File.Exists(binary),
            $"The plugin's binary is missing: {binary}. Run: dotnet publish src/FastProvider -c Release -r linux-x64 -o"
                + " artifacts/publish");
        var start = new ProcessStartInfo(binary, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var stdout = ReadAllAsync(process.StandardOutput.BaseStream);
        var stderr = ReadAllAsync(process.StandardError.BaseStream);
        await WriteAsync(process, stdin);
        if (whileRunning is not null)
        {
            await whileRunning(process.Id);
        }

        using var late = new CancellationTokenSource(KillAfter);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            Assert.Fail(
                $"The plugin did not end within {KillAfter.TotalSeconds} s. It said: {Encoding.UTF8.GetString(await stderr)}");
        }

        return new PluginRun(process.ExitCode, await stdout, Encoding.UTF8.GetString(await stderr));
    }

    private static async Task WriteAsync(Process process, byte[] stdin)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(stdin);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The plugin may end without reading (--help, a bad flag): the pipe is then broken, and the exit code tells.
        }
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static string FindBinary()
    {
        if (Environment.GetEnvironmentVariable("FAST_PROVIDER_BINARY") is { Length: > 0 } given)
        {
            return given;
        }

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root.Parent is not null && !File.Exists(Path.Combine(root.FullName, "FastProvider.slnx")))
        {
            root = root.Parent;
        }

        return Path.Combine(root.FullName, "artifacts", "publish", "fast-provider");
    }
}
