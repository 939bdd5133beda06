using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>
/// Whatever listens and answers in the place of an agent, the plugin goes alone: it answers, and writes its own file.
/// </summary>
public sealed class HostileAgentTests
{
    private static readonly byte[] Reply = ReplyOf(0, "{\"kind\":\"CredentialProviderResponse\"}");

    public static TheoryData<string, string, bool> Answers => new()
    {
        { "nothing", "", false },
        { "nothing, and holds on", "", true },
        { "no room", "F", false },
        { "no mark", "X", true },
        { "a reply before its begin", "R", true },
        { "it only begins", "B", false },
        { "it only begins, and holds on", "B", true },
        { "it works, and ends", "B...", false },
        { "no mark after the begin", "B\0", true },
        { "it begins twice", "BB", true },
        { "another version", "BV", false },
        { "declined", "B.D", false },
        { "other providers", "B.P", false },
        { "no room after the begin", "BF", false },
        { "no length", "BR", false },
        { "half a length", "BR\u0001\0", false },
        { "half a length, and holds on", "BR\u0001\0", true },
        { "a length of nothing", "BR\0\0\0\0", false },
        { "a negative length", "BR\u00ff\u00ff\u00ff\u00ff", true },
        { "a length of 2^31 - 1", "BR\u00ff\u00ff\u00ff\u007f", true },
        { "a length beyond the bound", "BR\u0001\0\u0040\0", true },
        { "the longest length, and no more", "BR\0\0\u0040\0", false },
        { "a frame of garbage", "BR\u0008\0\0\0garbage!", false },
        { "text that is longer than its frame", "BR\u0008\0\0\0\0\0\0\0\u0005\0\0\0", false },
        { "text of a negative length", "BR\u0008\0\0\0\0\0\0\0\u00ff\u00ff\u00ff\u00ff", false },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task The_plugin_goes_alone(string what, string says, bool holds)
    {
        await using var scene = await PullScene.StartAsync();
        await using var agent = FakeAgent.Start(scene.Node.LockDir, System.Text.Encoding.Latin1.GetBytes(says), holds);

        await GoesAloneAsync(scene, agent, what);
    }

    [Fact]
    public async Task Also_where_a_byte_follows_within_the_frame_of_a_reply()
    {
        await using var scene = await PullScene.StartAsync();
        await using var agent = FakeAgent.Start(
            scene.Node.LockDir, [.. "BR"u8, .. RawPlugin.WithLength([.. Reply, 0])]);

        await GoesAloneAsync(scene, agent, "a byte more");
    }

    [Fact]
    public async Task A_reply_that_is_cut_at_any_byte_is_none()
    {
        for (var length = 0; length < Reply.Length; length++)
        {
            Assert.False(AgentReply.TryRead(Reply.AsSpan(0, length), out _));
            byte[] framed = [.. "BR"u8, .. RawPlugin.WithLength(Reply)];
            await AsksInVainAsync(framed[..^(Reply.Length - length)], AloneReason.Died);
        }

        Assert.True(AgentReply.TryRead(Reply, out var whole));
        Assert.Equal(0, whole.ExitStatus);
    }

    [Fact]
    public async Task One_that_works_for_ever_is_waited_for_until_the_deadline() =>
        await AsksInVainAsync("B."u8.ToArray(), AloneReason.Silent, isEndless: true);

    [Fact]
    public async Task What_comes_behind_that_after_the_deadline_is_not_read()
    {
        var directory = Directory.CreateTempSubdirectory("fast-provider-fake-");
        await using (var agent = FakeAgent.Start(directory.FullName, "B...V"u8.ToArray(), holds: true))
        {
            Assert.Equal(AloneReason.None, AgentClient.Open(agent.Socket, out var client));
            Assert.True(SpinWait.SpinUntil(() => agent.Answered == 1, TimeSpan.FromSeconds(30)));
            using SecretBuffer frame = new(), reply = new();
            _ = AgentStream.Begin(frame, AgentQuestion.Status);
            Assert.Equal(AloneReason.Silent, client!.Ask(frame, reply, default));
            client.Dispose();
        }

        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_reply_beyond_the_bound_is_not_read() => await AsksInVainAsync(
        [.. "BR"u8, .. BitConverter.GetBytes((4 * 1024 * 1024) + 1)], AloneReason.Died, isEndless: true);

    private static async Task GoesAloneAsync(PullScene scene, FakeAgent agent, string what)
    {
        var run = await scene.PullAsync("--agent", agent.Socket);

        run.Answers().ClaimsPrivate(PullScene.Image);
        Assert.True(agent.Asked > 0, what);
        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
        EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
    }

    private static async Task AsksInVainAsync(byte[] says, AloneReason reason, bool isEndless = false)
    {
        var directory = Directory.CreateTempSubdirectory("fast-provider-fake-");
        try
        {
            await using var agent = FakeAgent.Start(directory.FullName, says, isEndless: isEndless);
            var asked = Task.Run(() => Ask(agent.Socket));
            Assert.Same(asked, await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(60))));
            Assert.Equal(reason, await asked);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static AloneReason Ask(string socket)
    {
        Assert.Equal(AloneReason.None, AgentClient.Open(socket, out var client));
        using (client)
        {
            using SecretBuffer frame = new(), reply = new();
            _ = AgentStream.Begin(frame, AgentQuestion.Status);
            return client!.Ask(frame, reply, Deadline.After(TimeSpan.FromSeconds(2)), TimeSpan.FromSeconds(2));
        }
    }

    private static byte[] ReplyOf(int exitStatus, string output)
    {
        using var buffer = new SecretBuffer();
        new AgentReply
        {
            ExitStatus = exitStatus, Output = System.Text.Encoding.UTF8.GetBytes(output), Line = "a line"u8, Entry = "X=1\n"u8,
        }.WriteTo(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
