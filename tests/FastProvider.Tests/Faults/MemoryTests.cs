using System.Buffers.Text;
using System.Globalization;
using System.Text;
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

    /// <summary>
    /// The claims that a pull does not need. A token of any length is decoded, a short one on the stack.
    /// </summary>
    [Theory]
    [InlineData(400)]
    [InlineData(40_000)]
    public async Task Of_a_token_that_was_decoded_only_the_needed_claims_are_left(int padding)
    {
        await using var scene = await PullScene.StartAsync();
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(scene.Token!.Split('.')[1]));
        var unneeded = $"{Guid.NewGuid():N}{Guid.NewGuid():N}";
        scene.Token = TokenIssuer.Sign($$"""{"jti":"{{new string('-', padding)}}{{unneeded}}",{{payload[1..]}}""");
        var memory = ProcessMemory.None;
        var isSeen = new TaskCompletionSource();
        scene.Server.Script.Always(async exchange =>
        {
            await isSeen.Task;
            await exchange.AnswerNormallyAsync();
        });

        await scene.PullAsync(
            new KubeletRequest(PullScene.Image, scene.Token), scene.Arguments(), whileRunning: async id =>
            {
                await ToldEvents.WaitAsync(() => scene.Server.Requests.All.Count > 0);
                memory = ProcessMemory.Of(id);
                isSeen.SetResult();
            });

        Assert.True(memory.Holds(scene.Token.Split('.')[1][..100]), "The memory was not looked at.");
        // A message must not repeat it.
        Assert.False(memory.Holds(unneeded), "The payload of the token is in the memory.");
    }
}
