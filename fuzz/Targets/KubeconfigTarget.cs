using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using FastProvider.Documents;
using FastProvider.Node;
using FastProvider.Tests.Documents;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// A kubeconfig. No text throws or takes memory out of proportion; a failure is one line; what is read as JSON is what a document
/// model says, and what is read both as JSON and as YAML is one tree; strict reading takes less and nothing else.
/// </summary>
internal static class KubeconfigTarget
{
    private const string Path = "/etc/kubernetes/kubelet.conf";

    // Of a node, its text and the parser's events; and what the parser has before it reads anything.
    private const int BytesPerByte = 2_000, BytesAtLeast = 1_000_000;

    public static void Run(ReadOnlyMemory<byte> input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Law.IsOneLine(Kubeconfig.Parse(input, Path).Failure?.Message);
        Law.Holds(
            GC.GetAllocatedBytesForCurrentThread() - before < BytesAtLeast + ((long)BytesPerByte * input.Length),
            "memory is in proportion, whatever aliases stand for");
        var unreadAll = DocumentReader.ReadAll(input, Path, out _);
        var one = DocumentReader.ReadOne(input, Path);
        var strict = DocumentReader.ReadOne(input, Path, isStrict: true);
        Law.IsOneLine(unreadAll?.Message);
        Law.IsOneLine(one.Failure?.Message);
        Law.IsOneLine(strict.Failure?.Message);
        if (strict.IsOk)
        {
            Law.Holds(
                one.IsOk && DocumentJson.Of(one.Value) == DocumentJson.Of(strict.Value),
                "what a strict reader takes is the same to any");
        }

        CompareJson(input);
    }

    private static void CompareJson(ReadOnlyMemory<byte> input)
    {
        var json = JsonTree.Read(input, Path, isStrict: true);
        Law.IsOneLine(json.Failure?.Message);
        using var model = JsonModel.Parse(input, maxDepth: 64);
        if (model is null)
        {
            Law.Holds(!json.IsOk, "what is no JSON is refused");
        }
        else if (!model.IsOdd)
        {
            Law.Holds(json.IsOk && IsSame(json.Value, model.Root), "the JSON form is what the document model says");
        }

        if (json.IsOk && Utf8.IsValid(input.Span) && !BreaksTexts(input)
            && YamlTree.Read(input, Path, 0, isStrict: false, YamlTree.MostValues).Value is { } yaml)
        {
            Law.Holds(Texts(json.Value) == Texts(yaml), "what is read as JSON and as YAML is one tree");
        }
    }

    /// <summary>NEL, LS and PS are line breaks to YAML 1.1, and a text in quotes that goes on over lines is folded.</summary>
    private static bool BreaksTexts(ReadOnlyMemory<byte> input) => Text(input).AsSpan().ContainsAny('\u0085', '\u2028', '\u2029');

    // Numbers that are none to both, such as 1e999, are text to one of them.
    private static string Texts(DocumentNode node) => node.Kind switch
    {
        DocumentNodeKind.Null => "null",
        DocumentNodeKind.Scalar => JsonSerializer.Serialize(Text(node.Text)),
        DocumentNodeKind.Sequence => $"[{string.Join(",", node.Children.Select(Texts))}]",
        _ => "{"
            + string.Join(",", node.Children.Select(child => $"{JsonSerializer.Serialize(Text(child.Key))}:{Texts(child)}"))
            + "}",
    };

    private static bool IsSame(DocumentNode ours, JsonElement theirs)
    {
        switch (ours.Kind)
        {
            case DocumentNodeKind.Null:
                return theirs.ValueKind is JsonValueKind.Null;
            case DocumentNodeKind.Scalar:
                return Text(ours.Text) == (theirs.ValueKind is JsonValueKind.String ? theirs.GetString() : theirs.GetRawText());
            case DocumentNodeKind.Sequence:
                return theirs.ValueKind is JsonValueKind.Array && theirs.GetArrayLength() == ours.Children.Count
                    && ours.Children.Zip(theirs.EnumerateArray()).All(pair => IsSame(pair.First, pair.Second));
            case DocumentNodeKind.Mapping:
                return theirs.ValueKind is JsonValueKind.Object && theirs.GetPropertyCount() == ours.Children.Count
                    && ours.Children.All(child => theirs.TryGetProperty(Text(child.Key), out var value) && IsSame(child, value));
            default:
                return false;
        }
    }

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
