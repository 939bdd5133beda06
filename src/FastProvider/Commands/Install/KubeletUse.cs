using FastProvider.Kubelet;
using FastProvider.Node;

namespace FastProvider.Commands.Install;

/// <summary>Whether the kubelet of the node runs what is installed, as its flags and its configuration say.</summary>
internal static class KubeletUse
{
    /// <summary>What follows from an installation, in words that follow a comma.</summary>
    public static string Words(Destination destination)
    {
        var files = new NodeFiles();
        if (ConfiguredProvider.FindKubelet(files) is not { } kubelet)
        {
            return "and no kubelet was found here:"
                + " one runs it when its configuration names it (fast-provider generate kubelet-config)";
        }

        var settings = KubeletSettings.Read(files, kubelet);
        if (settings.ProviderConfig is not { } path || settings.BinDirectory is not { } directory)
        {
            return kubelet.HiddenArguments is not null || settings.IsEmbedded
                ? $"and whether {kubelet.Name} runs it is not seen here: fast-provider doctor says how to find out"
                : "and the kubelet runs no credential provider yet: fast-provider generate kubelet-config says what it needs";
        }

        var unread = ProviderConfig.Read(files, path, out var config);
        var entry = config.Entries.Find(entry => entry.Name == destination.Name);
        return unread is not null ? $"and whether the kubelet runs it is not known: {unread.Message}"
            : entry is null ? $"and the kubelet does not run it yet: no entry of {path} is named {destination.Name}"
            : !IsSame(files, directory, destination.Directory)
                ? $"and the kubelet runs {directory.TrimEnd('/')}/{destination.Name}, not this one"
            : "and the kubelet runs it for every pull from now on; no kubelet needs a restart";
    }

    private static bool IsSame(NodeFiles files, string one, string other) =>
        one.TrimEnd('/') == other.TrimEnd('/')
        || (files.Status(one, out var first) == 0 && files.Status(other, out var second) == 0
            && (first.Inode, first.DeviceMajor, first.DeviceMinor) == (second.Inode, second.DeviceMajor, second.DeviceMinor));
}
