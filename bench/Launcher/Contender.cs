using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>One program doing one job.</summary>
/// <param name="Name">Short, for columns and <c>--only</c>.</param>
/// <param name="Work">What it does, for people.</param>
/// <param name="Group">Contenders of one group are drawn side by side.</param>
/// <param name="References">The contenders that its time is divided by, round by round.</param>
/// <param name="Command">How it is run.</param>
internal sealed record Contender(string Name, string Work, string Group, string[] References, Command Command)
{
    /// <summary>Another program, by <c>--other</c>: what it is to do is known to the caller alone.</summary>
    public bool IsGiven { get; init; }

    /// <summary>Where it runs; null for the machine's own mounts.</summary>
    public MountNamespace? Mounts { get; init; }

    /// <summary>
    /// The same one on another node. Behind its name, and those that it is compared with, stands the number of mounts.
    /// </summary>
    public Contender On(MountNamespace node) => this with
    {
        Name = NameOn(Name, node),
        Group = $"{Group}, {node.Mounts} mounts",
        References = [.. References.Select(reference => NameOn(reference, node))],
        Mounts = node,
    };

    private static string NameOn(string name, MountNamespace node) => $"{name}@{node.Mounts}";
}
