using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Documents;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FastProvider.Tests.Documents;

/// <summary>The documents of a YAML text by YamlDotNet, and whether our nodes are the same. The fuzz target shares it.</summary>
internal static partial class YamlModel
{
    /// <returns>The roots that hold something; null for what is no YAML.</returns>
    public static IReadOnlyList<YamlNode>? Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text.StartsWith('\ufeff') ? text[1..] : text));
        }
        catch (Exception refused) when (refused is YamlException or InvalidOperationException)
        {
            return null;
        }

        return [.. stream.Documents.Select(document => document.RootNode).Where(root => !IsNull(root))];
    }

    /// <summary>
    /// Whether there is what YAML 1.2 allows and YamlDotNet refuses or takes for something else: tabs in blank lines and before
    /// comments, spaces in the blank lines with which a block scalar begins, a key with an asterisk in it.
    /// </summary>
    public static bool Minds(string text) =>
        BlankWithTab().IsMatch(text) || BlockAfterSpaces().IsMatch(text) || AsteriskInKey().IsMatch(text);

    public static bool IsSame(IEnumerable<DocumentNode> ours, IReadOnlyList<YamlNode> theirs)
    {
        DocumentNode[] roots = [.. ours.Where(root => root.Kind is not DocumentNodeKind.Null)];
        return roots.Length == theirs.Count && roots.Zip(theirs).All(pair => IsSame(pair.First, pair.Second));
    }

    private static bool IsSame(DocumentNode ours, YamlNode theirs)
    {
        switch (ours.Kind)
        {
            case DocumentNodeKind.Null:
                return IsNull(theirs);
            case DocumentNodeKind.Scalar:
                return theirs is YamlScalarNode scalar && scalar.Value == Text(ours.Text)
                    && ours.IsQuoted == scalar.Style is not ScalarStyle.Plain;
            case DocumentNodeKind.Sequence:
                return theirs is YamlSequenceNode sequence && sequence.Children.Count == ours.Children.Count
                    && ours.Children.Zip(sequence.Children).All(pair => IsSame(pair.First, pair.Second));
            case DocumentNodeKind.Mapping:
                return theirs is YamlMappingNode mapping && mapping.Children.Count == ours.Children.Count
                    && ours.Children.All(child =>
                        mapping.Children.TryGetValue(new YamlScalarNode(Text(child.Key)), out var value) && IsSame(child, value));
            default:
                return false;
        }
    }

    [GeneratedRegex(@"^ *\t[ \t]*(#.*|\r?)$", RegexOptions.Multiline)]
    private static partial Regex BlankWithTab();

    [GeneratedRegex(@"[|>][-+0-9]*([ \t].*)?\r?\n([ \t]*\r?\n)*[ \t]+\r?\n")]
    private static partial Regex BlockAfterSpaces();

    [GeneratedRegex(@"[ \t]\*.*:")]
    private static partial Regex AsteriskInKey();

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain } plain
        && plain.Value is null or "" or "~" or "null" or "Null" or "NULL";

    private static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);
}
