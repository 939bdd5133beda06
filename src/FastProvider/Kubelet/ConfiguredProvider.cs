using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Node;
using FastProvider.Settings;

namespace FastProvider.Kubelet;

/// <summary>The provider as the kubelet of a node is configured to run it: with which args, and in which environment.</summary>
internal sealed class ConfiguredProvider
{
    private ConfiguredProvider(NodeService kubelet, ProviderEntry entry)
    {
        Kubelet = kubelet;
        Entry = entry;
    }

    public NodeService Kubelet { get; }

    public ProviderEntry Entry { get; }

    /// <summary>The node's kubelet, or a program that has one inside; null if there is none.</summary>
    public static NodeService? FindKubelet(NodeFiles files) => NodeService.Find(
        files,
        ["kubelet.service", "k3s.service", "k3s-agent.service", "rke2-server.service",
            "rke2-agent.service", "microshift.service"],
        // rke2 has a kubelet as a child, whose command line says more than its own.
        ["kubelet", "hyperkube", "microshift", "k3s", "k3s-server", "k3s-agent", "rke2", "rke2-server", "rke2-agent"]);

    /// <summary>Finds it; null where there is no kubelet, or none that runs the provider.</summary>
    public static ConfiguredProvider? Find(NodeFiles files) =>
        FindKubelet(files) is { } kubelet && KubeletSettings.Read(files, kubelet) is { ProviderConfig: { } path } settings
            && ProviderConfig.Read(files, path, out var config) is null
            && config.FindOurs(files, settings.BinDirectory) is { } entry
                ? new ConfiguredProvider(kubelet, entry)
                : null;

    /// <summary>The settings of its pulls.</summary>
    public Result<Options> ReadOptions()
    {
        var options = Options.Read(Entry.Arguments, Variable);
        return options.IsOk ? options : new Failure($"{Entry.Place}: {options.Failure.Message}", options.Failure.ExitCode);
    }

    /// <summary>An environment variable as its runs see it.</summary>
    public string? Variable(string name) =>
        Entry.Environment.TryGetValue(name, out var own) ? own : Kubelet.Environment.GetValueOrDefault(name);
}
