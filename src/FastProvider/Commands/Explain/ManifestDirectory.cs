using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Documents;
using FastProvider.Native;

namespace FastProvider.Commands.Explain;

/// <summary>The objects of Kubernetes that stand in the YAML and JSON files of a directory and of those below it.</summary>
internal sealed class ManifestDirectory
{
    private const int MaxFileBytes = 16 * 1024 * 1024, MaxLevels = 16;

    private readonly List<DocumentNode> _objects = [];

    public int FileCount { get; private set; }

    /// <summary>In the order of the files' paths; those of a <c>kind: List</c> one by one.</summary>
    public IReadOnlyList<DocumentNode> Objects => _objects;

    public static Failure? Read(string directory, out ManifestDirectory manifests)
    {
        manifests = new ManifestDirectory();
        var files = new List<string>();
        if (List(directory.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/", 0, files) is { } unlisted)
        {
            return unlisted;
        }

        files.Sort(string.CompareOrdinal);
        foreach (var file in files)
        {
            if (manifests.ReadFile(file) is { } unread)
            {
                return unread;
            }
        }

        return null;
    }

    /// <summary>Whether an object is of a kind and a namespace; one that names none is of any.</summary>
    public static bool Is(DocumentNode manifest, string kind, string ns) =>
        manifest.TextOf("kind"u8) == kind && manifest.TextOf("apiVersion"u8) == "v1"
        && (manifest.Find("metadata"u8)?.TextOf("namespace"u8) is not { } named || named == ns);

    private static Failure? List(string directory, int level, List<string> files)
    {
        var errno = Libc.OpenDirectory(FileBytes.NulTerminated(directory), out var list);
        if (errno != 0)
        {
            return new Failure($"--secrets-from {directory}: {Libc.Explain(errno)}", Failure.WrongUsage);
        }

        var below = new List<string>();
        while (Libc.ReadDirectory(list, out var nulTerminatedName, out var kind))
        {
            var name = Encoding.UTF8.GetString(nulTerminatedName[..^1]);
            if (name.StartsWith('.'))
            {
                continue; // the directory itself, the one above, what is hidden
            }

            if (kind is Libc.DT_DIR)
            {
                below.Add($"{directory}/{name}");
            }
            else if (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)
                || name.EndsWith(".json", StringComparison.Ordinal))
            {
                files.Add($"{directory}/{name}");
            }
        }

        Libc.CloseDirectory(list);
        foreach (var child in below)
        {
            if (level < MaxLevels && List(child, level + 1, files) is { } unlisted)
            {
                return unlisted;
            }
        }

        return null;
    }

    private Failure? ReadFile(string path)
    {
        var fault = FileBytes.Read(path, MaxFileBytes, out var bytes);
        using (bytes)
        {
            if (!fault.IsNone)
            {
                return new Failure($"--secrets-from {path}: {fault}");
            }

            FileCount++;
            var failure = DocumentReader.ReadAll(bytes.Span.ToArray(), path, out var roots);
            foreach (var root in roots)
            {
                Add(root);
            }

            return failure;
        }
    }

    private void Add(DocumentNode root)
    {
        if (root.TextOf("kind"u8) is not { } kind || !kind.EndsWith("List", StringComparison.Ordinal))
        {
            _objects.Add(root);
            return;
        }

        foreach (var item in root.ItemsOf("items"u8))
        {
            _objects.Add(item);
        }
    }
}
