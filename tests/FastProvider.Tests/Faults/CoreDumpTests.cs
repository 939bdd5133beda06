using System.Diagnostics;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>A run that crashes must not leave the token and the credentials on the disk.</summary>
public sealed class CoreDumpTests
{
    private const string NoCore = "Max core file size        0                    0 ";

    [Theory]
    [InlineData("SEGV")]
    [InlineData("ABRT")]
    [InlineData("QUIT")]
    public async Task A_crash_leaves_no_core_whatever_the_limit_was(string signal)
    {
        await using var scene = await PullScene.StartAsync();
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "cores"));
        // A shell that starts the tests in the background has SIGQUIT ignored, and so would the plugin have.
        using var run = StartedPlugin.Start(
            "/bin/sh", ["-c", "ulimit -c unlimited; exec env --default-signal \"$@\"", "sh", Plugin.Binary, .. scene.Arguments()],
            directory.FullName);
        run.Await(limits => limits.Contains(NoCore, StringComparison.Ordinal), "limits");

        var end = run.EndAsync();
        while (!end.IsCompleted)
        {
            // The runtime looks into the first fault and goes back to where a real one would come again.
            await run.SignalAsync(signal);
            await Task.WhenAny(end, Task.Delay(100));
        }

        Assert.InRange((await end).ExitCode, 129, 159);
        Assert.Empty(directory.EnumerateFileSystemInfos());
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_run_is_not_dumpable_so_no_program_for_dumps_gets_it_either()
    {
        const string nobody = "65534";
        await using var scene = await PullScene.StartAsync();
        var everyone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var binary = Path.Combine(scene.Node.Root, "fast-provider");
        File.Copy(Plugin.Binary, binary);
        File.SetUnixFileMode(binary, everyone);
        File.SetUnixFileMode(scene.Node.Root, everyone);
        using var run = StartedPlugin.Start("/bin/setpriv", ["--reuid", nobody, "--clear-groups", binary, .. scene.Arguments()]);

        // What the kernel shows of a process belongs to its user, but to root if it must not be dumped (proc(5)).
        run.Await(limits => limits.Contains(NoCore, StringComparison.Ordinal), "limits");
        run.Await(status => status.Contains($"Uid:\t{nobody}\t{nobody}", StringComparison.Ordinal), "status");
        Assert.Equal("0", await OwnerOfAsync($"/proc/{run.Id}/status"));
    }

    private static async Task<string> OwnerOfAsync(string path)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("/usr/bin/stat", ["-c", "%u", path]) { RedirectStandardOutput = true })!;
        return (await stat.StandardOutput.ReadToEndAsync()).Trim();
    }
}
