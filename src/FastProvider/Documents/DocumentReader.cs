using System;
using System.Collections.Generic;
using System.Text.Unicode;

namespace FastProvider.Documents;

/// <summary>
/// Reads the files that people and Kubernetes write in YAML or JSON: a kubeconfig, a kubelet's configuration, manifests. What
/// begins with a brace is JSON. A failure says the path, the line and what is not understood, never a value.
/// </summary>
internal static class DocumentReader
{
    /// <summary>Reads a file of one document; a second one is refused.</summary>
    /// <param name="text">UTF-8. The node keeps slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="root">The value at the top, null for an empty document.</param>
    public static Failure? ReadOne(ReadOnlyMemory<byte> text, string path, out DocumentNode root)
    {
        root = new DocumentNode(DocumentNodeKind.Null, 1);
        return !Utf8.IsValid(text.Span) ? NotText(path)
            : IsJson(text) ? JsonTree.Read(text, path, out root)
            : YamlReader.Read(text, path, out root);
    }

    /// <summary>Reads all documents of a file; those that hold nothing are left out.</summary>
    /// <param name="text">UTF-8. The nodes keep slices of it.</param>
    /// <param name="path">For messages.</param>
    /// <param name="roots">The values at the top, in file order: those before the failure if there is one.</param>
    public static Failure? ReadAll(ReadOnlyMemory<byte> text, string path, out List<DocumentNode> roots)
    {
        roots = [];
        return !Utf8.IsValid(text.Span) ? NotText(path)
            : IsJson(text) ? JsonTree.ReadAll(text, path, roots)
            : YamlReader.ReadAll(text, path, roots);
    }

    private static bool IsJson(ReadOnlyMemory<byte> text) => text.Span.TrimStart(" \t\r\n"u8).StartsWith((byte)'{');

    private static Failure NotText(string path) => new($"{path} is not UTF-8 text");
}
