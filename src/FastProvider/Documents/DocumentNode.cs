using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Documents;

/// <summary>
/// A value of a document, the same for its YAML and JSON forms. Texts are UTF-8 and mostly slices of the file, so that a
/// private key or a password in it is not copied about.
/// </summary>
internal sealed class DocumentNode(DocumentNodeKind kind, int line)
{
    // Up to here a new key is compared with each one before it; larger mappings are sorted once, as a user's file may have many.
    private const int FewKeys = 32;

    private static readonly List<DocumentNode> None = [];

    public DocumentNodeKind Kind { get; } = kind;

    /// <summary>The line of the file, counted from 1; 0 in the JSON form.</summary>
    public int Line { get; } = line;

    /// <summary>The key in the mapping around this value, empty elsewhere.</summary>
    public ReadOnlyMemory<byte> Key { get; set; }

    /// <summary>The text of a scalar, without its quotes, escapes or indentation.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>Whether a scalar is in quotes or a block of lines: a text, even if it looks like a truth value or a number.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>The values of a mapping or sequence in file order.</summary>
    public List<DocumentNode> Children { get; } = kind is DocumentNodeKind.Mapping or DocumentNodeKind.Sequence ? [] : None;

    /// <summary>The items of a sequence, none of anything else.</summary>
    public List<DocumentNode> Items => Kind is DocumentNodeKind.Sequence ? Children : None;

    /// <summary>The text of a scalar as a string, null of anything else. May be a secret: for messages only where it cannot be.</summary>
    public string? AsText => Kind is DocumentNodeKind.Scalar ? Encoding.UTF8.GetString(Text.Span) : null;

    /// <summary>
    /// The truth value of a scalar, null of anything else. Kubernetes reads its files with a reader of YAML 1.1
    /// (sigs.k8s.io/yaml, its table in goyaml.v2/resolve.go), to which yes and on are true, and what is in quotes is text.
    /// </summary>
    public bool? AsTruth => IsQuoted ? null : AsText switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    /// <summary>The value of <paramref name="key"/>; null if this is no mapping, the key is not there or its value is null.</summary>
    public DocumentNode? Find(ReadOnlySpan<byte> key)
    {
        if (Kind == DocumentNodeKind.Mapping)
        {
            foreach (var child in Children)
            {
                if (child.Key.Span.SequenceEqual(key))
                {
                    return child.Kind == DocumentNodeKind.Null ? null : child;
                }
            }
        }

        return null;
    }

    /// <summary><see cref="AsText"/> of the value of <paramref name="key"/>.</summary>
    public string? TextOf(ReadOnlySpan<byte> key) => Find(key)?.AsText;

    /// <summary><see cref="Items"/> of the value of <paramref name="key"/>.</summary>
    public List<DocumentNode> ItemsOf(ReadOnlySpan<byte> key) => Find(key)?.Items ?? None;

    /// <summary>
    /// Adds a value to a mapping unless its key is there already, which may only be seen by <see cref="FindRepeated"/> if the
    /// mapping is large.
    /// </summary>
    public bool TryAdd(ReadOnlyMemory<byte> key, DocumentNode value)
    {
        if (Children.Count < FewKeys)
        {
            foreach (var child in Children)
            {
                if (child.Key.Span.SequenceEqual(key.Span))
                {
                    return false;
                }
            }
        }

        value.Key = key;
        Children.Add(value);
        return true;
    }

    /// <summary>A value of a whole mapping whose key is there before it; null if there is none.</summary>
    public DocumentNode? FindRepeated()
    {
        if (Children.Count <= FewKeys)
        {
            return null;
        }

        var sorted = Children.ToArray();
        Array.Sort(sorted, static (one, other) => one.Key.Span.SequenceCompareTo(other.Key.Span));
        for (var index = 1; index < sorted.Length; index++)
        {
            if (sorted[index].Key.Span.SequenceEqual(sorted[index - 1].Key.Span))
            {
                return sorted[index].Line > sorted[index - 1].Line ? sorted[index] : sorted[index - 1];
            }
        }

        return null;
    }
}
