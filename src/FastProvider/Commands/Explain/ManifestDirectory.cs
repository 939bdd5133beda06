using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Base;
using FastProvider.Documents;
using FastProvider.Native;

namespace FastProvider.Commands.Explain;

/// <summary>The objects of Kubernetes that stand in the YAML and JSON files of a directory and of those below it.</summary>
internal sealed class ManifestDirectory
{
    private const int MaxFileBytes = 16 * 1024 * 1024, MaxLevels = 16;

    private readonly List<Manifest> _objects = [];
    private readonly List<string> _unread = [], _foreign = [];

    public int FileCount { get; private set; }

    /// <summary>Why files, or what comes behind some line of them, are passed over, a line each.</summary>
    public IReadOnlyList<string> Unread => _unread;

    /// <summary>The paths of files that hold something else: a compose file, a chart's values.</summary>
    public IReadOnlyList<string> Foreign => _foreign;

    /// <summary>In the order of the files' paths; those of a <c>kind: List</c> one by one.</summary>
    public IReadOnlyList<Manifest> Objects => _objects;

    public static Result<ManifestDirectory> Read(string directory)
    {
        var manifests = new ManifestDirectory();
        var files = new List<string>();
        if (manifests.List(directory.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/", 0, files) is { } unlisted)
        {
            return unlisted;
        }

        files.Sort(string.CompareOrdinal);
        foreach (var file in files)
        {
            manifests.ReadFile(file);
        }

        return manifests;
    }

    private Failure? List(string directory, int level, List<string> files)
    {
        var list = DirectoryList.Of(FileBytes.NulTerminated(directory));
        if (list.Errno is not Errno.None)
        {
            return new Failure($"--secrets-from {directory}: {list.Errno.Words()}", Failure.WrongUsage);
        }

        var below = new List<string>();
        foreach (var entry in list)
        {
            var name = Encoding.UTF8.GetString(entry.Name);
            if (name.StartsWith('.'))
            {
                continue; // what is hidden
            }

            if (entry.IsDirectory)
            {
                below.Add($"{directory}/{name}");
            }
            else if (name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal)
                || name.EndsWith(".json", StringComparison.Ordinal))
            {
                files.Add($"{directory}/{name}");
            }
        }

        foreach (var child in below)
        {
            if (level < MaxLevels && List(child, level + 1, files) is { } unlisted)
            {
                _unread.Add($"{unlisted.Message}; the directory is passed over");
            }
        }

        return null;
    }

    // Such directories also hold templates, binaries and texts in other encodings: one that cannot be read ends nothing.
    private void ReadFile(string path)
    {
        var fault = FileBytes.Read(path, MaxFileBytes, out var bytes);
        using (bytes)
        {
            if (!fault.IsNone)
            {
                _unread.Add($"{path}: {fault}; the file is passed over");
                return;
            }

            FileCount++;
            var failure = DocumentReader.ReadAll(bytes.Span.ToArray(), path, out var roots);
            var isForeign = roots.Count > 0;
            foreach (var root in roots)
            {
                isForeign &= !TryAdd(root);
            }

            if (failure is not null)
            {
                _unread.Add($"{failure.Message}; the file is passed over{(roots.Count > 0 ? " from there on" : "")}");
            }
            else if (isForeign)
            {
                _foreign.Add(path);
            }
        }
    }

    private bool TryAdd(DocumentNode root)
    {
        if (root.TextOf("kind"u8) is not { } kind || root.TextOf("apiVersion"u8) is not { } version)
        {
            return false;
        }

        if (!kind.EndsWith("List", StringComparison.Ordinal))
        {
            _objects.Add(new Manifest(root, kind, version));
            return true;
        }

        // In a list of one kind the items need not say theirs (apimachinery, unstructured, decodeToList).
        var kindOfItems = kind[..^"List".Length];
        foreach (var item in root.ItemsOf("items"u8))
        {
            _objects.Add(item.TextOf("kind"u8) is null && kindOfItems.Length > 0
                ? new Manifest(item, kindOfItems, version)
                : new Manifest(item, item.TextOf("kind"u8) ?? "", item.TextOf("apiVersion"u8) ?? ""));
        }

        return true;
    }
}
