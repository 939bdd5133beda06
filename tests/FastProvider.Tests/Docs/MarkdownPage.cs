using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Docs;

/// <summary>A page of the repository: what links may point at, where its own links point, and the code in it.</summary>
internal sealed partial class MarkdownPage
{
    private static readonly string[] Folders = ["docs", "fuzz", "tests", "perf-baselines", "deploy", "bench"];

    private MarkdownPage(string path)
    {
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Join(Repository.Root, path));
        CodeBlocks = [.. Fence().Matches(Text).Select(match => new CodeBlock(match.Groups[1].Value, match.Groups[2].Value))];
        var prose = Fence().Replace(Text, "");
        CodeSpans = [.. Span().Matches(prose).Select(match => match.Groups[1].Value)];
        // A link's text may have code in it; code has no links.
        Links = [.. Link().Matches(prose).Select(match => match.Groups[1].Value)];
        Anchors = [.. HeadingAnchors(prose), .. WrittenAnchor().Matches(prose).Select(match => match.Groups[1].Value)];
    }

    /// <summary>In the repository, with slashes.</summary>
    public string Path { get; }

    public string Text { get; }

    public IReadOnlyList<CodeBlock> CodeBlocks { get; }

    /// <summary>What stands between backticks outside of blocks.</summary>
    public IReadOnlyList<string> CodeSpans { get; }

    /// <summary>The targets as they are written.</summary>
    public IReadOnlyList<string> Links { get; }

    /// <summary>Of headings, as GitHub makes them, and those that are written.</summary>
    public HashSet<string> Anchors { get; }

    public static MarkdownPage Of(string path) => new(path);

    /// <summary>Every page that a reader may come to.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
    [
        .. Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Folders.SelectMany(folder =>
                Directory.GetFiles(System.IO.Path.Join(Repository.Root, folder), "*.md", SearchOption.AllDirectories)))
            .Select(file => new MarkdownPage(System.IO.Path.GetRelativePath(Repository.Root, file)))
    ];

    /// <summary>README and docs, which are for users.</summary>
    public static IEnumerable<MarkdownPage> OfUsers => All.Where(page =>
        page.Path == "README.md" || page.Path.StartsWith("docs/", StringComparison.Ordinal));

    /// <summary>The text below a heading, up to the next of any level.</summary>
    public string Section(string heading)
    {
        var match = Regex.Match(
            Text, $@"^#+ {Regex.Escape(heading)}\n(.*?)(?=^#+ |\z)", RegexOptions.Multiline | RegexOptions.Singleline);
        Assert.True(match.Success, $"{Path} has no heading \"{heading}\".");
        return match.Groups[1].Value;
    }

    /// <summary>
    /// Lower case, blanks as hyphens, and beside these nothing but letters, digits and underscores; a second one has "-1".
    /// </summary>
    private static IEnumerable<string> HeadingAnchors(string prose)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var heading in Heading().Matches(prose).Select(match => LinkInHeading().Replace(match.Groups[1].Value, "$1")))
        {
            var anchor = new StringBuilder();
            foreach (var c in heading.Trim().ToLowerInvariant())
            {
                _ = char.IsLetterOrDigit(c) || c is '-' or '_' ? anchor.Append(c) : c is ' ' ? anchor.Append('-') : anchor;
            }

            var name = anchor.ToString();
            var count = seen[name] = seen.GetValueOrDefault(name, -1) + 1;
            yield return count == 0 ? name : $"{name}-{count}";
        }
    }

    // The fence of a block in a list is indented.
    [GeneratedRegex(@"^ *```(\w*)\n(.*?)^ *```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`([^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"\]\(([^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]+\)")]
    private static partial Regex LinkInHeading();

    [GeneratedRegex(@"<a id=""([^""]+)"">")]
    private static partial Regex WrittenAnchor();

    /// <summary>A block between fences.</summary>
    /// <param name="Language">The word behind the fence, or nothing.</param>
    /// <param name="Text">Its lines.</param>
    internal sealed record CodeBlock(string Language, string Text);
}
