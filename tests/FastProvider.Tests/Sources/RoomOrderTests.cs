using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Sources;

/// <summary>
/// A room of <c>src/FastProvider</c> uses only rooms that stand before it in docs/architecture.md, so there is no circle.
/// </summary>
public sealed partial class RoomOrderTests
{
    [Fact]
    public void No_room_uses_one_that_stands_behind_it()
    {
        var uses = RoomUses.Of(SourceCompilation.Sources());

        Assert.True(uses.Count > 800, $"Only {uses.Count} uses were found.");
        Assert.Equal([], Wrong(uses));
    }

    [Fact]
    public void A_use_of_a_room_that_stands_behind_is_named()
    {
        var sources = SourceCompilation.Sources();
        sources["Base/Low.cs"] = "namespace FastProvider.Base;"
            + " internal static class Low { internal static string? Of(Secrets.KeyTrace trace) => null; }";
        sources["Node/Low.cs"] = "namespace FastProvider.Node;"
            + " internal static class Low { internal static bool Is => Commands.CommandOutput.Print(\"\") == 0; }";

        Assert.Equal(
            ["Base/Low.cs uses KeyTrace of Secrets", "Node/Low.cs uses CommandOutput of Commands"], Wrong(RoomUses.Of(sources)));
    }

    [Fact]
    public void Each_room_has_its_place_and_only_the_program_lies_outside_of_rooms() =>
        Assert.Equal(
            Order().Order(StringComparer.Ordinal),
            SourceCompilation.Sources().Keys.Select(RoomUses.RoomOf).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<string> Wrong(IReadOnlyList<RoomUse> uses)
    {
        var order = Order();
        return uses.Where(use => order.IndexOf(use.TypeRoom) > order.IndexOf(use.Room))
            .Select(use => $"{use.File} uses {use.Type} of {use.TypeRoom}");
    }

    /// <summary>The rooms of the table, the first at the bottom.</summary>
    private static List<string> Order()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        var table = page[page.IndexOf("| folder | what it has |", StringComparison.Ordinal)..];
        return
        [
            .. Room().Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)]).Select(match => match.Groups[1].Value)
        ];
    }

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex Room();
}
