using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Journal;

namespace FastProvider.Tests.Agent;

/// <summary>The program is replaced under an agent that runs.</summary>
public sealed class UpgradeTests
{
    [Fact]
    public async Task A_run_of_the_new_version_goes_alone_and_the_agent_of_the_old_one_ends()
    {
        await using var journald = await Journald.StartAsync();
        await using var scene = await PullScene.StartAsync();
        var program = Path.Combine(scene.Node.Root, "fast-provider");
        OlderBinary.WriteTo(program);
        scene.Agent?.Dispose();
        var agent = scene.Agent = NodeAgent.StartWith(scene.Node.LockDir, new Dictionary<string, string>(), program);
        (await scene.PullAsync(new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), binary: program)).Answers();
        var status = await agent.StatusAsync(); // which a program of any version may ask for
        Assert.Equal((OlderBinary.Version, "1", "1"), (status["version"], status["runs"], status["grants"]));
        File.Delete(scene.AuthFilePath);
        Assert.True(
            SpinWait.SpinUntil(() => agent.StatusAsync().Result["grants"] is "0", TimeSpan.FromSeconds(20)),
            "The agent has not seen that the file was taken.");
        File.Copy(Plugin.Binary, program + ".new");
        File.Move(program + ".new", program, overwrite: true);

        var run = await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token));

        run.Answers();
        Assert.Equal((0, ""), await agent.EndAsync());
        var entry = Assert.Single(await journald.EntriesAsync("FAST_PROVIDER_HOST=alone"));
        Assert.Equal(["other-version"], entry["FAST_PROVIDER_ALONE"]);
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
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
}
