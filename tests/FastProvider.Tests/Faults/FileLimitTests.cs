using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Faults;

/// <summary>
/// A run inherits the kubelet's limit of open files. Where that is too low, the run says so, wherever it meets it.
/// </summary>
public sealed class FileLimitTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_run_that_may_not_open_what_it_needs_names_the_limit(string host)
    {
        await using var scene = await PullScene.StartAsync();
        var named = 0;

        // Below 4 not even the C library is loaded; from some limit on all goes well.
        for (var limit = 4; limit < 16; limit++)
        {
            var run = await scene.ScriptAsync(
                $"exec prlimit --nofile={limit}:{limit} \"$@\"", "--api-server", $"https://{host}:{scene.Server.Port}",
                "--slot-wait", "0");
            if (run.ExitCode != 0)
            {
                Assert.Contains("too many open files in this process (EMFILE)", run.Fails(), StringComparison.Ordinal);
                named++;
            }
        }

        Assert.InRange(named, 1, 11);
    }
}
