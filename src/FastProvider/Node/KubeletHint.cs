namespace FastProvider.Node;

/// <summary>What is known of the node's kubelet, whose kubeconfig leads to the API server. By default nothing is.</summary>
internal readonly struct KubeletHint
{
    /// <summary>The process that ran the provider: it is believed only if it is a kubelet.</summary>
    public int? ParentId { get; private init; }

    /// <summary>The service that a command has found, whether it runs or not.</summary>
    public NodeService? Service { get; private init; }

    public static KubeletHint Parent(int processId) => new() { ParentId = processId };

    public static KubeletHint Of(NodeService? service) => new() { Service = service };
}
