using System;
using System.Collections.Generic;
using System.Linq;
using FastProvider.Generators.Model;

namespace FastProvider.Generators.Readers;

/// <summary>What is wanted of a document, while the paths of a type's members are put together.</summary>
internal sealed class WantedTree
{
    public const string EachItem = "[]";

    public const string EachProperty = "{}";

    private readonly List<(string Name, WantedTree Child)> _children = [];

    /// <summary>What takes the value; null for an object or array.</summary>
    public LeafSpec? Leaf { get; set; }

    public MethodSpec? Start { get; set; }

    public MethodSpec? End { get; set; }

    public bool HasChildren => _children.Count > 0;

    /// <summary>
    /// The node at a path, made if need be. Null if a node on the way is a value, or the names of an object and the items of an
    /// array meet.
    /// </summary>
    public WantedTree? Reach(IEnumerable<string> path)
    {
        var node = this;
        foreach (var name in path)
        {
            var isClash = node.Leaf is not null
                || (node.HasChildren && (name == EachItem) != (node._children[0].Name == EachItem));
            if (isClash)
            {
                return null;
            }

            var next = node._children.FirstOrDefault(child => child.Name == name).Child;
            if (next is null)
            {
                next = new WantedTree();
                node._children.Add((name, next));
            }

            node = next;
        }

        return node;
    }

    /// <summary>The finished tree, every node with an identifier of its own.</summary>
    public ScopeSpec ToSpec() => ToScope("", [""]);

    private NodeSpec ToSpec(string ident, HashSet<string> taken)
    {
        while (!taken.Add(ident))
        {
            ident += "_";
        }

        if (Leaf is { } leaf)
        {
            return new LeafSpec(ident, leaf.Kind, leaf.Member, leaf.Table, leaf.Method);
        }

        return ToScope(ident, taken);
    }

    private ScopeSpec ToScope(string ident, HashSet<string> taken)
    {
        NodeSpec? each = null;
        List<PropertySpec> properties = [];
        foreach (var (name, child) in _children)
        {
            if (name is EachItem or EachProperty)
            {
                var single = ident.EndsWith("s", StringComparison.Ordinal)
                    ? ident.Substring(0, ident.Length - 1)
                    : ident + "Item";
                each = child.ToSpec(single, taken);
            }
            else
            {
                properties.Add(new PropertySpec(name, child.ToSpec(ident + Pascal(name), taken)));
            }
        }

        var isArray = HasChildren && _children[0].Name == EachItem;
        return new ScopeSpec(ident, isArray, new([.. properties]), each, Start, End);
    }

    private static string Pascal(string name)
    {
        var words = string.Concat(name.Select(static c => char.IsLetterOrDigit(c) ? c : ' '))
            .Split([' '], StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words.Select(static word => char.ToUpperInvariant(word[0]) + word.Substring(1)));
    }
}
