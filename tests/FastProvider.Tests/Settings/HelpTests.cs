using FastProvider.Commands;
using FastProvider.Settings;

namespace FastProvider.Tests.Settings;

public sealed class HelpTests
{
    [Fact]
    public void Every_flag_is_in_the_help_with_its_variable_its_value_and_what_it_does()
    {
        var help = Help.Text();
        Assert.NotEmpty(Options.Flags);
        Assert.All(Options.Flags, flag =>
        {
            Assert.Contains(
                $"  --{flag.Name}{(flag.Shape.IsSwitch ? "" : " " + flag.Shape.Label)}  [{flag.Variable}]\n"
                    + $"        {flag.Description}\n",
                help, StringComparison.Ordinal);
            Assert.Equal("FAST_PROVIDER_" + flag.Name.ToUpperInvariant().Replace('-', '_'), flag.Variable);
        });
        Assert.Contains("--help", help, StringComparison.Ordinal);
        Assert.Contains("--version", help, StringComparison.Ordinal);
        Assert.EndsWith("\n", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_and_variables_are_each_for_one_flag()
    {
        Assert.Equal(Options.Flags.Length, Options.Flags.Select(f => f.Name).Distinct().Count());
        Assert.Equal(Options.Flags.Length, Options.Flags.Select(f => f.Variable).Distinct().Count());
    }

    [Fact]
    public void The_version_is_one_line() => Assert.Matches(@"\Afast-provider \d+\.\d+\.\d+\n\z", Help.Version);
}
