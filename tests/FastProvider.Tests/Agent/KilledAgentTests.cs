using System.Globalization;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Agent;

/// <summary>An agent that is killed leaves the files of all pods to the one that comes next.</summary>
public sealed class KilledAgentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly string[] Auto = ["--agent", "auto"];

    [Fact]
    public async Task The_next_agent_serves_the_pulls_that_are_still_to_come()
    {
        await using var scene = await StartAsync();
        await scene.Agent!.ShowsAsync("grants", "0");
        await scene.RunPodsAsync(4);
        Kill(scene.Agent);
        File.Delete(scene.AuthFilePath); // a pull while there is no agent

        scene.Agent = NodeAgent.Start(scene.Node.LockDir);

        await scene.Agent.ShowsAsync("grants", "3");
        scene.TakesFiles(3);
        await scene.Agent.ShowsAsync("grants", "0");
        Assert.False(File.Exists(scene.AuthFilePath));
        Assert.Empty(Records(scene));
    }

    [Fact]
    public async Task What_is_kept_for_the_next_agent_is_its_owners_alone_and_there_only_while_pulls_wait()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(1);
        Assert.Empty(Records(scene)); // the file that lies there serves its pull without any agent

        await scene.RunPodsAsync(1);

        var record = Assert.Single(Records(scene));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(record));
        scene.TakesFiles(1);
        Assert.True(SpinWait.SpinUntil(() => Records(scene).Length == 0, Patience));
    }

    /// <summary>
    /// A record that cannot be written is none: what was there before may name a grant that has ended. The pulls of an agent that
    /// lives have their files all the same.
    /// </summary>
    [Theory]
    [InlineData("")]
    [InlineData(".tmp")]
    public async Task A_record_that_cannot_be_written_costs_no_pull_and_leaves_no_older_one(string end)
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(2);
        var record = Assert.Single(Records(scene));
        if (end.Length == 0)
        {
            File.Delete(record);
        }

        // No file can be put in the place of a directory, and none can be made beside it under that name.
        Directory.CreateDirectory(record + end);
        await File.WriteAllTextAsync(Path.Combine(record + end, "in-the-way"), "");

        await scene.RunPodsAsync(2);

        Assert.Empty(Records(scene));
        scene.TakesFiles(4);
        await scene.Agent!.ShowsAsync("grants", "0");
        Assert.Equal("0", (await scene.Agent.StatusAsync())["grants expired"]);
    }

    /// <summary>A pull without a decision must not use what was decided for another.</summary>
    [Fact]
    public async Task A_run_alone_that_finds_nothing_ends_what_a_killed_agent_has_kept()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(3);
        Kill(scene.Agent!);
        scene.Secrets();

        (await scene.PullAsync("--agent", "auto", "--slot-wait", "1s")).Answers();

        Assert.Empty(Records(scene));
        scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        Assert.Equal("0", (await scene.Agent.StatusAsync())["grants"]);
        Assert.False(File.Exists(scene.AuthFilePath));
    }

    [Fact]
    public async Task While_a_run_has_the_turn_the_next_agent_waits_for_it()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(3);
        Kill(scene.Agent!);
        var path = Assert.Single(
            Directory.GetFiles(scene.Node.LockDir, "*.lock"), path => !path.EndsWith("agent.lock", StringComparison.Ordinal));
        HeldLock? turn = null;
        Assert.True(SpinWait.SpinUntil(() => (turn = HeldLock.TryTake(path)) is not null, Patience));
        using (turn)
        {
            scene.Agent = NodeAgent.Start(scene.Node.LockDir);
            File.Delete(scene.AuthFilePath);
            await Task.Delay(300);
            Assert.Equal("0", (await scene.Agent.StatusAsync())["grants"]);
            Assert.False(File.Exists(scene.AuthFilePath));
        }

        await scene.Agent.ShowsAsync("grants", "2");
        scene.TakesFiles(2);
    }

    [Fact]
    public async Task Nothing_that_a_killed_agent_has_kept_lives_longer_than_its_lifetime()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(3);
        Kill(scene.Agent!);
        File.SetLastWriteTimeUtc(Assert.Single(Records(scene)), DateTime.UtcNow.AddSeconds(-1));
        File.Delete(scene.AuthFilePath); // a pull: the next file would lie there now
        scene.Agent = NodeAgent.StartAs(
            ["/usr/bin/strace", "-f", "-e", "trace=renameat,renameat2", "-o", Path.Combine(scene.Node.Root, "trace")],
            scene.Node.LockDir);

        await scene.Agent.ShowsAsync("grants expired", "2");
        await scene.Agent.StopAsync();
        Assert.DoesNotContain(
            Path.GetFileName(scene.AuthFilePath), await File.ReadAllTextAsync(Path.Combine(scene.Node.Root, "trace")),
            StringComparison.Ordinal);
        Assert.Empty(Records(scene));
        Assert.False(File.Exists(scene.AuthFilePath));
    }

    [Fact]
    public async Task Where_no_agent_comes_a_later_run_removes_what_was_kept_for_too_long()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(3);
        Kill(scene.Agent!);
        scene.Agent = null;
        var record = Assert.Single(Records(scene));
        File.Copy(record, record + ".tmp");
        File.Delete(scene.AuthFilePath);

        File.SetLastWriteTimeUtc(record + ".tmp", DateTime.UtcNow.AddMinutes(-1));
        (await scene.PullAsync()).Answers();
        Assert.Equal([record], Records(scene));

        File.SetLastWriteTimeUtc(record, DateTime.UtcNow.AddMinutes(-1));
        File.Delete(scene.AuthFilePath);
        (await scene.PullAsync()).Answers();
        Assert.Empty(Records(scene));
    }

    /// <summary>What is cut, changed or of another slot is left alone; whatever lies there, the agent serves.</summary>
    [Fact]
    public async Task A_record_that_is_broken_anywhere_is_none()
    {
        await using var scene = await StartAsync();
        await scene.RunPodsAsync(3);
        Kill(scene.Agent!);
        var record = Assert.Single(Records(scene));
        var bytes = await File.ReadAllBytesAsync(record);
        Assert.InRange(bytes.Length, 200, 5000);
        await PutAsync(bytes);
        using (var whole = NodeAgent.Start(scene.Node.LockDir))
        {
            await whole.ShowsAsync("grants", "3"); // a moment after it listens
            await whole.StopAsync();
        }

        Assert.InRange(await GrantsAsync([.. bytes, 0]), 0, 1); // one for the file that lies there
        for (var cut = 0; cut + 8 < bytes.Length; cut += 61)
        {
            Assert.InRange(await GrantsAsync(bytes[..cut]), 0, 1);
            Assert.InRange(
                await GrantsAsync([.. bytes[..cut], .. Enumerable.Repeat((byte)0xFF, 8), .. bytes[(cut + 8)..]]), 0, 4);
        }

        async Task<int> GrantsAsync(byte[] recorded)
        {
            await PutAsync(recorded);
            return await GrantsOfNextAsync(scene);
        }

        async Task PutAsync(byte[] recorded)
        {
            await File.WriteAllBytesAsync(record, recorded);
            File.SetLastWriteTimeUtc(record, DateTime.UtcNow.AddMinutes(5)); // when the last of them ends
        }
    }

    [Fact]
    public async Task One_that_came_by_itself_is_started_again_at_once()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = null;
        await scene.RunPodsAsync(3, Auto);
        var first = NodeAgent.Of(scene.Node.LockDir);
        await first.ShowsAsync("grants", "3");

        first.Signal("KILL");
        File.Delete(scene.AuthFilePath);

        scene.TakesFiles(2);
        using var second = NodeAgent.Of(scene.Node.LockDir);
        Assert.NotEqual(first.Id, second.Id);
        await second.ShowsAsync("grants", "0");
        second.Signal("TERM");
        Assert.True(SpinWait.SpinUntil(() => second.HasEnded, Patience));
        // Its parent ends with it.
        Assert.False(File.Exists(second.Socket));
    }

    private static async Task<PullScene> StartAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        return scene;
    }

    private static void Kill(NodeAgent agent)
    {
        agent.Signal("KILL");
        Assert.True(SpinWait.SpinUntil(() => agent.HasEnded, Patience));
    }

    private static async Task<int> GrantsOfNextAsync(PullScene scene)
    {
        using var agent = NodeAgent.Start(scene.Node.LockDir);
        var grants = (await agent.StatusAsync())["grants"];
        await agent.StopAsync();
        return int.Parse(grants, CultureInfo.InvariantCulture);
    }

    private static string[] Records(PullScene scene) => Directory.GetFiles(scene.Node.LockDir, "*.grants*");
}
