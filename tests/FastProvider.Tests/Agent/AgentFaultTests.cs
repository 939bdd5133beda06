using FastProvider.Tests.ApiServer;
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

    /// <summary>It has the lock of the slot still, and the run hands its file over once it answers.</summary>
    [Fact]
    public async Task An_agent_that_was_silent_for_a_while_gets_the_file_when_it_answers_again()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        await scene.RunPodsAsync(2);
        agent.Signal("STOP");
        scene.NextPod();

        var pull = scene.PullAsync();
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        agent.Signal("CONT");
        var run = await pull;

        run.Answers();
        Assert.DoesNotContain("overwritten", run.Stderr, StringComparison.Ordinal);
        Assert.Equal("3", (await agent.StatusAsync())["grants"]);
        scene.TakesFiles(3);
    }

    /// <summary>Each slot has files open; more slots than there may be files go alone, and the agent goes on.</summary>
    [Fact]
    public async Task An_agent_with_few_descriptors_has_room_for_few_slots()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent = NodeAgent.StartAs(["/usr/bin/prlimit", "--nofile=64:300"], scene.Node.LockDir);
        for (var i = 0; i < 30; i++)
        {
            scene.NextPod();
            (await scene.PullImageAsync($"{PullScene.Image}-{i}")).Answers();
        }

        var status = await agent.StatusAsync();
        Assert.Equal("14", status["grants"]); // of 300, 256 are for all else, and each slot takes 3
        Assert.Equal("30", status["runs"]);
        Assert.Matches(@"Max open files +300 +300 ", await File.ReadAllTextAsync($"/proc/{agent.Id}/limits"));
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

    /// <summary>
    /// As a service whose mounts are older than the directory, or where the disk is full: it has the lock of the slot, and the
    /// run must not wait behind it.
    /// </summary>
    [Fact]
    public async Task A_run_does_not_wait_behind_an_agent_that_cannot_write()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = null;
        await scene.WritesAsync(); // which the agent keeps for a pod that nobody knows
        scene.Agent = NodeAgent.StartAs(
            [
                "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
                $"mount --bind {scene.Node.AuthDir} {scene.Node.AuthDir}"
                    + $" && mount -o remount,bind,ro {scene.Node.AuthDir} && exec \"$@\"",
                "sh",
            ],
            scene.Node.LockDir);
        scene.Secrets(
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "renewed-password"))));
        scene.NextPod();

        var run = await scene.PullAsync("--slot-wait", "20s");

        run.Answers();
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "renewed-password");
    }

    [Fact]
    public async Task A_directory_that_others_may_write_in_by_now_gets_no_file_any_more()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        await scene.RunPodsAsync(3);
        File.SetUnixFileMode(scene.Node.AuthDir, (UnixFileMode)0b111_111_111);

        File.Delete(scene.AuthFilePath);

        await agent.ShowsAsync("grants", "2");
        Assert.Empty(Directory.GetFiles(scene.Node.AuthDir, "*.json"));
        (await scene.PullAsync()).Fails();
        Assert.Empty(Directory.GetFiles(scene.Node.AuthDir, "*.json"));
    }

    /// <summary>
    /// Its 64 connections are taken for a second. The slot's lock is the agent's, so a run alone would have to wait.
    /// </summary>
    [Fact]
    public async Task A_run_that_finds_the_agent_full_hands_its_file_over_a_moment_later()
    {
        await using var scene = await PullScene.StartAsync();
        var agent = scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        await scene.RunPodsAsync(1);
        scene.NextPod();
        var taken = Enumerable.Range(0, 64).Select(_ => new RawPlugin(agent.Socket)).ToList();

        var run = await scene.PullAsync("--slot-wait", "20s");

        taken.ForEach(plugin => plugin.Dispose());
        run.Answers();
        Assert.DoesNotContain("--slot-wait", run.Stderr, StringComparison.Ordinal);
        Assert.Equal("2", (await agent.StatusAsync())["grants"]);
    }
}
