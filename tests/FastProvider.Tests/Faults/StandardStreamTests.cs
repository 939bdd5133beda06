using System.Text;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>The pipes of a run treated as no kubelet would: closed, endless, silent, full.</summary>
public sealed class StandardStreamTests
{
    /// <summary>Leaves the request five seconds.</summary>
    private static readonly string[] LittlePatience = ["--timeout", "50s", "--slot-wait", "4.9s"];

    [Theory]
    [InlineData("--version")]
    [InlineData("--version-json")]
    [InlineData("--help")]
    [InlineData("doctor", "--help")]
    [InlineData("stats", "--from", "/dev/null")]
    [InlineData("completion", "bash")]
    public async Task What_a_full_disk_does_not_take_was_not_printed(params string[] arguments)
    {
        var run = await Plugin.RunAsync(
            ["-c", "exec \"$@\" > /dev/full", "sh", Plugin.Binary, .. arguments], [], binary: "/bin/sh");

        Assert.Equal(
            (1, "cannot write to standard output: no space left on device (ENOSPC)\n"), (run.ExitCode, run.Stderr));
    }

    [Theory]
    [InlineData("0<&-", "cannot read the request from standard input: closed (EBADF)")]
    [InlineData("1>&-", "cannot write the answer to standard output: closed (EBADF)")]
    [InlineData("2>&-", null)]
    [InlineData("0<&- 1>&-", "cannot read the request from standard input: closed (EBADF)")]
    [InlineData("1>&- 2>&-", "")]
    [InlineData("0<&- 1>&- 2>&-", "")]
    public async Task A_closed_descriptor_is_never_that_of_another_file(string closed, string? line)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptAsync($"exec \"$@\" {closed}");

        if (line is null)
        {
            run.Answers().ClaimsPrivate(PullScene.Image);
            EndToEnd.AuthFile.Read(scene.AuthFilePath).Serves(PullScene.MirrorRepository, "mirror", "mirror-password");
        }
        else
        {
            Assert.Equal(1, run.ExitCode);
            Assert.Empty(run.Stdout);
            Assert.Contains(line, run.Stderr, StringComparison.Ordinal);
            Assert.Empty(scene.Node.AuthDirNames()); // nobody was told of a file
        }

        if (Directory.Exists(scene.Node.LockDir))
        {
            Assert.All(Directory.EnumerateFiles(scene.Node.LockDir), file => Assert.Empty(File.ReadAllBytes(file)));
        }
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_any_more_is_a_failure_and_its_file_goes()
    {
        await using var scene = await PullScene.StartAsync();
        using var run = StartedPlugin.Start(Plugin.Binary, scene.Arguments());

        run.StopReadingOutput();
        await run.SendAsync(new KubeletRequest(PullScene.Image, scene.Token).ToBytes());
        var end = await run.EndAsync();

        Assert.Equal(1, end.ExitCode);
        Assert.Contains(
            "cannot write the answer to standard output: the other side has closed (EPIPE)", end.Stderr,
            StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Theory]
    [InlineData("2>\"$NODE/said\"", 1)] // stdout is full
    [InlineData("2>&1 >\"$NODE/said\"", 0)] // stderr is full
    public async Task A_full_pipe_that_nobody_reads_does_not_hold_a_run(string streams, int exitCode)
    {
        await using var scene = await PullScene.StartAsync();

        // The reader waits for the end of the writer, which would wait for the reader.
        await scene.ScriptAsync("""
            { head -c 65536 /dev/zero; "$@" STREAMS; echo $? > "$NODE/code"; } | while [ ! -s "$NODE/code" ]; do sleep 0.05; done
            """.Replace("STREAMS", streams, StringComparison.Ordinal));

        Assert.Equal($"{exitCode}", scene.Left("code"));
        if (exitCode == 0)
        {
            StrictResponse.Decode(Encoding.UTF8.GetBytes(scene.Left("said"))).ClaimsPrivate(PullScene.Image);
            Assert.Single(scene.Node.AuthDirNames());
        }
        else
        {
            Assert.Contains(
                "cannot write the answer to standard output: timed out", scene.Left("said"), StringComparison.Ordinal);
            Assert.Empty(scene.Node.AuthDirNames());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"kind\":")]
    public async Task A_request_that_does_not_end_is_given_up(string start)
    {
        await using var scene = await PullScene.StartAsync();
        using var run = StartedPlugin.Start(Plugin.Binary, scene.Arguments(LittlePatience));

        await run.Stdin.WriteAsync(Encoding.UTF8.GetBytes(start));
        await run.Stdin.FlushAsync();
        var end = await run.EndAsync(); // stdin is open all the time

        Assert.StartsWith("the request on standard input did not end within 5 s", end.Fails(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes 2>&- '{\"kind\":\"CredentialProviderRequest\"}' | \"$@\"")]
    [InlineData("\"$@\" < /dev/zero")]
    public async Task An_endless_request_is_read_no_further_than_its_bound(string script)
    {
        await using var scene = await PullScene.StartAsync();

        var run = await scene.ScriptAsync(script);

        Assert.StartsWith("the request on standard input is longer than 2097152 bytes", run.Fails(), StringComparison.Ordinal);
    }
}
