using System.Runtime.InteropServices;

namespace FastProvider.Bench;

/// <summary>
/// While it lives, what this process writes to descriptor 1 goes to a file: the plugin's answer is written there.
/// </summary>
internal sealed class RedirectedOutput : IDisposable
{
    private const int StandardOutput = 1;

    private readonly int _kept;

    public RedirectedOutput(string path)
    {
        Console.Out.Flush();
        _kept = dup(StandardOutput);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        if (_kept < 0 || dup2((int)file.DangerousGetHandle(), StandardOutput) < 0)
        {
            throw new IOException($"standard output cannot be redirected to {path}");
        }
    }

    public void Dispose()
    {
        _ = dup2(_kept, StandardOutput);
        _ = close(_kept);
    }

    [DllImport("libc")]
    private static extern int dup(int descriptor);

    [DllImport("libc")]
    private static extern int dup2(int from, int to);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
