using System.Text.RegularExpressions;
using FastProvider.Commands.Explain.Probe;
using FastProvider.Mutants;

namespace FastProvider.Tests.Commands.Probe;

/// <summary>docs/explain.md is an interface: the words that a probe says stand there, and no others do.</summary>
public sealed partial class DocumentedWordsTests
{
    [Fact]
    public void Every_result_is_described_and_every_described_result_is_there()
    {
        var page = File.ReadAllText(Path.Join(Repository.Root, "docs", "explain.md"));
        var section = Regex.Match(
            page, @"^## What an endpoint answered\n(.*?)(?=^## )", RegexOptions.Multiline | RegexOptions.Singleline)
            .Groups[1].Value;
        var described = FirstColumn().Matches(section).Select(m => m.Groups[1].Value).ToList();

        var words = Enum.GetValues<ProbeResult>().Select(r => r.Word()).ToList();
        Assert.Equal(words.Count, words.Distinct().Count());
        Assert.Equal(words.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Contains(
            string.Join(", ", Enum.GetValues<ProbeAuthentication>().Select(a => a.Word()).OfType<string>().Select(w => $"`{w}`")),
            page, StringComparison.Ordinal);
        Assert.Contains(
            string.Join(", ", Enum.GetValues<ProbeTls>().Select(t => t.Word()).OfType<string>().Select(w => $"`{w}`")), page,
            StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FirstColumn();
}
