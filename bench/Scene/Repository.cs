namespace FastProvider.Bench.Scene;

/// <summary>Where things lie in this checkout.</summary>
public static class Repository
{
    /// <summary>The directory of <c>FastProvider.slnx</c>.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The published plugin: <c>FAST_PROVIDER_BINARY</c>, else that of <c>artifacts/publish</c>.</summary>
    public static string Plugin =>
        Environment.GetEnvironmentVariable("FAST_PROVIDER_BINARY") is { Length: > 0 } given
            ? given
            : Artifact("publish/fast-provider");

    /// <summary>A path below <c>artifacts</c>.</summary>
    public static string Artifact(string path) => Path.Join(Root, "artifacts", path);

    /// <summary>A path below <c>perf-baselines</c>.</summary>
    public static string Baselines(string path) => Path.Join(Root, "perf-baselines", path);

    /// <summary>The file that must be there, or an error that says how to get it.</summary>
    public static string Existing(string path, string how) =>
        File.Exists(path) ? path : throw new SceneException($"{path} is missing: {how}");

    /// <summary>Built beside the assembly that asks: the same configuration, debug or release.</summary>
    public static string BuiltAssembly(string project, string assembly)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}debug{Path.DirectorySeparatorChar}",
            StringComparison.Ordinal) ? "debug" : "release";
        return Existing(
            Artifact($"bin/{project}/{configuration}/{assembly}.dll"), $"dotnet build bench/{project} -c {configuration}");
    }

    private static string FindRoot()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root.Parent is not null && !File.Exists(Path.Join(root.FullName, "FastProvider.slnx")))
        {
            root = root.Parent;
        }

        return root.FullName;
    }
}
