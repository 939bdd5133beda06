using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Clock;

/// <summary>How old a file must be that a run clears away, and how far a run looks, by a clock that stands.</summary>
public sealed class UntakenAgeTests
{
    private const string Temporary = ".fast-provider-4711-1f2e3d.tmp";

    [Theory]
    [InlineData(299_900, false)]
    [InlineData(300_100, true)]
    public async Task Five_minutes_by_default(int ageMs, bool isSwept) => await AgeAsync(ageMs, isSwept);

    [Theory]
    [InlineData(7_199_900, false)]
    [InlineData(7_200_100, true)]
    public async Task The_flag_says_otherwise(int ageMs, bool isSwept) =>
        await AgeAsync(ageMs, isSwept, "--untaken-lifetime", "2h");

    /// <summary>Who sets a file's time of modification makes it no older.</summary>
    [Fact]
    public async Task The_time_of_its_last_change_counts()
    {
        await using var scene = await StartAsync();
        var untaken = Untaken(scene);
        File.SetLastWriteTimeUtc(untaken, DateTime.UtcNow.AddDays(-1));

        (await scene.PullAsync()).Answers();

        Assert.True(File.Exists(untaken));
    }

    [Fact]
    public async Task A_run_looks_for_fifty_milliseconds_at_most()
    {
        const int files = 1000;
        await using var scene = await StartAsync();
        Untaken(scene, files);
        scene.Clock!.Step(TimeSpan.FromHours(1));
        // For each look at the clock: before each name is one, and for each file that goes some more.
        scene.Clock.Tick = TimeSpan.FromMilliseconds(1);

        (await scene.PullAsync()).Answers();

        Assert.InRange(files - Left(scene), 10, 50);
    }

    [Fact]
    public async Task A_run_looks_at_ten_thousand_names_at_most_and_the_next_goes_on()
    {
        const int files = 12_000, others = 5; // the directory itself, the one above it and the file of this pull are names, too
        await using var scene = await StartAsync();
        Untaken(scene, files);
        scene.Clock!.Step(TimeSpan.FromHours(1));

        (await scene.PullAsync()).Answers();
        Assert.InRange(files - Left(scene), 10_000 - others, 10_000);

        (await scene.PullAsync()).Answers();
        Assert.Equal(0, Left(scene));
    }

    private static async Task AgeAsync(int ageMs, bool isSwept, params string[] flags)
    {
        await using var scene = await StartAsync();
        var untaken = Untaken(scene);
        var temporary = Path.Combine(scene.Node.AuthDir, Temporary);
        await File.WriteAllTextAsync(temporary, "{");

        scene.Clock!.Step(TimeSpan.FromMilliseconds(ageMs));
        (await scene.PullAsync(flags)).Answers();

        Assert.Equal(!isSwept, File.Exists(untaken));
        Assert.Equal(!isSwept, File.Exists(temporary));
        Assert.True(File.Exists(scene.AuthFilePath));
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Clock = NodeClock.Standing();
        return scene;
    }

    private static string Untaken(PullScene scene)
    {
        var path = EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, "team-b", PullScene.Image);
        File.WriteAllText(path, "{}");
        return path;
    }

    private static void Untaken(PullScene scene, int count)
    {
        for (var i = 0; i < count; i++)
        {
            File.WriteAllText(EndToEnd.AuthFile.PathOf(scene.Node.AuthDir, $"other-{i}", PullScene.Image), "");
        }
    }

    private static int Left(PullScene scene) =>
        scene.Node.AuthDirNames().Count(name => name.StartsWith("other-", StringComparison.Ordinal));
}
