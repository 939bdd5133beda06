using System;
using System.Collections.Generic;

namespace FastProvider.Kubelet;

/// <summary>
/// Of which type a field of a Kubernetes configuration is, and which fields it has: what Go's struct says there. It is read from a text such as
/// <c>{name:text args:[text] limits:&lt;text&gt; timeout:duration?}</c>: braces have fields, brackets a list, angle brackets a map with
/// names that are free. A question mark is Go's pointer, for which null is nothing.
/// </summary>
internal sealed class FieldShape
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

                var word = rest[..end];
                rest = rest[end..];
                shape = new FieldShape(word switch
                {
                    "text" => FieldType.Text,
                    "truth" => FieldType.Truth,
                    "int" => FieldType.Int32,
                    "count" => FieldType.UInt32,
                    "long" => FieldType.Int64,
                    "number" => FieldType.Number,
                    "duration" => FieldType.Duration,
                    _ => FieldType.Any,
                });
                break;
        }

        shape.IsPointer = rest.StartsWith("?");
        rest = shape.IsPointer ? rest[1..] : rest;
        return shape;
    }
}

/// <summary>What a field holds.</summary>
internal enum FieldType
{
    /// <summary>Not looked at.</summary>
    Any,
    Text,
    Truth,
    Int32,
    UInt32,
    Int64,
    Number,

    /// <summary>A text as Go writes durations (metav1.Duration).</summary>
    Duration,
    List,
    Map,
    Object,
}
