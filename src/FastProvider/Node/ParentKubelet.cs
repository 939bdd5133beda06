using System.Text;

namespace FastProvider.Node;

/// <summary>
/// What the process that started this one says about the kubelet's kubeconfig. It is believed only if it is a kubelet: the
/// program itself, one inside hyperkube, or a distribution that runs the kubelet in its own process.
/// </summary>
internal static class ParentKubelet
{
    private const int CommandLineLimitBytes = 256 * 1024;

    /// <summary>The kubeconfig that the parent works with; null if the parent is no kubelet or names none.</summary>
    /// <param name="files">The node, with its <c>/proc</c>.</param>
    /// <param name="parentId">Its process id.</param>
    /// <param name="isNamed">True if the command line names the file, false if it is where the distribution puts it.</param>
    public static string? Kubeconfig(NodeFiles files, int parentId, out bool isNamed)
    {
        isNamed = false;
        if (files.Read($"/proc/{parentId}/cmdline", CommandLineLimitBytes, out var commandLine) is not null)
        {
            return null;
        }

        _ = files.Read($"/proc/{parentId}/comm", CommandLineLimitBytes, out var comm);
        var arguments = Encoding.UTF8.GetString(commandLine).Split('\0');
        var program = arguments[0][(arguments[0].LastIndexOf('/') + 1)..];
        var process = Encoding.UTF8.GetString(comm).TrimEnd('\n');

        if (program == "kubelet" || process == "kubelet"
            || (program == "hyperkube" && arguments.Length > 1 && arguments[1] == "kubelet"))
        {
            var named = GoFlags.Last(arguments, "--kubeconfig");
            isNamed = named is not null;
            return named;
        }

        // k3s overwrites its command line with "k3s server" or "k3s agent", so its name may be all there is.
        if ((DataDirectory(process) ?? DataDirectory(program)) is { } standard)
        {
            var data = GoFlags.Last(arguments, "--data-dir") ?? GoFlags.Last(arguments, "-d");
            isNamed = data is not null;
            return (data ?? standard).TrimEnd('/') + KubeconfigPlaces.UnderRancherData;
        }

        return process == "microshift" || program == "microshift" ? KubeconfigPlaces.MicroShift : null;
    }

    private static string? DataDirectory(string name) => name switch
    {
        "k3s" or "k3s-server" or "k3s-agent" => KubeconfigPlaces.K3sData,
        "rke2" or "rke2-server" or "rke2-agent" => KubeconfigPlaces.Rke2Data,
        _ => null,
    };
}
