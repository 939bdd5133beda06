using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastProvider.Documents;
using FastProvider.Names;

namespace FastProvider.Kubelet;

/// <summary>
/// Compares a document with the Go types that a kubelet decodes it into (apimachinery, serializer/json with Strict;
/// sigs.k8s.io/json): the names of fields are compared letter by letter, a value must have its field's type, and null leaves a
/// field as it was.
/// </summary>
internal sealed class StrictDecoding(string path)
{
    /// <summary>Of each kind: whoever mends so many sees the rest. The reader bounds the values, aliases spelled out.</summary>
    private const int MaxFaults = 50;

    /// <summary>Values that cannot be decoded: no decoder takes the file. Each with its place; never a value.</summary>
    public List<string> WrongTypes { get; } = [];

    /// <summary>Fields that the type does not have: a strict decoder refuses the file.</summary>
    public List<string> UnknownFields { get; } = [];

    /// <summary>Compares a value and all that is in it.</summary>
    /// <param name="node">The value.</param>
    /// <param name="shape">What it should be.</param>
    /// <param name="name">Its name with those around it, such as <c>providers[0].env</c>; empty at the top.</param>
    public void Compare(DocumentNode node, FieldShape shape, string name)
    {
        if (node.Kind is DocumentNodeKind.Null)
        {
            // A Duration decodes null as an empty text, which is none.
            if (shape.Type is FieldType.Duration && !shape.IsPointer)
            {
                Add(WrongTypes, node, name, "is null, not a duration such as \"10s\"");
            }

            return;
        }

        switch (shape.Type)
        {
            case FieldType.Object:
                CompareFields(node, shape, name);
                break;
            case FieldType.List when node.Kind is DocumentNodeKind.Sequence:
                for (var i = 0; i < node.Children.Count; i++)
                {
                    Compare(node.Children[i], shape.Item!, string.Create(CultureInfo.InvariantCulture, $"{name}[{i}]"));
                }

                break;
            case FieldType.Map when node.Kind is DocumentNodeKind.Mapping:
                foreach (var child in node.Children)
                {
                    Compare(child, shape.Item!, $"{name}.{KeyOf(child)}");
                }

                break;
            default:
                if (WhyNot(node, shape.Type) is { } wanted)
                {
                    Add(WrongTypes, node, name, $"is {NameOf(node)}, not {wanted}");
                }

                break;
        }
    }

    private void CompareFields(DocumentNode node, FieldShape shape, string name)
    {
        if (node.Kind is not DocumentNodeKind.Mapping)
        {
            Add(WrongTypes, node, name, $"is {NameOf(node)}, not an object");
            return;
        }

        foreach (var child in node.Children)
        {
            var key = KeyOf(child);
            var full = name.Length == 0 ? key : $"{name}.{key}";
            if (shape.Fields.TryGetValue(key, out var field))
            {
                Compare(child, field, full);
            }
            else
            {
                Add(UnknownFields, child, full, "is no field that a kubelet knows");
            }
        }
    }

    /// <summary>What should stand there; null if it does.</summary>
    private static string? WhyNot(DocumentNode node, FieldType type)
    {
        var isText = node is { Kind: DocumentNodeKind.Scalar, Type: ScalarType.Text };
        return type switch
        {
            FieldType.Text => isText ? null : node.Kind is DocumentNodeKind.Scalar ? "a text: put it in quotes" : "a text",
            FieldType.Truth => node.AsTruth is not null ? null : "true or false",
            FieldType.Int32 => IsWhole(node, int.MinValue, int.MaxValue) ? null : "a whole number of 32 bits",
            FieldType.UInt32 =>
                IsWhole(node, uint.MinValue, uint.MaxValue) ? null : "a whole number of 32 bits that is not negative",
            FieldType.Int64 => IsWhole(node, long.MinValue, long.MaxValue) ? null : "a whole number",
            FieldType.Number => node.Type is ScalarType.Integer or ScalarType.Float ? null : "a number",
            FieldType.Duration => isText && GoDuration.IsValid(node.AsText) ? null : "a duration as a text, such as \"10s\"",
            FieldType.List => "a list",
            FieldType.Map => "an object",
            _ => null,
        };
    }

    /// <summary>
    /// A fraction of nothing is whole: JSON has it without. Numbers to another base than ten are taken for small ones.
    /// </summary>
    private static bool IsWhole(DocumentNode node, long least, long most) =>
        node.Type is ScalarType.Integer or ScalarType.Float
        && (!double.TryParse(
                node.AsText!.Replace("_", "", StringComparison.Ordinal),
                NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? node.Type is ScalarType.Integer
            : double.IsInteger(number) && number >= least && number <= most);

    private static string NameOf(DocumentNode node) => node.Kind switch
    {
        DocumentNodeKind.Mapping => "an object",
        DocumentNodeKind.Sequence => "a list",
        DocumentNodeKind.Null => "null",
        _ => node.Type switch
        {
            ScalarType.Text => "a text",
            ScalarType.Truth => "a truth value",
            _ => "a number",
        },
    };

    private void Add(List<string> faults, DocumentNode node, string name, string what)
    {
        if (faults.Count < MaxFaults)
        {
            faults.Add($"{path}{(LineOf(node) is > 0 and var line ? $" line {line}" : "")}:"
                + $" {(name.Length > 0 ? name : "the document")} {what}");
        }
    }

    private static int LineOf(DocumentNode node) => node.KeyLine > 0 ? node.KeyLine : node.Line;

    private static string KeyOf(DocumentNode node) => Encoding.UTF8.GetString(node.Key.Span);
}
