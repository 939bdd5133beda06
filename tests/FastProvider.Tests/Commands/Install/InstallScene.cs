using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Install;

/// <summary>A kubelet's directory of providers in a temporary place, and other programs to install there.</summary>
internal sealed class InstallScene : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-install-").FullName;

    public InstallScene()
    {
        Bin = Path.Combine(_root, "bin");
        Program = Path.Combine(Bin, "fast-provider");
    }

    /// <summary>Missing until something is installed.</summary>
    public string Bin { get; }

    public string Program { get; }

    public string Previous => Path.Combine(Bin, ".fast-provider.previous");

    public IEnumerable<string> Names =>
        Directory.EnumerateFileSystemEntries(Bin).Select(e => Path.GetFileName(e)).Order(StringComparer.Ordinal);

    /// <summary>Another build: the same program with another end, which a loader does not look at.</summary>
    public string Build(string name)
    {
        var path = Path.Combine(_root, name);
        File.Copy(Plugin.Binary, path, overwrite: true);
        File.AppendAllText(path, name);
        return path;
    }

    /// <summary>A file with any content, executable.</summary>
    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(_root, name);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        return path;
    }

    /// <summary>What two installations would have left, without running them.</summary>
    public void Place(string program, string previous)
    {
        if (Directory.Exists(Bin))
        {
            Directory.Delete(Bin, recursive: true);
        }

        Directory.CreateDirectory(Bin, (UnixFileMode)0b111_101_101);
        File.Copy(program, Program);
        File.Copy(previous, Previous);
    }

    /// <summary>A run that fails; returns its one line.</summary>
    public static string Refuses(PluginRun run, int exitCode = 1)
    {
        Assert.Equal((exitCode, 0), (run.ExitCode, run.Stdout.Length));
        return Assert.Single(run.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Which build has the place.</summary>
    public string Installed => Installs(Program);

    public static string Installs(string path)
    {
        var text = File.ReadAllBytes(path).AsSpan();
        return System.Text.Encoding.UTF8.GetString(text[(int)new FileInfo(Plugin.Binary).Length..]);
    }

    public Task<PluginRun> InstallAsync(string from, params string[] more) =>
        RunAsync(["install", "--from", from, "--to", Bin, .. more]);

    public Task<PluginRun> RollbackAsync(params string[] more) => RunAsync(["rollback", "--to", Bin, .. more]);

    public static Task<PluginRun> RunAsync(params string[] arguments) => Plugin.RunAsync(arguments, []);

    public async Task InstallsAsync(string from, params string[] more)
    {
        var run = await InstallAsync(from, more);
        Assert.True(run.ExitCode == 0, run.Stderr);
    }

    public async Task RollsBackAsync()
    {
        var run = await RollbackAsync();
        Assert.True(run.ExitCode == 0, run.Stderr);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
