using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastProvider.Agent;
using FastProvider.Grants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>Whatever is sent to an agent, it writes no file that was not wholly asked for, and serves the next plugin.</summary>
public sealed class HostilePluginTests
{
    private const int MostFrameBytes = 4 * 1024 * 1024, MostRuns = 64;

    private static readonly byte[] Begun = "B"u8.ToArray(), Declined = "BD"u8.ToArray();

    [Fact]
    public async Task A_question_that_is_cut_at_any_byte_gets_no_reply()
    {
        await using var scene = await SceneAsync();
        var question = Question(scene);

        for (var length = 0; length < question.Length; length++)
        {
            Assert.Equal(Begun, Said(scene, question.AsSpan(0, length)));
        }

        await StillServesAsync(scene);
    }

    [Fact]
    public async Task A_frame_that_holds_a_part_of_a_question_is_declined_whichever()
    {
        await using var scene = await SceneAsync();
        var content = Question(scene).AsSpan(sizeof(int)).ToArray();

        for (var length = 0; length < content.Length; length++)
        {
            Assert.Equal(Declined, Said(scene, RawPlugin.WithLength(content.AsSpan(0, length))));
        }

        Assert.Equal(Declined, Said(scene, RawPlugin.WithLength([.. content, 0])));
        await StillServesAsync(scene);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    [InlineData(MostFrameBytes + 1)]
    public async Task A_frame_of_no_possible_length_ends_the_conversation(int length)
    {
        await using var scene = await SceneAsync();
        var question = Question(scene);
        BinaryPrimitives.WriteInt32LittleEndian(question, length);

        // With all that it claims, as far as it may be: what is beyond the bound would be whole, too.
        var most = Math.Max(question.Length, length == MostFrameBytes + 1 ? length + sizeof(int) : 0);
        using var plugin = new RawPlugin(scene.Agent!.Socket);
        Assert.Equal((byte)'B', plugin.ReadMark());
        try
        {
            plugin.Send([.. question, .. new byte[most - question.Length]]);
        }
        catch (SocketException)
        {
            // It hung up already.
        }

        Assert.True(SpinWait.SpinUntil(() => HasLeft(plugin), TimeSpan.FromSeconds(30)), "It reads on.");
        await StillServesAsync(scene);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task A_question_that_nobody_knows_is_declined(int question)
    {
        await using var scene = await SceneAsync();
        var frame = Question(scene);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(sizeof(int)), question);

        Assert.Equal(Declined, Said(scene, frame));
        await StillServesAsync(scene);
    }

    [Fact]
    public async Task A_question_of_another_version_ends_the_agent_and_has_no_reply()
    {
        await using var scene = await SceneAsync();
        var frame = Question(scene);
        frame[2 * sizeof(int) + sizeof(int)] ^= 1; // the first letter of the version

        Assert.Equal("BV"u8.ToArray(), Said(scene, frame));

        Assert.Equal(0, (await scene.Agent!.EndAsync()).ExitCode);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task Garbage_gets_no_reply()
    {
        await using var scene = await SceneAsync();
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var garbage = new byte[random.Next(1, 300)];
            random.NextBytes(garbage);
            Assert.Equal(Begun, Said(scene, garbage));
            Assert.Contains(
                Encoding.Latin1.GetString(Said(scene, RawPlugin.WithLength(garbage))), (string[])["BD", "BV"]);
        }

        await StillServesAsync(scene);
    }

    /// <summary>The last word is y, or n and an error number.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("Ry")]
    [InlineData("n")]
    [InlineData("n\u001c and more")]
    public async Task A_run_whose_last_word_is_another_leaves_no_file(string after)
    {
        await using var scene = await SceneAsync();

        var said = Said(scene, [.. Question(scene), .. Encoding.Latin1.GetBytes(after)]);

        Assert.Equal((byte)'R', said[1]);
        var reply = sizeof(byte) + sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(said.AsSpan(2));
        Assert.Equal((byte)'R', said[1 + reply]); // once more
        await StillServesAsync(scene);
    }

    [Fact]
    public async Task The_last_word_may_come_with_the_question()
    {
        await using var scene = await SceneAsync();

        Assert.Equal((byte)'R', Said(scene, [.. Question(scene), (byte)'y'])[1]);

        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("../registries.conf", null, 1000)]
    [InlineData("/etc/fast-provider-was-here", null, 1000)]
    [InlineData("in-use", null, 1000)]
    [InlineData("", null, 1000)]
    [InlineData(null, "relative", 1000)]
    [InlineData(null, "", 1000)]
    [InlineData(null, "/tmp\0/other", 1000)]
    [InlineData(null, null, -1)]
    [InlineData(null, null, int.MinValue)]
    public async Task A_grant_for_what_is_no_slot_is_declined(string? name, string? directory, int milliseconds)
    {
        await using var scene = await SceneAsync();
        var before = await File.ReadAllTextAsync(scene.Node.RegistriesConf);

        Assert.Equal(Declined, Said(scene, Grant(scene, name, directory, milliseconds, 1000)));
        Assert.Equal(Declined, Said(scene, Grant(scene, null, null, 1000, milliseconds: -1)));

        Assert.Equal(before, await File.ReadAllTextAsync(scene.Node.RegistriesConf));
        await StillServesAsync(scene);
    }

    [Fact]
    public async Task A_grant_whose_run_leaves_without_a_word_is_none()
    {
        await using var scene = await SceneAsync();

        Assert.Equal("BR", Encoding.ASCII.GetString(Said(scene, Grant(scene, null, null, 1000, 1000))[..2]));

        await StillServesAsync(scene);
    }

    [Fact]
    public async Task There_are_sixty_four_runs_at_once()
    {
        await using var scene = await SceneAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(2 * MostRuns);
        var held = RawPlugin.Run(
            scene.Arguments("--api-server", $"https://{silent.LocalEndpoint}"),
            new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
        var plugins = Enumerable.Range(0, MostRuns + 1).Select(_ => new RawPlugin(scene.Agent!.Socket)).ToList();
        try
        {
            foreach (var plugin in plugins[..MostRuns])
            {
                Assert.Equal((byte)'B', plugin.ReadMark());
                plugin.Send(held);
            }

            Assert.Equal((byte)'F', plugins[^1].ReadMark());
        }
        finally
        {
            plugins.ForEach(plugin => plugin.Dispose());
        }
    }

    private static async Task<PullScene> SceneAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);
        return scene;
    }

