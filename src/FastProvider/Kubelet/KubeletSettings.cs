using System;
using System.Collections.Generic;
using FastProvider.Documents;
using FastProvider.Node;

namespace FastProvider.Kubelet;

/// <summary>
/// The settings of a kubelet that decide about credential providers: its flags, and the KubeletConfiguration of <c>--config</c> with the
/// drop-ins of <c>--config-dir</c> (kubelet.config.k8s.io/v1beta1). A flag wins over the files.
/// </summary>
internal sealed class KubeletSettings
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private KubeletSettings()
    {
    }

    /// <summary>Of <c>--image-credential-provider-config</c>: a file or a directory.</summary>
    public string? ProviderConfig { get; private init; }

    /// <summary>Of <c>--image-credential-provider-bin-dir</c>.</summary>
    public string? BinDirectory { get; private init; }

    /// <summary>Where the kubelet keeps its state.</summary>
    public string RootDirectory { get; private init; } = "/var/lib/kubelet";

    /// <summary>Those that are set.</summary>
    public Dictionary<string, bool> FeatureGates { get; } = [];

    /// <summary>One image is pulled after the other.</summary>
    public bool SerializesImagePulls { get; private set; } = true;

    /// <summary>Whom the kubelet asks for credentials of images that are on the node; null for its default.</summary>
    public string? VerificationPolicy { get; private set; }

    /// <summary>What was read.</summary>
    public List<string> Files { get; } = [];

    /// <summary>What could not be read, in words.</summary>
    public List<string> Unread { get; } = [];

    public static KubeletSettings Read(NodeFiles files, NodeService kubelet)
    {
        var settings = new KubeletSettings
        {
            ProviderConfig = Flag(kubelet, "--image-credential-provider-config"),
            BinDirectory = Flag(kubelet, "--image-credential-provider-bin-dir"),
            RootDirectory = (Flag(kubelet, "--root-dir") ?? "/var/lib/kubelet").TrimEnd('/'),
        };
        if (Flag(kubelet, "--config") is { } config)
        {
            settings.ReadFile(files, config);
        }

        if (Flag(kubelet, "--config-dir")?.TrimEnd('/') is { } directory)
        {
            foreach (var name in files.Names(directory))
            {
                if (name.EndsWith(".conf", StringComparison.Ordinal))
                {
                    settings.ReadFile(files, $"{directory}/{name}");
                }
            }
        }

        settings.TakeFlags(kubelet);
        return settings;
    }

    /// <summary>k3s and rke2 have the kubelet inside, and hand flags to it by <c>--kubelet-arg=NAME=VALUE</c>.</summary>
    private static string? Flag(NodeService kubelet, string name)
    {
        var value = kubelet.Flag(name);
        foreach (var argument in GoFlags.All(kubelet.Arguments, "--kubelet-arg"))
        {
            if (argument.Length > name.Length - 1 && argument[name.Length - 2] == '=' && argument.StartsWith(name[2..], StringComparison.Ordinal))
            {
                value = argument[(name.Length - 1)..];
            }
        }

        return value;
    }

    private void ReadFile(NodeFiles files, string path)
    {
        var unread = files.Read(path, LimitBytes, out var content) is { } reason ? $"{path} {reason}" : null;
        var root = new DocumentNode(DocumentNodeKind.Null, 1);
        unread ??= DocumentReader.ReadOne(content, path, out root)?.Message;
        if (unread is not null)
        {
            Unread.Add(unread);
            return;
        }

        Files.Add(path);
        foreach (var gate in root.Find("featureGates"u8)?.Children ?? [])
        {
            FeatureGates[System.Text.Encoding.UTF8.GetString(gate.Key.Span)] = gate.AsTruth ?? false;
        }

        SerializesImagePulls = root.Find("serializeImagePulls"u8)?.AsTruth ?? SerializesImagePulls;
        VerificationPolicy = root.TextOf("imagePullCredentialsVerificationPolicy"u8) ?? VerificationPolicy;
    }

    private void TakeFlags(NodeService kubelet)
    {
        foreach (var list in GoFlags.All(kubelet.Arguments, "--feature-gates"))
        {
            foreach (var gate in list.Split(','))
            {
                if (gate.IndexOf('=') is > 0 and var equals)
                {
                    FeatureGates[gate[..equals].Trim()] = gate[(equals + 1)..].Trim() is "true" or "True" or "TRUE" or "1" or "t" or "T";
                }
            }
        }

        if (Flag(kubelet, "--serialize-image-pulls") is { } serial)
        {
            SerializesImagePulls = serial is not ("false" or "False" or "FALSE" or "0" or "f" or "F");
        }
    }
}
