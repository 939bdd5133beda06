using System;
using System.Collections.Generic;
using FastProvider.Documents;
using FastProvider.Node;

namespace FastProvider.Kubelet;

/// <summary>
/// The settings of a kubelet that decide about credential providers: its flags, and the KubeletConfiguration of <c>--config</c>
/// with the drop-ins of <c>--config-dir</c> (kubelet.config.k8s.io/v1beta1). A flag wins over the files.
/// </summary>
internal sealed class KubeletSettings
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private KubeletSettings()
    {
    }

    /// <summary>The kubelet is inside another program, which may configure it in files of its own.</summary>
    public bool IsEmbedded { get; private init; }

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

    /// <summary>
    /// For which images on the node a pod needs credentials (<c>imagePullCredentialsVerificationPolicy</c>); null for the
    /// kubelet's default.
    /// </summary>
    public string? VerificationPolicy { get; private set; }

    /// <summary>
    /// The images that <c>NeverVerifyAllowlistedImages</c> excepts (<c>preloadedImagesVerificationAllowlist</c>).
    /// </summary>
    public List<string> VerificationAllowlist { get; private set; } = [];

    /// <summary>What was read.</summary>
    public List<string> Files { get; } = [];

    /// <summary>What could not be read or decoded, in words: a kubelet does not start with it.</summary>
    public List<string> Unread { get; } = [];

    /// <summary>
    /// What a kubelet says in its log as it starts: keys of its main file that are there twice. The last one counts.
    /// </summary>
    public List<string> RepeatedKeys { get; } = [];

    /// <summary>What the flags name that is not there.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>
    /// Fields that are not known here: a kubelet passes over what its type does not have, and newer ones have more.
    /// </summary>
    public List<string> UnknownFields { get; } = [];

    /// <summary>Whether a feature that is beta, and on by default, was turned on or off; null for neither.</summary>
    public bool? BetaGate(string name) =>
        FeatureGates.TryGetValue(name, out var isOn) ? isOn
        : FeatureGates.TryGetValue("AllBeta", out var allBeta) && !allBeta ? false
        : null;

    public static KubeletSettings Read(NodeFiles files, NodeService kubelet)
    {
        var settings = new KubeletSettings
        {
            IsEmbedded = kubelet.Name is not ("kubelet" or "hyperkube"),
            ProviderConfig = Flag(kubelet, "--image-credential-provider-config") ?? RancherDefault(files, kubelet, "config.yaml"),
            BinDirectory = Flag(kubelet, "--image-credential-provider-bin-dir") ?? RancherDefault(files, kubelet, "bin"),
            RootDirectory = (Flag(kubelet, "--root-dir") ?? "/var/lib/kubelet").TrimEnd('/'),
        };
        if (Flag(kubelet, "--config") is { } config)
        {
            settings.ReadFile(files, config, isDropIn: false);
        }

        if (Flag(kubelet, "--config-dir")?.TrimEnd('/') is { } directory)
        {
            if (files.IsDirectory(directory))
            {
                settings.ReadDirectory(files, directory, 0);
            }
            else
            {
                // A kubelet walks it, and ends where it cannot (cmd/kubelet/app/server.go, mergeKubeletConfigurations).
                settings.Missing.AddRange(files.IsMissing(directory) ? [directory] : []);
                settings.Unread.Add($"{directory} of --config-dir is {(files.Exists(directory) ? "no directory" : "not there")}");
            }
        }

        settings.TakeFlags(kubelet);
        return settings;
    }

    /// <summary>Where k3s and rke2 look if nobody says otherwise; null if it is not there.</summary>
    private static string? RancherDefault(NodeFiles files, NodeService kubelet, string name)
    {
        var path = $"/var/lib/rancher/credentialprovider/{name}";
        var isRancher = kubelet.Name.StartsWith("k3s", StringComparison.Ordinal)
            || kubelet.Name.StartsWith("rke2", StringComparison.Ordinal);
        return isRancher && (files.Exists(path) || files.IsDirectory(path)) ? path : null;
    }

    private static string? Flag(NodeService kubelet, string name) =>
        Values(kubelet, name) is [.., { Length: > 0 } value] ? value : null;

    /// <summary>k3s and rke2 have the kubelet inside, and hand flags to it by <c>--kubelet-arg=NAME=VALUE</c>.</summary>
    private static List<string> Values(NodeService kubelet, string name)
    {
        var values = GoFlags.All(kubelet.Arguments, name);
        foreach (var argument in GoFlags.All(kubelet.Arguments, "--kubelet-arg"))
        {
            if (argument.Contains('=') && GoFlags.IsNamed($"--{argument}", name))
            {
                values.Add(argument[(name.Length - 1)..]);
            }
        }

        return values;
    }

    /// <summary>As the kubelet walks it: with what is below, by the names of files that end in .conf.</summary>
    private void ReadDirectory(NodeFiles files, string directory, int level)
    {
        const int mostLevels = 8;
        foreach (var name in files.Names(directory))
        {
            var path = $"{directory}/{name}";
            if (files.IsDirectory(path) && level < mostLevels)
            {
                ReadDirectory(files, path, level + 1);
            }
            else if (name.EndsWith(".conf", StringComparison.Ordinal) && !files.IsDirectory(path))
            {
                ReadFile(files, path, isDropIn: true);
            }
        }
    }

    /// <summary>
    /// As the kubelet decodes it: it refuses wrong types anywhere. Unknown fields it passes over, and a repeated key in the main
    /// file, too, as it decodes that once more without being strict (pkg/kubelet/kubeletconfig/util/codec); in a drop-in it
    /// refuses one.
    /// </summary>
    private void ReadFile(NodeFiles files, string path, bool isDropIn)
    {
        var unread = files.Read(path, LimitBytes, out var content) is { } reason ? $"{path} {reason}" : null;
        var document = unread is null
            ? DocumentReader.ReadOne(content, path, isStrict: true)
            : new DocumentNode(DocumentNodeKind.Null, 1);
        if (document.Failure is { } strictly)
        {
            document = isDropIn || strictly is not RepeatedKeyFailure ? strictly : DocumentReader.ReadOne(content, path);
            unread = document.IsOk ? null : strictly.Message;
            RepeatedKeys.AddRange(document.IsOk ? [strictly.Message] : []);
        }

        var root = document.Value ?? new DocumentNode(DocumentNodeKind.Null, 1);

        unread ??= root.TextOf("kind"u8) is "KubeletConfiguration"
            && root.TextOf("apiVersion"u8) is "kubelet.config.k8s.io/v1beta1"
            ? null
            : $"{path} is no KubeletConfiguration of kubelet.config.k8s.io/v1beta1";
        if (files.IsMissing(path))
        {
            Missing.Add(path);
        }

        if (unread is not null)
        {
            Unread.Add(unread);
            return;
        }

        Files.Add(path);
        var decoding = new StrictDecoding(path);
        decoding.Compare(root, FieldShape.Of(ConfigShapes.Kubelet), "");
        Unread.AddRange(decoding.WrongTypes);
        UnknownFields.AddRange(decoding.UnknownFields);
        foreach (var gate in root.Find("featureGates"u8)?.Children ?? [])
        {
            FeatureGates[System.Text.Encoding.UTF8.GetString(gate.Key.Span)] = gate.AsTruth ?? false;
        }

        SerializesImagePulls = root.Find("serializeImagePulls"u8)?.AsTruth ?? SerializesImagePulls;
        VerificationPolicy = root.TextOf("imagePullCredentialsVerificationPolicy"u8) ?? VerificationPolicy;
        if (root.Find("preloadedImagesVerificationAllowlist"u8) is { } list)
        {
            VerificationAllowlist = list.Items.ConvertAll(static item => item.AsText ?? "");
        }
    }

    private void TakeFlags(NodeService kubelet)
    {
        foreach (var list in Values(kubelet, "--feature-gates"))
        {
            foreach (var gate in list.Split(','))
            {
                if (gate.IndexOf('=') is > 0 and var equals)
                {
                    FeatureGates[gate[..equals].Trim()] =
                        gate[(equals + 1)..].Trim() is "true" or "True" or "TRUE" or "1" or "t" or "T";
                }
            }
        }

        if (Flag(kubelet, "--serialize-image-pulls") is { } serial)
        {
            SerializesImagePulls = serial is not ("false" or "False" or "FALSE" or "0" or "f" or "F");
        }
    }
}
