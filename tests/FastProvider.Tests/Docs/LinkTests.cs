using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Docs;

/// <summary>Links inside of the repository lead to a file or folder that is there, and to an anchor that it has.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Each_link_leads_to_a_file_and_an_anchor_that_are_there()
    {
        var links = MarkdownPage.All.SelectMany(page => page.Links.Select(link => (page.Path, link)))
            .Where(l => !l.link.Contains("://", StringComparison.Ordinal)).ToList();

        Assert.True(links.Count > 200, $"Only {links.Count} links were found.");
        Assert.Equal([], links.Where(l => !Leads(l.Path, l.link)).Select(l => $"{l.Path}: {l.link}"));
    }

    [Theory]
    [InlineData("docs/README.md", "nowhere.md")]
    [InlineData("docs/README.md", "../README.md#nowhere")]
    [InlineData("README.md", "#nowhere")]
    public void A_link_that_leads_nowhere_is_noticed(string page, string link) => Assert.False(Leads(page, link));

    [Theory]
    [InlineData("README.md", "#undo")]
    [InlineData("README.md", "docs/causes.md#forbidden")]
    [InlineData("README.md", "docs/stats.md#--output-prometheus")]
    [InlineData("docs/README.md", "../deploy/rbac")]
    public void A_link_that_leads_somewhere_is_not_blamed(string page, string link) => Assert.True(Leads(page, link));

    /// <summary>What the program, manifests and scripts tell people to read.</summary>
    [Fact]
    public void Each_page_that_a_source_names_is_there()
    {
        var named = ((string[])["src", "deploy", "bench", "tests", "fuzz"])
            .SelectMany(folder => Directory.GetFiles(Path.Join(Repository.Root, folder), "*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".yaml" or ".sh" or ".targets" or ".json" or ".service")
            .SelectMany(file => NamedPage().Matches(File.ReadAllText(file)).Select(match => match.Value))
            .Distinct().ToList();

        Assert.True(named.Count > 10, $"Only {named.Count} pages are named.");
        Assert.Equal([], named.Where(name => !Leads("README.md", name)));
    }

    private static bool Leads(string page, string link)
    {
        var (path, anchor) = link.Split('#') is [var before, var behind] ? (before, behind) : (link, "");
        var target = path.Length == 0
            ? page
            : Path.GetRelativePath(
                Repository.Root, Path.GetFullPath(Path.Join(Repository.Root, Path.GetDirectoryName(page), path)));
        var full = Path.Join(Repository.Root, target);
        return !target.StartsWith("..", StringComparison.Ordinal)
            && (File.Exists(full) || Directory.Exists(full))
            && (anchor.Length == 0 || (target.EndsWith(".md", StringComparison.Ordinal)
                && MarkdownPage.Of(target).Anchors.Contains(anchor)));
    }

    [GeneratedRegex(@"\bdocs/[a-z-]+\.md(?:#[a-z-]+)?")]
    private static partial Regex NamedPage();
}
