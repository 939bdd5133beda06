using System.Reflection;
using FastProvider.Settings;

namespace FastProvider.Tests.Settings;

/// <summary>Each flag of a pull sets what it names, and takes what its help says.</summary>
public sealed class FlagTests
{
    private static readonly PropertyInfo[] Settings = typeof(Options).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    public static TheoryData<string> Names => [.. Options.Flags.Select(flag => flag.Name)];

    /// <summary>A flag that was accepted and set nothing would leave a node as it was, without a word.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_that_is_taken_changes_a_setting(string name)
    {
        var flag = Array.Find(Options.Flags, flag => flag.Name == name)!;
        var before = Values(new Options());

        Assert.Contains(Samples(flag), value =>
        {
            var options = new Options();
            Assert.Null(flag.Set(options, value));
            return !Values(options).SequenceEqual(before);
        });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void All_words_of_a_choice_are_taken_and_nothing_else(string name)
    {
        var flag = Array.Find(Options.Flags, flag => flag.Name == name)!;
        string[] words = flag.Shape.IsSwitch ? ["true", "false"] : flag.Shape.Words;

        Assert.All(words, word => Assert.Null(flag.Set(new Options(), word)));
        Assert.All(words, word => Assert.NotNull(flag.Set(new Options(), word + " ")));
        Assert.All(words, word => Assert.NotNull(flag.Set(new Options(), word.ToUpperInvariant())));
        Assert.All(words.Skip(1), word => Assert.NotNull(flag.Set(new Options(), $"{words[0]}|{word}")));
    }

    private static string[] Samples(Flag flag) => flag.Shape switch
    {
        { IsSwitch: true } => ["true"],
        { IsChoice: true, Words: var words } => words,
        { Label: "DURATION" } => ["7s"],
        { Label: "NS/NAME[,NS/NAME]" } => ["seven/seven"],
        { MayBeEmpty: true } => ["seven"],
        { Label: "auto|none|PATH" } => ["/seven"],
        _ => ["example.com/seven"],
    };

    private static object?[] Values(Options options) => [.. Settings.Select(setting => setting.GetValue(options))];
}
