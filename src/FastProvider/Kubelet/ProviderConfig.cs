using System;
using System.Collections.Generic;
using FastProvider.Documents;
using FastProvider.Node;

namespace FastProvider.Kubelet;

/// <summary>
/// The kubelet's configuration of credential providers: one file, or since Kubernetes 1.34 the files of a directory in the order of
/// their names (kubernetes, pkg/credentialprovider/plugin/config.go).
/// </summary>
internal sealed class ProviderConfig
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    private ProviderConfig()
    {
    }

    public List<string> Files { get; } = [];

    public List<ProviderEntry> Entries { get; } = [];

    /// <param name="files">The node.</param>
    /// <param name="path">A file or a directory.</param>
    /// <param name="config">What was read before the failure, if there is one.</param>
    /// <returns>A failure for what a kubelet would not start with.</returns>
    public static Failure? Read(NodeFiles files, string path, out ProviderConfig config)
    {
        config = new ProviderConfig();
        if (!files.IsDirectory(path))
        {
            return config.ReadFile(files, path);
        }

        foreach (var name in files.Names(path))
        {
            if (Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.Ordinal))
                && config.ReadFile(files, $"{path.TrimEnd('/')}/{name}") is { } failure)
            {
                return failure;
            }
        }

        return config.Files.Count > 0 ? null : new Failure($"{path} has no file that ends in {string.Join(", ", Endings)}");
    }

    private Failure? ReadFile(NodeFiles files, string path)
    {
        if (files.Read(path, LimitBytes, out var content) is { } unread)
        {
            return new Failure($"{path} {unread}");
        }

        if (DocumentReader.ReadOne(content, path, out var root) is { } notRead)
        {
            return notRead;
        }

        Files.Add(path);
        var version = root.TextOf("apiVersion"u8) ?? "";
        if (root.TextOf("kind"u8) is not "CredentialProviderConfig" || !version.StartsWith("kubelet.config.k8s.io/", StringComparison.Ordinal))
        {
            return new Failure($"{path} is no CredentialProviderConfig of kubelet.config.k8s.io");
        }

        foreach (var entry in root.ItemsOf("providers"u8))
        {
            Entries.Add(new ProviderEntry(path, version, entry));
        }

        return null;
    }
}
