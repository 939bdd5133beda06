using System.Globalization;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.EndToEnd;
using Xunit.Abstractions;

namespace FastProvider.Tests.Faults;

/// <summary>
/// Limits of the process (setrlimit(2)), as a unit or a shell may set them: each ends with an answer or one line.
/// </summary>
public sealed class LimitTests(ITestOutputHelper output)
{
    private const string NoFile = "ulimit -f 0; exec \"$@\"";

    [Fact]
    public async Task A_limit_of_the_file_size_is_met_at_the_lock_without_harm()
    {
        await using var scene = await PullScene.StartAsync();
        await scene.WritesAsync();

        var line = (await scene.ScriptAsync(NoFile)).Fails(); // it waits in vain, and cannot remember that

        Assert.StartsWith(
            $"cannot write auth file {scene.AuthFilePath}: a limit of the file size is reached (EFBIG)", line,
            StringComparison.Ordinal);
        Assert.Empty(scene.Node.AuthDirNames());
    }

    [Fact]
    public async Task A_limit_of_the_file_size_is_met_at_the_Event_without_harm()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();

        Assert.Contains("403", (await scene.ScriptAsync(NoFile, "--events")).Fails(), StringComparison.Ordinal);
    }

    /// <summary>It is enough for this pull. The line names it, and the tenant hears what is to be done all the same.</summary>
    [Fact]
    public async Task A_limit_of_the_data_costs_the_pod_no_Event()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Server.Cluster.ForbidAll();

        var line = (await scene.ScriptAsync("ulimit -d 60000; exec \"$@\"", "--events")).Fails();

        Assert.Contains("RLIMIT_DATA or RLIMIT_AS of the kubelet gives it 60000 kB", line, StringComparison.Ordinal);
        Assert.Equal(
            "MirrorCredentialsForbidden", (await ToldEvents.EventsAsync(scene, 1))[0]["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_limit_of_the_file_size_is_met_by_the_line_without_harm()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Secrets();

        (await scene.ScriptAsync("ulimit -f 0; exec \"$@\" 2> \"$NODE/line\"")).Answers().IsEmpty();

        Assert.Equal("", scene.Left("line"));
    }

    /// <summary>
    /// Below the first limits .NET itself does not start, and nothing of ours has run; above the last a run does its work. In
    /// between each run ends with one line, and where one failed for want of memory the line says so.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_limit_of_the_data_is_an_answer_or_one_line_wherever_it_is_met(bool withMany)
    {
        const int firstKb = 9_000, stepKb = 60, lastKb = 16_000;
        await using var scene = await PullScene.StartAsync();
        if (withMany)
        {
            scene.Server.Cluster.SetSecrets(
                PullScene.Namespace,
                [.. Enumerable.Range(0, 1000).Select(i => Secret.DockerConfigJson(
                    string.Create(CultureInfo.InvariantCulture, $"s{i}"),
                    ("localhost:5000", RegistryEntry.Basic("user", new string('p', 2000)))))]);
        }

        var ends = new HashSet<int>();
        for (var kb = firstKb; kb <= lastKb; kb += stepKb)
        {
            var run = await scene.ScriptAsync(
                string.Create(CultureInfo.InvariantCulture, $"ulimit -d {kb}; exec \"$@\""), "--slot-wait", "0",
                "--untaken-lifetime", "0");
            ends.Add(run.ExitCode);
            output.WriteLine($"{kb} {run.ExitCode} {run.Stderr}");
            switch (run.ExitCode)
            {
                case 0:
                    run.Answers().ClaimsPrivate(PullScene.Image);
                    break;
                case 1:
                    Assert.Contains("memory", run.Fails(), StringComparison.Ordinal);
                    break;
                default:
                    Assert.Empty(run.Stdout);
                    // What the runtime says before it has started is its own, one line of it.
                    Assert.InRange(run.Stderr.Trim().Count(character => character is '\n'), 0, 0);
                    break;
            }
        }

        Assert.Contains(0, ends);
        Assert.Contains(1, ends);
    }
}
