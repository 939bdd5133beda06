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

    /// <summary>Where it writes; null for where those do that go alone.</summary>
    public string? AuthDir { get; init; }

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
        .. withAgent ? (Scenario[])[ByAgent(node, binary)] : [],
    ];

    /// <summary>Its files are elsewhere: the agent would put the next one among those of runs that go alone.</summary>
    private static Scenario ByAgent(NodeScene node, string binary)
    {
        var authDir = node.In("auth-by-agent");
        var command = node.MirroredByAgent(binary, 3);
        return new("agent-mirrored-3", command with { Words = [.. command.Words, "--auth-dir", authDir] }, WritesFile: true)
        {
            AuthDir = authDir,
        };
    }

    /// <summary>Runs it under a tool; gives back what the tool said on standard error.</summary>
    public string Under(NodeScene node, params string[] tool)
    {
        var authDir = AuthDir ?? node.AuthDir;
        if (Directory.Exists(authDir))
        {
            Directory.Delete(authDir, recursive: true);
        }

        // The directory is there on a node: making it would be counted only where it is not.
        Directory.CreateDirectory(authDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string[] words = [.. tool, .. Command.Words];
        var (_, error) = Programs.Run(Mounts?.Words(words) ?? words, Command.StandardInput);
        return !WritesFile || Directory.GetFiles(authDir, "*.json").Length == 1
            ? error
            : throw new SceneException($"{Name}: no auth file was written, so the run is not what it should be");
    }
}
