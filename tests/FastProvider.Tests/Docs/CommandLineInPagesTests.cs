using System.Text.RegularExpressions;
using FastProvider.Commands;
using FastProvider.Settings;

namespace FastProvider.Tests.Docs;

/// <summary>
/// Command lines of this program in README and docs, in blocks and between backticks: the command exists, and so does each flag.
/// </summary>
public sealed partial class CommandLineInPagesTests
{
    /// <summary>What stands for a word of the reader's.</summary>
    private static readonly string[] Placeholders = ["COMMAND", "...", "NS", "["];

    [Fact]
    public void Each_names_a_command_and_flags_that_exist()
    {
        var lines = MarkdownPage.OfUsers.SelectMany(page => LinesOf(page).Select(line => (page.Path, line))).ToList();

        Assert.True(lines.Count > 100, $"Only {lines.Count} command lines were found.");
        Assert.Equal([], lines.SelectMany(l => Unknown(l.line).Select(word => $"{l.Path}: {word} in \"{l.line}\"")));
    }

    [Theory]
    [InlineData("fast-provider expalin busybox", "expalin")]
    [InlineData("fast-provider explain busybox --prob", "--prob")]
    [InlineData("fast-provider explain busybox --image x", "--image")]
    [InlineData("fast-provider --secret pod", "--secret")]
    public void A_word_that_does_not_exist_is_noticed(string line, string word) => Assert.Equal([word], Unknown(line));

    private static IEnumerable<string> LinesOf(MarkdownPage page) => page.CodeBlocks
        .SelectMany(block => block.Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
        .Concat(page.CodeSpans)
        .SelectMany(line => Run().Matches(line).Select(match => match.Value.Trim()));

    /// <summary>The words that neither the command nor a pull knows.</summary>
    private static IEnumerable<string> Unknown(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        var command = words is [var first, ..] ? Command.All.SingleOrDefault(c => c.Name == first) : null;
        if (command is null && words is [{ } name, ..] && !name.StartsWith('-') && !Placeholders.Contains(name))
        {
            return [name];
        }

        var flags = Options.Flags.Concat(command?.Flags ?? []).Select(flag => "--" + flag.Name)
            .Concat(["--help", "--version", "--version-json"]).ToHashSet();
        return words.Where(word => word.StartsWith("--", StringComparison.Ordinal)).Select(word => word.Split('=')[0])
            .Where(flag => !flags.Contains(flag));
    }

    // A namespace, a service, a file or a version only has the same name; what ends a command of a shell ends it here.
    [GeneratedRegex(@"(?<![\w./-]|-n )(?:/[\w./-]+/)?fast-provider(?= [a-z-])(?! with )[^|><;#()`]*")]
    private static partial Regex Run();
}
