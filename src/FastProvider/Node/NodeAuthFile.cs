namespace FastProvider.Node;

/// <summary>One file with logins of the node itself.</summary>
internal sealed class NodeAuthFile(string path, NodeAuthFileKind kind = NodeAuthFileKind.Crio)
{
    public string Path => path;

    /// <summary>The map of entries alone, whose keys are hosts or URLs of hosts (<c>~/.dockercfg</c>).</summary>
    public bool IsLegacy => kind is NodeAuthFileKind.LegacyCrio;

    /// <summary>CRI-O reads it where no file of a pull takes its place.</summary>
    public bool IsReadByCrio => kind is not NodeAuthFileKind.Kubelet;
}

/// <summary>Who reads a file of the node's logins, and in which form.</summary>
internal enum NodeAuthFileKind : byte
{
    /// <summary>CRI-O, as containers-auth.json(5) has it.</summary>
    Crio,

    /// <summary>CRI-O, in the form that Docker wrote before version 1.7.</summary>
    LegacyCrio,

    /// <summary>The kubelet, which hands over what fits the image's own registry. CRI-O does not look there.</summary>
    Kubelet,
}
