using System;
using System.Text;

namespace FastProvider.Node;

/// <summary>
/// The files with logins of the node itself, in the order in which CRI-O asks them: the one that is configured, or else those of
/// the container libraries for root, and the kubelet's last (container-libs, image/pkg/docker/config, getAuthFilePaths).
/// </summary>
internal static class NodeAuthFiles
{
    private const string RootsRuntimeFile = "/run/containers/0/auth.json";
    private const string RootsHome = "/root";
    private const int PasswdLimitBytes = 1024 * 1024;

    /// <param name="given">What the provider is told to read; null where it is told nothing.</param>
    /// <param name="configured"><c>global_auth_file</c> of CRI-O; null or empty where it is not set.</param>
    /// <param name="crioVariable">Looks a variable of CRI-O's environment up; asked only where neither names a file.</param>
    /// <param name="files">The node.</param>
    public static NodeAuthFile[] Find(string? given, string? configured, Func<string, string?> crioVariable, NodeFiles files)
    {
        if (given is not null)
        {
            return [new NodeAuthFile(given)];
        }

        if (!string.IsNullOrEmpty(configured))
        {
            return [new NodeAuthFile(configured)];
        }

        var home = Set(crioVariable("HOME")) ?? HomeOfRoot(files);
        return
        [
            new NodeAuthFile(
                Set(crioVariable("XDG_RUNTIME_DIR")) is { } runtime ? Below(runtime, "containers/auth.json") : RootsRuntimeFile),
            new NodeAuthFile(Below(Set(crioVariable("XDG_CONFIG_HOME")) ?? Below(home, ".config"), "containers/auth.json")),
            new NodeAuthFile(Below(Set(crioVariable("DOCKER_CONFIG")) ?? Below(home, ".docker"), "config.json")),
            new NodeAuthFile(Below(home, ".dockercfg"), NodeAuthFileKind.LegacyCrio),
            new NodeAuthFile(CrioConf.DefaultGlobalAuthFile, NodeAuthFileKind.Kubelet),
        ];
    }

    /// <summary>
    /// A service of systemd has no HOME; the container libraries then look root up (storage/pkg/unshare, HomeDir).
    /// </summary>
    private static string HomeOfRoot(NodeFiles files)
    {
        const int userId = 2, home = 5;
        if (files.Read("/etc/passwd", PasswdLimitBytes, out var content) is null)
        {
            foreach (var line in Encoding.UTF8.GetString(content).Split('\n'))
            {
                if (line.Split(':') is { Length: > home } fields && fields[userId] == "0")
                {
                    return Set(fields[home]) ?? RootsHome;
                }
            }
        }

        return RootsHome;
    }

    private static string? Set(string? value) => value is { Length: > 0 } ? value : null;

    private static string Below(string directory, string name) => $"{directory.TrimEnd('/')}/{name}";
}
