using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Journal;

namespace FastProvider.Tests.Agent;

/// <summary>The program is replaced under an agent that runs.</summary>
public sealed class UpgradeTests
{
    private const string OtherImage = "registry.invalid/other";

    /// <summary>A run of the new version finds the old agent, which then goes on as the new program.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_of_the_new_version_goes_alone_and_the_agent_becomes_it_with_all_files(bool hasSystemdsSocket)
    {
        await using var journald = await Journald.StartAsync();
        await using var scene = await PullScene.StartAsync();
        var program = Path.Combine(scene.Node.Root, "fast-provider");
        OlderBinary.WriteTo(program);
        scene.Agent?.Dispose();
        var nothing = new Dictionary<string, string>();
        var agent = scene.Agent = hasSystemdsSocket
            ? NodeAgent.StartActivated(scene.Node.LockDir, nothing, program)
            : NodeAgent.StartWith(scene.Node.LockDir, nothing, program);
        for (var pod = 1; pod <= 3; pod++)
        {
            scene.NextPod();
            (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), binary: program))
                .Answers();
        }

        var before = await agent.StatusAsync(); // which a program of any version may ask for
        Assert.Equal((OlderBinary.Version, "3", "3"), (before["version"], before["runs"], before["grants"]));
        Install(program);

        var other = await journald.PullAsync(scene, new KubeletRequest(OtherImage, scene.Token));

        other.Answers();
        var entry = Assert.Single(await journald.EntriesAsync("FAST_PROVIDER_HOST=alone"));
        Assert.Equal(["other-version"], entry["FAST_PROVIDER_ALONE"]);
        await ComesAsync(agent, BuildVersion.Value);
        await agent.ShowsAsync("grants", "3");
        Assert.Equal(before["process"], (await agent.StatusAsync())["process"]);
        scene.TakesFiles(3);
        await agent.ShowsAsync("grants", "0");
        Assert.False(File.Exists(scene.AuthFilePath));
        Assert.Empty(Directory.GetFiles(scene.Node.LockDir, "*.grants*"));
    }

    /// <summary>The program has another path than the agent's, so the agent cannot become it.</summary>
    [Fact]
    public async Task An_agent_whose_program_is_still_the_same_ends_when_a_run_of_another_version_comes()
    {
        await using var scene = await PullScene.StartAsync();
        var program = Path.Combine(scene.Node.Root, "fast-provider");
        OlderBinary.WriteTo(program);
        scene.Agent?.Dispose();
        var agent = scene.Agent = NodeAgent.StartWith(scene.Node.LockDir, new Dictionary<string, string>(), program);

        (await scene.PullAsync()).Answers();

        Assert.Equal((0, ""), await agent.EndAsync());
        Assert.False(File.Exists(agent.Socket), "Runs would still find the old agent.");
    }

    /// <summary>What comes in the place of the old agent serves the new runs.</summary>
    [Fact]
    public async Task The_next_agent_is_of_the_new_version()
    {
        await using var scene = await PullScene.StartAsync();
        var program = Path.Combine(scene.Node.Root, "fast-provider");
        OlderBinary.WriteTo(program);
        scene.Agent?.Dispose();
        using (var old = NodeAgent.StartWith(scene.Node.LockDir, new Dictionary<string, string>(), program))
        {
            scene.Agent = old;
            await scene.WritesAsync();
            Assert.Equal(0, (await old.EndAsync()).ExitCode);
        }

        File.Delete(scene.AuthFilePath);
        scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        await scene.WritesAsync();

        var status = await scene.Agent.StatusAsync();
        Assert.Equal((BuildVersion.Value, "1"), (status["version"], status["runs"]));
    }

    /// <summary>As packages do: a new file takes the name.</summary>
    private static void Install(string program)
    {
        File.Copy(Plugin.Binary, program + ".new");
        File.Move(program + ".new", program, overwrite: true);
    }

    private static async Task ComesAsync(NodeAgent agent, string version)
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(20);
        string? shown = null;
        while (shown != version)
        {
            Assert.False(agent.HasEnded, "The agent has ended.");
            Assert.True(DateTime.UtcNow < until, $"It is {shown}.");
            if (agent.Listens())
            {
                shown = (await agent.StatusAsync())["version"];
            }
        }
    }
}
