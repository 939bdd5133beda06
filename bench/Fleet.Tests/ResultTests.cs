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
}
