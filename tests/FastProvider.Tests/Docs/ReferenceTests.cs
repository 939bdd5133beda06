using System.Text.RegularExpressions;
using FastProvider.Commands;
using FastProvider.Settings;

namespace FastProvider.Tests.Docs;

/// <summary>docs/reference.md has each flag of the program, in the order of the help, and no other.</summary>
public sealed partial class ReferenceTests
{
    private static readonly MarkdownPage Page = MarkdownPage.Of("docs/reference.md");

    [Fact]
    public void Each_flag_of_a_pull_is_there_with_its_value_and_its_variable() => Assert.Equal(
        Options.Flags.Select(flag => $"{Spelled(flag)} {flag.Variable}"),
        PullFlag().Matches(Page.Section("Flags of a pull")).Select(match => $"{Value(match)} {match.Groups[2].Value}"));

    [Fact]
    public void Each_flag_of_a_command_is_there_with_its_value()
    {
        var commands = Command.All.Where(command => command.Flags.Length > 0).ToList();

        Assert.True(commands.Count > 5);
        Assert.All(commands, command => Assert.Equal(
            command.Flags.Select(Spelled),
            CommandFlag().Matches(Page.Section($"fast-provider {command.Name}")).Select(Value)));
        Assert.Equal(["completion", "man"], Command.All.Select(c => c.Name).Except(commands.Select(c => c.Name)));
    }

    /// <summary>The flags that have no setting, which the help has at its end.</summary>
    [Fact]
    public void What_only_prints_is_named()
    {
        var printing = PrintingFlag().Matches(Help.Text()).Select(match => match.Groups[1].Value).ToList();

        Assert.Contains("--version-json", printing);
        Assert.All(printing, flag => Assert.Contains($"`{flag}`", Page.Text, StringComparison.Ordinal));
    }

    /// <summary>A default that is one value stands in the help as it stands on the page.</summary>
    [Fact]
    public void Each_default_that_is_one_value_is_the_helps()
    {
        var plain = PlainDefault().Matches(Page.Section("Flags of a pull")).ToList();

        Assert.True(plain.Count >= 8, $"Only {plain.Count} defaults were found.");
        Assert.All(plain, match => Assert.Contains(
            $"(default: {match.Groups[2].Value}",
            Options.Flags.Single(flag => flag.Name == match.Groups[1].Value).Description, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_command_is_in_the_table_of_commands() => Assert.Equal(
        [],
        Command.All.Select(command => command.Name)
            .Where(name => !Page.Section("Commands").Contains($"`{name}`", StringComparison.Ordinal)));

    private static string Spelled(Flag flag) => $"--{flag.Name}{(flag.Shape.IsSwitch ? "" : $" {flag.Shape.Label}")}";

    private static string Value(Match match) => match.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal);

    [GeneratedRegex(@"^\| `(--[^`]+)` \| `(FAST_PROVIDER_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex PullFlag();

    [GeneratedRegex(@"^\| `(--[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex CommandFlag();

    [GeneratedRegex(@"^  (--[a-z-]+)$", RegexOptions.Multiline)]
    private static partial Regex PrintingFlag();

    [GeneratedRegex(@"^\| `--([a-z-]+)[^`]*` \|.*\| `([a-z0-9/-]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex PlainDefault();
}
