using System;
using System.Collections.Generic;
using FastProvider.Base;
using FastProvider.Documents;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Kubelet;

/// <summary>
/// The kubelet's configuration of credential providers: one file, or since Kubernetes 1.34 the files of a directory in the order
/// of their names (kubernetes, pkg/credentialprovider/plugin/config.go).
/// </summary>
internal sealed class ProviderConfig
{
    private const int LimitBytes = 4 * 1024 * 1024;

    private const int MaxProgramBytes = 256 * 1024 * 1024;

    private static readonly string[] Endings = [".yaml", ".yml", ".json"];

    /// <summary>Stands in every build of this program, and in no other.</summary>
    private static ReadOnlySpan<byte> Mark => "FAST_PROVIDER_WAITED_IN_VAIN"u8;

    private ProviderConfig()
    {
    }

    public List<string> Files { get; } = [];

    public List<ProviderEntry> Entries { get; } = [];

    /// <summary>
    /// What a kubelet cannot decode, or refuses as it decodes these files strictly. It does not start with any of it.
    /// </summary>
    public List<string> Faults { get; } = [];

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
            var file = $"{path.TrimEnd('/')}/{name}";
            if (Array.Exists(Endings, ending => name.EndsWith(ending, StringComparison.Ordinal))
                && !IsRealDirectory(files, file) && config.ReadFile(files, file) is { } failure)
            {
                return failure;
            }
        }

        return config.Files.Count > 0 ? null : new Failure($"{path} has no file that ends in {string.Join(", ", Endings)}");
    }

    /// <summary>
    /// The provider's entry: by our name, that of the provider whose place we take, or else by the program that it runs.
    /// </summary>
    /// <param name="files">The node.</param>
    /// <param name="binDirectory">Where its programs are; null if that is not known.</param>
    public ProviderEntry? FindOurs(NodeFiles files, string? binDirectory) =>
        Entries.Find(static entry => entry.IsNamedAsOurs)
        ?? (binDirectory is null ? null : Entries.Find(entry => IsOurs(files, $"{binDirectory.TrimEnd('/')}/{entry.Name}")));

    /// <summary>Whether a program is a fast-provider, of whatever version and architecture.</summary>
    public static bool IsOurs(NodeFiles files, string program)
    {
        var fault = FileBytes.Read(files.Locate(program), MaxProgramBytes, out var bytes);
        using (bytes)
        {
            return fault.IsNone && bytes.Span.IndexOf(Mark) >= 0;
        }
    }

    /// <summary>A directory, which a kubelet passes over; a link to one it tries to read.</summary>
    private static bool IsRealDirectory(NodeFiles files, string path) =>
        Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(files.Locate(path)), out var status) == 0
        && status.Kind == Libc.S_IFDIR;

    private Failure? ReadFile(NodeFiles files, string path)
    {
        if (files.Read(path, LimitBytes, out var content) is { } unread)
        {
            return new Failure($"{path} {unread}");
        }

        var document = DocumentReader.ReadOne(content, path, isStrict: true);
        if (!document.IsOk)
        {
            return document.Failure;
        }

        Files.Add(path);
        var root = document.Value;
        var version = root.TextOf("apiVersion"u8) ?? "";
        if (root.TextOf("kind"u8) is not "CredentialProviderConfig"
            || version is not ("kubelet.config.k8s.io/v1" or "kubelet.config.k8s.io/v1beta1" or "kubelet.config.k8s.io/v1alpha1"))
        {
            return new Failure($"{path} is no CredentialProviderConfig of kubelet.config.k8s.io/v1");
        }

        var decoding = new StrictDecoding(path);
        var shape = version.EndsWith("/v1", StringComparison.Ordinal) ? ConfigShapes.Providers : ConfigShapes.OldProviders;
        decoding.Compare(root, FieldShape.Of(shape), "");
        Faults.AddRange(decoding.WrongTypes);
        Faults.AddRange(decoding.UnknownFields);
        foreach (var entry in root.ItemsOf("providers"u8))
        {
            Entries.Add(new ProviderEntry(path, version, entry));
        }

        return null;
    }
}