    private static byte[] Question(PullScene scene) =>
        RawPlugin.Run(scene.Arguments(), new KubeletRequest(PullScene.Image, scene.Token).ToBytes());

    private static byte[] Grant(PullScene scene, string? name, string? directory, int lifetimeMs, int milliseconds) =>
        RawPlugin.Frame(frame => new GrantRequest
        {
            Slot = new GrantSlotName(
                directory ?? scene.Node.AuthDir, name ?? Path.GetFileName(scene.AuthFilePath), scene.Node.LockDir),
            Pod = "uid-1"u8,
            UntakenLifetime = TimeSpan.FromMilliseconds(lifetimeMs),
            Wait = TimeSpan.FromMilliseconds(milliseconds),
            Content = "{\"auths\":{}}"u8,
        }.WriteTo(frame));

    /// <summary>Without the bytes that only say that the agent works.</summary>
    private static byte[] Said(PullScene scene, ReadOnlySpan<byte> bytes)
    {
        var said = RawPlugin.Ask(scene.Agent!.Socket, bytes);
        var working = said.Skip(1).TakeWhile(mark => mark == (byte)'.').Count();
        return [.. said[..1], .. said[(1 + working)..]];
    }

    private static bool HasLeft(RawPlugin plugin)
    {
        try
        {
            plugin.Send([0]);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    /// <summary>The same process, without a file or a grant of what came before.</summary>
    private static async Task StillServesAsync(PullScene scene)
    {
        var status = await scene.Agent!.StatusAsync();
        Assert.Equal("0", status["grants"]);
        Assert.Empty(scene.Node.AuthDirNames());
        var run = HandedRun.Of(
            scene.Agent.Socket, scene.Arguments(), new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
        Assert.True(run.ExitStatus == 0, run.Line);
        Assert.True(File.Exists(scene.AuthFilePath));
        Assert.False(scene.Agent.HasEnded);
    }
}
