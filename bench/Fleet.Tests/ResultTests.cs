using System.Globalization;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Fleet.Tests;

/// <summary>The committed results are what the program prints now: ./bench.sh --fleet makes them anew.</summary>
public sealed class ResultTests
{
    [Fact]
    public void The_committed_table_and_picture_are_those_of_the_simulation()
    {
        var results = FleetResults.Simulate();
        Assert.Equal(File.ReadAllText(Repository.Baselines("results/fleet.md")), Table.Write(results));
        Assert.Equal(File.ReadAllText(Repository.Baselines("results/fleet.svg")), Picture.Draw(results.Scenes));
    }

    [Fact]
    public void The_rows_of_the_page_are_rows_of_the_table()
    {
        var rows = File.ReadAllLines(Path.Join(Repository.Root, "docs/scale.md")).Where(line => Figures(line) > 2).ToList();
        Assert.True(rows.Count > 40, $"The page has only {rows.Count} rows.");
        Assert.Subset(File.ReadAllLines(Repository.Baselines("results/fleet.md")).ToHashSet(), rows.ToHashSet());
    }

    private static int Figures(string line) =>
        line.Split('|').Count(cell => decimal.TryParse(cell, CultureInfo.InvariantCulture, out _));
}
