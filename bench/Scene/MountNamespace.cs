using System.Diagnostics;
using System.Globalization;

namespace FastProvider.Bench.Scene;

/// <summary>
/// A mount namespace like a node's: a mount or more for each volume and container. The machine itself does not see its mounts.
/// </summary>
public sealed class MountNamespace : IDisposable
{
    /// <summary>What a busy node has.</summary>
    public const int OfNode = 600;

    /// <summary>What a machine without pods has.</summary>
    public const int OfBareMachine = 25;

    // What mounts.c ends with where it may not make a namespace.
    private const int NotAllowed = 3;

    private readonly Process _holder;
    private readonly string _directory;

    private MountNamespace(Process holder, string directory, int mounts)
    {
        _holder = holder;
        _directory = directory;
        Mounts = mounts;
    }

    /// <summary>How many mounts there are in it.</summary>
    public int Mounts { get; }

    private static string Program => Programs.Compiled("bench/Scene/mounts.c");

    /// <summary>Makes one; null where this process may not, as without CAP_SYS_ADMIN in a container.</summary>
    /// <param name="mounts">How many mounts there are to be, those of the machine among them.</param>
    /// <param name="etc">What stands in <c>/etc</c> there instead of the machine's own; null for nothing.</param>
    public static MountNamespace? TryMake(int mounts, string? etc = null)
    {
        var directory = Directory.CreateTempSubdirectory("fast-provider-mounts-").FullName;
        var start = new ProcessStartInfo(
            Program, ["hold", mounts.ToString(CultureInfo.InvariantCulture), directory, .. etc is null ? [] : (string[])[etc]])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var holder = Process.Start(start)!;
        if (holder.StandardOutput.ReadLine() is "ready")
        {
            return new MountNamespace(holder, directory, mounts);
        }

        var said = holder.StandardError.ReadToEnd().Trim();
        holder.WaitForExit();
        Directory.Delete(directory, recursive: true);
        return holder.ExitCode == NotAllowed ? null : throw new SceneException($"no mounts for the scene: {said}");
    }

    /// <summary>The same command in this namespace.</summary>
    public IReadOnlyList<string> Words(IEnumerable<string> words) =>
        [Program, "in", _holder.Id.ToString(CultureInfo.InvariantCulture), .. words];

    /// <summary>Ends the namespace, and all mounts with it.</summary>
    public void Dispose()
    {
        _holder.StandardInput.Close();
        _holder.WaitForExit();
        _holder.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
