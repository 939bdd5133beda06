using System.Text.RegularExpressions;

namespace FastProvider.Tests.Docs;

/// <summary>
/// The README is short, each page is in the index and says whom it is for, and a figure stands on the page that says how it was
/// taken.
/// </summary>
public sealed partial class PageTests
{
    private const int LongestReadme = 150;

    [Fact]
    public void The_README_is_short()
    {
        var lines = MarkdownPage.Of("README.md").Text.Count(c => c == '\n');

        Assert.True(lines <= LongestReadme, $"README.md has {lines} lines, and at most {LongestReadme} are for it.");
    }

    [Fact]
    public void Each_page_is_in_the_index_once()
    {
        var pages = MarkdownPage.OfUsers.Select(page => page.Path).Where(path => path != "docs/README.md")
            .Select(path => path == "README.md" ? "../README.md" : path["docs/".Length..]);

        Assert.Equal(
            pages.Order(StringComparer.Ordinal),
            IndexRow().Matches(MarkdownPage.Of("docs/README.md").Text).Select(match => match.Groups[1].Value)
                .Order(StringComparer.Ordinal));
    }

    /// <summary>Or there would be a page that nobody comes to in two clicks.</summary>
    [Fact]
    public void Each_page_is_one_or_two_clicks_from_the_README()
    {
        HashSet<string> near = [.. Targets("README.md")];
        near.UnionWith(near.ToList().Where(path => path.EndsWith(".md", StringComparison.Ordinal)).SelectMany(Targets));

        Assert.Equal([], MarkdownPage.OfUsers.Select(page => page.Path).Where(path => path != "README.md").Except(near));
    }

    [Fact]
    public void Each_page_says_at_its_head_whom_it_is_for() => Assert.Equal(
        [],
        MarkdownPage.OfUsers
            // The README is for everybody, and the agent's page begins with what an agent is.
            .Where(page => page.Path is not ("README.md" or "docs/agent.md") && !ReaderAtTheHead().IsMatch(page.Text))
            .Select(page => page.Path));

    /// <summary>That page says of each figure how it was taken, and how to take it again.</summary>
    [Fact]
    public void Each_figure_of_the_README_is_on_the_page_of_performance()
    {
        var page = MarkdownPage.Of("docs/performance.md").Text;
        var rows = MeasuredRow().Matches(MarkdownPage.Of("README.md").Text).ToList();
        var figures = rows.SelectMany(row => Figure().Matches(row.Value)).Select(match => match.Value).ToList();

        Assert.True(rows.Count >= 5 && figures.Count >= 8, $"Only {figures.Count} figures in {rows.Count} rows were found.");
        Assert.Equal([], figures.Where(figure => !page.Contains(figure, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Targets(string path) => MarkdownPage.Of(path).Links
        .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#'))
        .Select(link => Path.GetRelativePath(
            Path.GetFullPath("/"), Path.GetFullPath(Path.Join("/", Path.GetDirectoryName(path), link.Split('#')[0]))))
        .Where(target => File.Exists(Path.Join(FastProvider.Mutants.Repository.Root, target)));

    [GeneratedRegex(@"^\| \[[^\]]+\]\(([^)]+)\) \|", RegexOptions.Multiline)]
    private static partial Regex IndexRow();

    [GeneratedRegex(@"\A# [^\n]+\n\nFor ")]
    private static partial Regex ReaderAtTheHead();

    [GeneratedRegex(@"^\|[^|\n]*[¹²] \|.*$", RegexOptions.Multiline)]
    private static partial Regex MeasuredRow();

    [GeneratedRegex(@"\d+(?:\.\d+)?(?:–\d+(?:\.\d+)?)? m?s\b")]
    private static partial Regex Figure();
}
