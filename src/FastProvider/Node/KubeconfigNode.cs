using System;
using System.Collections.Generic;

namespace FastProvider.Node;

/// <summary>What a <see cref="KubeconfigNode"/> is.</summary>
internal enum KubeconfigNodeKind
{
    /// <summary>Nothing, or an explicit null.</summary>
    Null,

    /// <summary>Text, a number or a truth value: <see cref="KubeconfigNode.Text"/>.</summary>
    Scalar,

    /// <summary>Children with keys.</summary>
    Mapping,

    /// <summary>Children without keys.</summary>
    Sequence,

    /// <summary>Well formed, but of a form that is not read, such as a block scalar: an error only where its value is needed.</summary>
    Unread,
}

/// <summary>
/// A value of a kubeconfig, the same for its YAML and JSON forms. Texts are UTF-8 and mostly slices of the file, so that a
/// private key in it is not copied about.
/// </summary>
internal sealed class KubeconfigNode(KubeconfigNodeKind kind, int line)
{
    public KubeconfigNodeKind Kind { get; } = kind;

    /// <summary>The line of the file, counted from 1; 0 in the JSON form.</summary>
    public int Line { get; } = line;

    /// <summary>The key in the mapping around this value, empty elsewhere.</summary>
    public ReadOnlyMemory<byte> Key { get; set; }

    /// <summary>The unquoted text of a scalar.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The values of a mapping or sequence in file order.</summary>
    public List<KubeconfigNode> Children { get; } = [];

    /// <summary>The value of <paramref name="key"/>; null if this is no mapping, the key is not there or its value is null.</summary>
    public KubeconfigNode? Find(ReadOnlySpan<byte> key)
    {
        if (Kind == KubeconfigNodeKind.Mapping)
        {
            foreach (var child in Children)
            {
                if (child.Key.Span.SequenceEqual(key))
                {
                    return child.Kind == KubeconfigNodeKind.Null ? null : child;
                }
            }
        }

        return null;
    }

    /// <summary>Adds a value to a mapping unless its key is there already.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> key, KubeconfigNode value)
    {
        foreach (var child in Children)
        {
            if (child.Key.Span.SequenceEqual(key.Span))
            {
                return false;
            }
        }

        value.Key = key;
        Children.Add(value);
        return true;
    }
}
