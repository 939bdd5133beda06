using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>The mounts that contenders run among.</summary>
internal sealed class Nodes : IDisposable
{
    private readonly List<MountNamespace> _all = [];

    private Nodes(string said) => Said = said;

    /// <summary>None where a mount namespace is not allowed.</summary>
    public IReadOnlyList<MountNamespace> All => _all;

    /// <summary>For the table.</summary>
    public string Said { get; private set; }

    /// <summary>Makes a node for each number of mounts, with the fixed paths of other providers if there are some.</summary>
    public static Nodes Make(LauncherOptions options, NodeScene scene)
    {
        var nodes = new Nodes($"mounts: {string.Join(" and ", options.Mounts)}, each number in a mount namespace of its own");
        var etc = options.Others.Count > 0 ? scene.WriteFixedPaths() : null;
        if (options.Mounts.Count == 0)
        {
            nodes.Said = etc is null
                ? "mounts: those of this machine"
                : throw new SceneException("--other runs in a mount namespace of its own: --mounts 0 has none");
        }
        foreach (var count in options.Mounts)
        {
            if (MountNamespace.TryMake(count, etc) is not { } node)
            {
                if (etc is not null)
                {
                    throw new SceneException(
                        "--other runs in a mount namespace with files of its own in /etc. This machine allows none (that wants"
                            + " CAP_SYS_ADMIN): the program would read and write the machine's own");
                }

                nodes.Said = "mounts: those of this machine, as it allows no mount namespace (that wants CAP_SYS_ADMIN)";
                break;
            }

            nodes._all.Add(node);
        }

        return nodes;
    }

    public void Dispose() => _all.ForEach(node => node.Dispose());
}
