using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>A run of the whole binary that is counted.</summary>
/// <param name="Name">As in the figures.</param>
/// <param name="Command">How it is run.</param>
/// <param name="WritesFile">Whether an auth file must be there afterwards: a run that fails early would look fast.</param>
internal sealed record Scenario(string Name, Command Command, bool WritesFile)
{
    /// <summary>Where it runs; null for the machine's own mounts.</summary>
    public MountNamespace? Mounts { get; init; }

    /// <summary>
    /// All, for a binary that has been copied to <paramref name="binary"/>; with an agent of it, if that is wanted.
    /// </summary>
    public static IReadOnlyList<Scenario> All(NodeScene node, string binary, bool withAgent) =>
    [
        new("unmirrored", node.Unmirrored(binary), WritesFile: false),
        new("unmirrored-10000-tables", node.UnmirroredAmongTables(binary), WritesFile: false),
        new("mirrored-3", node.Mirrored(binary, 3), WritesFile: true),
        new("mirrored-1000", node.Mirrored(binary, 1_000), WritesFile: true),
        // Only where it is measured, as an agent is started for it.
        .. withAgent ? (Scenario[])[new("agent-mirrored-3", node.MirroredByAgent(binary, 3), WritesFile: true)] : [],
    ];

    /// <summary>Runs it under a tool; gives back what the tool said on standard error.</summary>
    public string Under(NodeScene node, params string[] tool)
    {
        if (Directory.Exists(node.AuthDir))
        {
            Directory.Delete(node.AuthDir, recursive: true);
        }

        // The directory is there on a node: making it would be counted only where it is not.
        Directory.CreateDirectory(node.AuthDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] words = [.. tool, .. Command.Words];
        var (_, error) = Programs.Run(Mounts?.Words(words) ?? words, Command.StandardInput);
        return !WritesFile || Directory.GetFiles(node.AuthDir).Length == 1
            ? error
            : throw new SceneException($"{Name}: no auth file was written, so the run is not what it should be");
    }
}
