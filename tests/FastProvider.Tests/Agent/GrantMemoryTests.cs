using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Faults;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Agent;

/// <summary>What the memory of an agent holds of a grant, and of one that has ended.</summary>
public sealed class GrantMemoryTests
{
    [Fact]
    public async Task The_content_of_a_grant_is_gone_when_its_pull_has_come()
    {
        await using var scene = await PullScene.StartAsync();
        var password = $"{Guid.NewGuid():N}{Guid.NewGuid():N}{Guid.NewGuid():N}";
        scene.Secrets(Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", password))));
        var agent = scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        await scene.WritesAsync();
        var written = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"mirror:{password}"));
        Assert.True(ProcessMemory.Of(agent.Id).Holds(written), "The memory was not looked at.");

        Assert.NotNull(new Crio(scene.Node.AuthDir).TryTake(PullScene.Image));

        Assert.True(SpinWait.SpinUntil(() => agent.StatusAsync().Result["grants"] is "0", TimeSpan.FromSeconds(30)));
        var memory = ProcessMemory.Of(agent.Id);
        // What is freed is written over at its start.
        Assert.False(memory.Holds(written[24..]), "Memory holds what the file had.");
        Assert.False(memory.Holds(password), "Memory holds the password.");
    }
}
