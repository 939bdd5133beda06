using System;
using System.Collections.Generic;
using System.Text;

namespace FastProvider.Documents;

/// <summary>A value of a document, the same for its YAML and JSON forms. Texts are UTF-8.</summary>
internal sealed class DocumentNode
{
    // Up to here each key is compared with each one before it; larger mappings are sorted once, as a user's file may have many.
    private const int FewKeys = 32;

    private static readonly List<DocumentNode> None = [];

    public DocumentNode(DocumentNodeKind kind, int line)
    {
        Kind = kind;
        Line = line;
        Children = kind is DocumentNodeKind.Mapping or DocumentNodeKind.Sequence ? [] : None;
    }

    // What an alias stands for: the values below are the same ones, so that a bomb of aliases takes no memory.
    private DocumentNode(DocumentNode same)
    {
        (Kind, Line, Children, Type, Text) = (same.Kind, same.Line, same.Children, same.Type, same.Text);
    }

    public DocumentNodeKind Kind { get; }

    /// <summary>What a scalar is.</summary>
    public ScalarType Type { get; init; }

    /// <summary>The line of the file, counted from 1; 0 in the JSON form.</summary>
    public int Line { get; }

    /// <summary>The line of <see cref="Key"/>.</summary>
    public int KeyLine { get; private set; }

    /// <summary>The key in the mapping around this value, empty elsewhere.</summary>
    public ReadOnlyMemory<byte> Key { get; private set; }

    /// <summary>
    /// The text of a scalar, without its quotes, escapes or indentation; a number or truth value as it is written.
    /// </summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The values of a mapping or sequence in file order.</summary>
    public List<DocumentNode> Children { get; }

    /// <summary>The items of a sequence, none of anything else.</summary>
    public List<DocumentNode> Items => Kind is DocumentNodeKind.Sequence ? Children : None;

    /// <summary>
    /// The text of a scalar as a string, null of anything else. May be a secret: for messages only where it cannot be.
    /// </summary>
    public string? AsText => Kind is DocumentNodeKind.Scalar ? Encoding.UTF8.GetString(Text.Span) : null;

    /// <summary>The truth value of a scalar, null of anything else: also of text in quotes, and of numbers.</summary>
    public bool? AsTruth => Type is ScalarType.Truth ? YamlScalar.IsTrue(Text.Span) : null;

    /// <summary>
    /// The value of <paramref name="key"/>; null if this is no mapping, the key is not there or its value is null.
    /// </summary>
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

    /// <summary>Another node of the same value, for another place in the tree.</summary>
    public DocumentNode Again() => new(this);

    /// <summary>
    /// Adds a value to a mapping, also if its key is there: <see cref="DropRepeated"/> is called when it is whole.
    /// </summary>
    public void Add(ReadOnlyMemory<byte> key, int keyLine, DocumentNode value)
    {
        (value.Key, value.KeyLine) = (key, keyLine);
        Children.Add(value);
    }

    /// <summary>Keeps the last of the values that have one key, as Kubernetes' readers do where they are not strict.</summary>
    /// <returns>A value whose key was there before it; null if there is none.</returns>
    public DocumentNode? DropRepeated()
    {
        var isLater = Children.Count <= FewKeys ? RepeatedOfFew() : RepeatedOfMany();
        if (isLater is null)
        {
            return null;
        }

        DocumentNode? repeated = null;
        var kept = 0;
        for (var index = 0; index < Children.Count; index++)
        {
            if (isLater[index])
            {
                repeated ??= LastOf(Children[index].Key.Span);
            }
            else
            {
                Children[kept++] = Children[index];
            }
        }

        Children.RemoveRange(kept, Children.Count - kept);
        return repeated;
    }

    // Of each value, whether a later one has its key; null if none has.
    private bool[]? RepeatedOfFew()
    {
        bool[]? isRepeated = null;
        for (var index = 1; index < Children.Count; index++)
        {
            var key = Children[index].Key.Span;
            for (var before = 0; before < index; before++)
            {
                if (Children[before].Key.Span.SequenceEqual(key))
                {
                    (isRepeated ??= new bool[Children.Count])[before] = true;
                }
            }
        }

        return isRepeated;
    }

    private bool[]? RepeatedOfMany()
    {
        bool[]? isRepeated = null;
        var order = new int[Children.Count];
        for (var index = 0; index < order.Length; index++)
        {
            order[index] = index;
        }

        Array.Sort(order, (one, other) =>
            Children[one].Key.Span.SequenceCompareTo(Children[other].Key.Span) is var byKey and not 0
            ? byKey : one.CompareTo(other));
        for (var index = 1; index < order.Length; index++)
        {
            if (Children[order[index]].Key.Span.SequenceEqual(Children[order[index - 1]].Key.Span))
            {
                (isRepeated ??= new bool[order.Length])[order[index - 1]] = true;
            }
        }

        return isRepeated;
    }

    private DocumentNode LastOf(ReadOnlySpan<byte> key)
    {
        for (var index = Children.Count - 1; ; index--)
        {
            if (Children[index].Key.Span.SequenceEqual(key))
            {
                return Children[index];
            }
        }
    }
}
