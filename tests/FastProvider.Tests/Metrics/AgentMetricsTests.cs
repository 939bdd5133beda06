using System.Diagnostics;
using FastProvider.Metrics;
using FastProvider.Tests.Agent;
using FastProvider.Tests.Commands.Stats;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Metrics;

/// <summary>What an agent counts, as who scrapes it sees it.</summary>
public sealed class AgentMetricsTests
{
    [Fact]
    public async Task Pulls_are_counted_by_outcome_cause_namespace_and_phase()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = Scrape.Start(scene.Node, out var port);

        for (var i = 0; i < 3; i++)
        {
            (await scene.PullAsync()).Answers();
            File.Delete(scene.AuthFilePath); // as a pull takes it
        }

        Assert.Equal(1, Single((await Scrape.MetricsAsync(port))["fast_provider_api_handshakes_total"]));
        scene.Secrets();
        (await scene.PullAsync()).Answers().IsEmpty();
        scene.Server.Cluster.ForbidAll();
        (await scene.PullAsync()).Fails();

        var text = await Scrape.TextAsync(port);
        scene.RevealsNothing(text);
        var metrics = MetricsText.Parse(text).ToDictionary(metric => metric.Name);
        Assert.Equal(3, metrics["fast_provider_pulls_total"]["outcome", "written", "way", "agent"]);
        Assert.Equal(1, metrics["fast_provider_pulls_total"]["outcome", "none", "way", "agent"]);
        Assert.Equal(1, metrics["fast_provider_pulls_total"]["outcome", "failed", "way", "agent"]);
        Assert.Equal(1, metrics["fast_provider_failures_total"]["cause", "forbidden"]);
        Assert.Equal(1, metrics["fast_provider_failures_total"].Samples.Sum(s => s.Value));
        Assert.Equal(3, metrics["fast_provider_namespace_pulls_total"]["namespace", PullScene.Namespace, "outcome", "written"]);
        Assert.Equal(0, metrics["fast_provider_namespace_pulls_total"]["namespace", "_other", "outcome", "written"]);
        Assert.Equal(5, CountOf(metrics["fast_provider_pull_duration_seconds"], null));
        Assert.Equal(5, CountOf(metrics["fast_provider_phase_duration_seconds"], "secrets"));
        Assert.Equal(3, Single(metrics["fast_provider_grants_given_total"]));
        Assert.Equal(3, Single(metrics["fast_provider_auth_files_total"]));
        Assert.Equal(scene.Server.Requests.TcpConnections, Single(metrics["fast_provider_api_handshakes_total"]));
        Assert.Equal(scene.Server.Requests.All.Count, Single(metrics["fast_provider_api_requests_total"]));
    }

    [Fact]
    public async Task Nothing_ever_falls()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = Scrape.Start(scene.Node, out var port);
        var before = await Scrape.MetricsAsync(port);
        for (var i = 0; i < 3; i++)
        {
            (await scene.PullAsync()).Answers();
            var after = await Scrape.MetricsAsync(port);
            foreach (var metric in before.Values.Where(metric => metric.Type is "counter" or "histogram"))
            {
                foreach (var sample in metric.Samples)
                {
                    var now = Assert.Single(after[metric.Name].Samples, s => s.Suffix == sample.Suffix && IsSame(s, sample));
                    Assert.True(now.Value >= sample.Value, metric.Name);
                }
            }

            before = after;
        }
    }

    [Fact]
    public async Task The_file_is_whole_readable_by_all_and_written_at_the_end()
    {
        await using var scene = await PullScene.StartAsync();
        var directory = Directory.CreateDirectory(Path.Combine(scene.Node.Root, "textfile")).FullName;
        var file = Path.Combine(directory, "fast-provider.prom");
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.Start(scene.Node.LockDir, "--metrics-file", file);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(file), TimeSpan.FromSeconds(30)));
        (await scene.PullAsync()).Answers();

        scene.Agent.Signal("TERM");
        var (exitCode, said) = await scene.Agent.EndAsync();

        Assert.Equal((0, ""), (exitCode, said));
        Assert.Equal([file], Directory.GetFiles(directory));
        Assert.Equal(FastProvider.Native.Ownership.ReadByAll, File.GetUnixFileMode(file));
        var metrics = MetricsText.Parse(await File.ReadAllTextAsync(file)).ToDictionary(metric => metric.Name);
        Assert.Equal(1, metrics["fast_provider_pulls_total"]["outcome", "written", "way", "agent"]);
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_file_is_not_written_through()
    {
        await using var scene = await PullScene.StartAsync();
        var (file, other) = (Path.Combine(scene.Node.Root, "m.prom"), Path.Combine(scene.Node.Root, "other"));
        await File.WriteAllTextAsync(other, "kept");
        File.CreateSymbolicLink(file, other);
        File.CreateSymbolicLink(file + ".new", other);
        using var agent = NodeAgent.Start(Path.Combine(scene.Node.Root, "locks"), "--metrics-file", file);

        Assert.True(SpinWait.SpinUntil(() => new FileInfo(file).LinkTarget is null, TimeSpan.FromSeconds(30)));

        Assert.Equal("kept", await File.ReadAllTextAsync(other));
    }

    [Fact]
    public async Task What_cannot_be_given_away_is_said_once_and_pulls_go_on()
    {
        await using var scene = await PullScene.StartAsync();
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.Start(
            scene.Node.LockDir, "--metrics-listen", $"127.0.0.1:{port}", "--metrics-file", "/nonexistent/fast-provider.prom");

        (await scene.PullAsync()).Answers();
        Assert.Equal("1", (await scene.Agent.StatusAsync())["runs"]);
        scene.Agent.Signal("TERM");
        var (exitCode, said) = await scene.Agent.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.Equal(
            [
                $"cannot listen on 127.0.0.1:{port} for metrics: in use already (EADDRINUSE)",
                "cannot write metrics to /nonexistent/fast-provider.prom: no such file or directory (ENOENT)",
            ],
            said.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Promtool_finds_nothing_wrong()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = Scrape.Start(scene.Node, out var port);
        (await scene.PullAsync()).Answers();
        var text = await Scrape.TextAsync(port);

        using var promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await promtool.StandardInput.WriteAsync(text);
        promtool.StandardInput.Close();
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    [Fact]
    public async Task Status_names_the_last_failures_and_no_secret()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = NodeAgent.Start(scene.Node.LockDir);
        Assert.Equal("none yet", (await scene.Agent.StatusAsync())["last API answer"]);
        (await scene.PullAsync()).Answers();
        scene.Server.Cluster.ForbidAll();
        (await scene.PullAsync()).Fails();

        var status = await scene.Agent.StatusAsync();

        Assert.Equal("1", status["API connections"]);
        Assert.EndsWith(" s ago", status["last API answer"], StringComparison.Ordinal);
        Assert.Equal($"{scene.Agent.Id}", status["process"]);
        Assert.Matches(
            $"^[0-9T:-]+Z forbidden, namespace {PullScene.Namespace}, image {PullScene.Image}$", status["failed"]);
        scene.RevealsNothing(string.Join('\n', status.Values));
    }

    [Theory]
    [InlineData("127.0.0.1:9477", "127.0.0.1", 9477)]
    [InlineData("[::1]:1", "::1", 1)]
    [InlineData("0.0.0.0:65535", "0.0.0.0", 65535)]
    public void An_address_has_a_literal_and_a_port(string text, string host, int port)
    {
        Assert.True(MetricsAddress.TryParse(text, out var address));
        Assert.Equal((host, port, text), (address.Host, address.Port, address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData(":9477")]
    [InlineData("9477")]
    [InlineData("localhost:9477")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:")]
    [InlineData("::1:9477")]
    [InlineData("[127.0.0.1]:9477")]
    [InlineData("[::1%lo]:9477")]
    [InlineData("[::1]9477")]
    [InlineData("[]:9477")]
    [InlineData("[:9477")]
    public async Task What_is_no_address_is_refused(string text)
    {
        Assert.False(MetricsAddress.TryParse(text, out _));
        var run = await Plugin.RunAsync(["agent", "--metrics-listen", text], []);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("--metrics-listen: ", run.Stderr, StringComparison.Ordinal);
    }

    private static bool IsSame(MetricsText.Sample a, MetricsText.Sample b) =>
        string.Join(",", a.Labels) == string.Join(",", b.Labels);

    private static decimal Single(MetricsText.Metric metric) => Assert.Single(metric.Samples).Value;

    private static decimal CountOf(MetricsText.Metric histogram, string? phase) => Assert.Single(
        histogram.Samples, s => s.Suffix == "_count" && s.Labels.GetValueOrDefault("phase") == phase).Value;
}
