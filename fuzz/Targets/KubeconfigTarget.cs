using System.Text;
using System.Text.Json;
using FastProvider.Documents;
using FastProvider.Node;
using FastProvider.Tests.Documents;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// A kubeconfig: what our reader of YAML takes is to it what it is to YamlDotNet, value by value; the JSON form is what a
/// document model says.
/// </summary>
internal static class KubeconfigTarget
{
    private const string Path = "/etc/kubernetes/kubelet.conf";

    public static void Run(ReadOnlyMemory<byte> input)
    {
        Law.IsOneLine(Kubeconfig.Parse(input, Path, out _)?.Message);
        Law.IsOneLine(DocumentReader.ReadAll(input, Path, out _)?.Message);
        if (YamlReader.Read(input, Path, out var yaml) is { } refused)
        {
            Law.IsOneLine(refused.Message);
        }
        else
        {
            CompareYaml(input, [yaml]);
        }

        var all = new List<DocumentNode>();
        if (YamlReader.ReadAll(input, Path, all) is null)
        {
            CompareYaml(input, all);
        }

        var unread = JsonTree.Read(input, Path, out var json);
        Law.IsOneLine(unread?.Message);
        using var model = JsonModel.Parse(input, maxDepth: 64);
        if (model is null)
        {
            Law.Holds(unread is not null, "what is no JSON is refused");
        }
        else if (!model.IsOdd)
        {
            Law.Holds(unread is null && IsSame(json, model.Root), "the JSON form is what the document model says");
        }
    }

    private static void CompareYaml(ReadOnlyMemory<byte> input, List<DocumentNode> roots)
    {
        string text;
        try
        {
            text = new UTF8Encoding(true, throwOnInvalidBytes: true).GetString(input.Span);
        }
        catch (ArgumentException)
        {
            // Texts that are no UTF-8 come out as they are.
            return;
        }

        Law.Holds(!text.Any(EndsOrBreaksAText), "what is no text to YAML, or ends lines for some readers, is refused");
        if (YamlModel.Parse(text) is { } model)
        {
            Law.Holds(YamlModel.IsSame(roots, model) || YamlModel.Minds(text), "the YAML form is what YamlDotNet says");
        }
        else
        {
            Law.Holds(YamlModel.Minds(text), "what is no YAML is refused");
        }
    }

    /// <summary>YAML 1.2, chapter 5.1; and the line breaks of YAML 1.1, which the kubelet's own reader goes by.</summary>
    private static bool EndsOrBreaksAText(char c) =>
        c is (< ' ' and not ('\t' or '\n' or '\r')) or (>= '\x7f' and <= '\x9f') or '\u2028' or '\u2029';

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
