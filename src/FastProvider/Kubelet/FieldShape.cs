using System;
using System.Collections.Generic;
using FastProvider.Generators;

namespace FastProvider.Kubelet;

/// <summary>
/// Of which type a field of a Kubernetes configuration is, and which fields it has: what Go's struct says there. It is read from
/// a text such as <c>{name:text args:[text] limits:&lt;text&gt; timeout:duration?}</c>: braces have fields, brackets a list,
/// angle brackets a map with names that are free. A question mark is Go's pointer, for which null is nothing.
/// </summary>
internal sealed partial class FieldShape
{
    private FieldShape(FieldType type) => Type = type;

    public FieldType Type { get; }

    /// <summary>Nothing may stand there, though the type knows no nothing.</summary>
    public bool IsPointer { get; private set; }

    /// <summary>Of a list or a map: what is in it.</summary>
    public FieldShape? Item { get; private init; }

    /// <summary>Of an object.</summary>
    public Dictionary<string, FieldShape> Fields { get; } = [];

    /// <summary>Takes a text of ours apart.</summary>
    public static FieldShape Of(ReadOnlySpan<char> text) => Take(ref text);

    private static FieldShape Take(ref ReadOnlySpan<char> rest)
    {
        FieldShape shape;
        switch (rest[0])
        {
            case '{':
                shape = new FieldShape(FieldType.Object);
                rest = rest[1..].TrimStart();
                while (rest[0] != '}')
                {
                    var colon = rest.IndexOf(':');
                    var name = rest[..colon].ToString();
                    rest = rest[(colon + 1)..];
                    shape.Fields.Add(name, Take(ref rest));
                    rest = rest.TrimStart();
                }

                rest = rest[1..];
                break;
            case '[' or '<':
                var type = rest[0] == '[' ? FieldType.List : FieldType.Map;
                rest = rest[1..];
                shape = new FieldShape(type) { Item = Take(ref rest) };
                rest = rest[1..];
                break;
            default:
                var end = 0;
                while (end < rest.Length && char.IsAsciiLetter(rest[end]))
                {
                    end++;
                }

                var word = rest[..end].ToString();
                rest = rest[end..];
                shape = new FieldShape(Find(word));
                break;
        }

        shape.IsPointer = rest.StartsWith("?");
        rest = shape.IsPointer ? rest[1..] : rest;
        return shape;
    }

    [Utf8Find]
    private static partial FieldType Find(string word);
}

/// <summary>What a field holds.</summary>
internal enum FieldType
{
    /// <summary>Not looked at.</summary>
    Any,
    [Utf8Name("text")] Text,
    [Utf8Name("truth")] Truth,
    [Utf8Name("int")] Int32,
    [Utf8Name("count")] UInt32,
    [Utf8Name("long")] Int64,
    [Utf8Name("number")] Number,

    /// <summary>A text as Go writes durations (metav1.Duration).</summary>
    [Utf8Name("duration")] Duration,
    List,
    Map,
    Object,
}
