using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>Another user can neither have an agent do anything nor stand in its place. Needs root.</summary>
public sealed class OtherUserTests : IDisposable
{
    private const UnixFileMode Everybodys = (UnixFileMode)0b111_111_111;

    private const string ReadsAMark =
        "my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die $!; print 'connected ', sysread($s, my $mark, 1) // 0;";

    private const string Listens =
        "my $l = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 1) or die $!; chmod 0777, $ARGV[0];"
            + " open my $ready, '>', \"$ARGV[0].ready\"; my $s = $l->accept; syswrite $s, 'B';"
            + " print 'heard ', sysread($s, my $question, 4096) // 0;";

    private static readonly string[] Nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];

    private readonly DirectoryInfo _open = Directory.CreateTempSubdirectory("fast-provider-others-");

    [Fact]
    public async Task The_socket_and_its_directory_are_the_owners_alone()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent ??= NodeAgent.Start(scene.Node.LockDir);

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(scene.Node.LockDir));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(scene.Agent.Socket));
    }

    [Fact]
    public async Task A_plugin_of_another_user_is_told_nothing_where_everybody_may_connect()
    {
        var lockDirectory = Path.Combine(Opened(), "run");
        using var agent = NodeAgent.Start(lockDirectory);
        File.SetUnixFileMode(lockDirectory, Everybodys);
        File.SetUnixFileMode(agent.Socket, Everybodys);

        var others = await AsNobodyAsync("/usr/bin/perl", "-MIO::Socket::UNIX", "-e", ReadsAMark, agent.Socket);
        Assert.True(others.ExitCode == 0, others.Stderr);
        Assert.Equal("connected 0", System.Text.Encoding.ASCII.GetString(others.Stdout));

        // The same from its own user.
        var own = await Plugin.RunAsync(["-MIO::Socket::UNIX", "-e", ReadsAMark, agent.Socket], [], binary: "/usr/bin/perl");
        Assert.Equal("connected 1", System.Text.Encoding.ASCII.GetString(own.Stdout));
    }

    [Fact]
    public async Task One_of_another_user_that_listens_is_told_nothing()
    {
        await using var scene = await PullScene.StartAsync();
        var socket = Path.Combine(Opened(), "agent.sock");
        var heard = AsNobodyAsync("/usr/bin/perl", "-MIO::Socket::UNIX", "-e", Listens, socket);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(socket + ".ready"), TimeSpan.FromSeconds(30)), "Nobody listens.");

        (await scene.PullAsync("--agent", socket)).Answers().ClaimsPrivate(PullScene.Image);

        Assert.Equal("heard 0", System.Text.Encoding.ASCII.GetString((await heard).Stdout));
        Assert.Equal([Path.GetFileName(scene.AuthFilePath)], scene.Node.AuthDirNames());
    }

    public void Dispose() => _open.Delete(recursive: true);

    private static Task<PluginRun> AsNobodyAsync(params string[] command) =>
        Plugin.RunAsync([.. Nobody, .. command], [], binary: "/usr/bin/setpriv");

    private string Opened()
    {
        _open.UnixFileMode = Everybodys;
        return _open.FullName;
    }
}
