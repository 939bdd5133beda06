using System;

namespace FastProvider.Node;

/// <summary>Where the distributions keep the kubelet's kubeconfig.</summary>
internal static class KubeconfigPlaces
{
    /// <summary>kubeadm's.</summary>
    public const string Kubeadm = "/etc/kubernetes/kubelet.conf";

    /// <summary>OpenShift's.</summary>
    public const string OpenShift = "/var/lib/kubelet/kubeconfig";

    /// <summary>MicroShift's.</summary>
    public const string MicroShift = "/var/lib/microshift/resources/kubelet/kubeconfig";

    /// <summary>The default data directory of k3s.</summary>
    public const string K3sData = "/var/lib/rancher/k3s";

    /// <summary>The default data directory of rke2.</summary>
    public const string Rke2Data = "/var/lib/rancher/rke2";

    /// <summary>Where k3s and rke2 keep it below their data directory.</summary>
    public const string UnderRancherData = "/agent/kubelet.kubeconfig";

    /// <summary>
    /// All places, in the order in which they are tried. OpenShift's goes first: there kubeadm's name is that of the kubelet's
    /// configuration.
    /// </summary>
    public static ReadOnlySpan<string> All => new[]
    {
        OpenShift, Kubeadm, MicroShift, K3sData + UnderRancherData, Rke2Data + UnderRancherData,
    };

    /// <summary>The first place that has a file; null if none has.</summary>
    public static string? FirstPresent(NodeFiles files)
    {
        foreach (var place in All)
        {
            if (files.Exists(place))
            {
                return place;
            }
        }

        return null;
    }
}
