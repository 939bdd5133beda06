using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>No pull is worse off for an agent that is missing, full, hung, or of another version.</summary>
public sealed class AgentFaultTests
{
    [Fact]
    public async Task A_stopped_agent_costs_a_run_a_moment_and_nothing_else()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        agent.Signal("STOP");

        (await scene.PullAsync()).Answers();

        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
        agent.Signal("CONT");
        Assert.Equal("0", (await agent.StatusAsync())["grants"]);
    }

    [Fact]
    public async Task An_agent_that_hangs_with_the_lock_of_a_slot_is_ended_by_a_run_that_waits_behind_it()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        (await scene.PullAsync()).Answers();
        Assert.Equal("1", (await agent.StatusAsync())["grants"]);
        agent.Signal("STOP");

        var run = await scene.PullAsync();

        run.Answers();
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        Assert.Equal(128 + 9, (await agent.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_run_that_would_have_to_wait_starts_an_agent_and_is_answered_at_once()
    {
        await using var scene = await PullScene.StartAsync();
        string[] auto = ["--agent", "auto"];
        (await scene.PullAsync(auto)).Answers();
        Assert.False(File.Exists(Path.Combine(scene.Node.LockDir, "agent.sock")));
        scene.Token = scene.Server.Cluster.Tokens.Issue(PullScene.Namespace, PullScene.ServiceAccount);

        (await scene.PullAsync(auto)).Answers();

        using var agent = NodeAgent.Of(scene.Node.LockDir);
        var status = await agent.StatusAsync();
        Assert.Equal("2", status["grants"]);
        var inUse = Directory.CreateDirectory(Path.Combine(scene.Node.AuthDir, "in-use")).FullName;
        for (var pull = 0; pull < 2; pull++)
        {
            Assert.True(SpinWait.SpinUntil(() => File.Exists(scene.AuthFilePath), TimeSpan.FromSeconds(20)), $"pull {pull}");
            File.Move(scene.AuthFilePath, Path.Combine(inUse, $"{pull}.json"));
        }

        Assert.True(SpinWait.SpinUntil(() => agent.StatusAsync().Result["grants"] is "0", TimeSpan.FromSeconds(20)));
        Assert.False(File.Exists(scene.AuthFilePath));
    }
}
