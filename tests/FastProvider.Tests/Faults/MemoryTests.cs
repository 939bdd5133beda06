using System.Globalization;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Faults;

/// <summary>What the memory of a run holds while it waits for its turn, which may take half a minute.</summary>
public sealed class MemoryTests
{
    [Fact]
    public async Task Of_what_was_read_only_the_chosen_credential_is_left()
    {
        await using var scene = await PullScene.StartAsync();
        var others = Enumerable.Range(0, 8).Select(i => Secret.DockerConfigJson(
            string.Create(CultureInfo.InvariantCulture, $"other-{i}"),
            ("elsewhere.invalid", RegistryEntry.Basic("other", $"{i}-{Guid.NewGuid():N}{Guid.NewGuid():N}")))).ToArray();
        scene.Secrets([
            Secret.DockerConfigJson("mirror-creds", ("localhost:5000", RegistryEntry.Basic("mirror", "mirror-password"))),
            .. others,
        ]);
        await scene.WritesAsync();
        using var held = HeldLock.Take(Directory.EnumerateFiles(scene.Node.LockDir).Single());
        var memory = ProcessMemory.None;

        var run = await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), whileRunning: async id =>
            {
                _ = await PeakMemory.OfIdleAsync(id);
                memory = ProcessMemory.Of(id);
                held.Dispose();
            });

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.Contains("; 9 Secrets read;", run.Stderr, StringComparison.Ordinal);
        Assert.True(memory.Holds("mirror:mirror-password"), "The memory was not looked at.");
        // As they came over the wire; a message must not repeat them.
        Assert.DoesNotContain(true, others.Select(other => memory.Holds(
            Convert.ToBase64String(other.Data[".dockerconfigjson"])[40..104])));
    }
}
