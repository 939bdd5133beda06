using System.Globalization;
using System.Text;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Commands.Stats;
using FastProvider.Journal;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Journal;
using FastProvider.Tests.Node;

namespace FastProvider.Tests.Commands.Stats;

/// <summary>The real binary, over the real journal of real pulls and over files.</summary>
public sealed class StatsTests
{
    [Fact]
    public async Task What_pulls_left_in_a_journal_is_added_up()
    {
        await using var journald = await Journald.StartAsync();
        await using var scene = await PullScene.StartAsync();
        await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token));
        await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, Token: null));
        await journald.PullAsync(scene, new KubeletRequest("elsewhere.invalid/app", scene.Token), "--log-level", "debug");
        File.Delete(scene.AuthFilePath);
        scene.Server.Cluster.ForbidAll();
        await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token));
        await journald.PullAsync(scene, new KubeletRequest(PullScene.Image, scene.Token));
        journald.Send((ref JournalEntry entry) => entry.Add("MESSAGE"u8, "an Event could not be written"u8));
        await Plugin.RunAsync(
            journald.Inside("setpriv", ["--reuid", "65534", "--clear-groups", "logger", "--journald"]),
            "MESSAGE=x\nSYSLOG_IDENTIFIER=fast-provider\nFAST_PROVIDER_SCHEMA=1\nFAST_PROVIDER_OUTCOME=failed\n"u8.ToArray(),
            binary: "/usr/bin/nsenter");
        var entries = await journald.EntriesAsync("FAST_PROVIDER_SCHEMA=1", "_UID=0");

        using var json = JsonDocument.Parse(await StatsAsync(journald, "--output", "json"));
        var stats = json.RootElement;
        Assert.Equal(86_400, stats.GetProperty("window").GetProperty("seconds").GetInt64());
        Assert.Equal([5, 1, 0, 1, 0], Numbers(stats.GetProperty("entries")));
        Assert.Equal([1, 0, 1, 1, 2, 0], Numbers(stats.GetProperty("outcomes")));
        var causes = stats.GetProperty("causes");
        Assert.Equal((2, 2), (causes.GetProperty("forbidden").GetInt64(), Numbers(causes).Sum()));
        Assert.Equal("[{\"namespace\":\"team-a\",\"failures\":2}]", JsonSerializer.Serialize(stats.GetProperty("namespaces")));
        Assert.Equal(5, stats.GetProperty("totalTimes").EnumerateArray().Sum(b => b.GetProperty("pulls").GetInt64()));
        AssertAdds(entries, "FAST_PROVIDER_TOTAL_US", stats.GetProperty("microseconds").GetProperty("total"));
        AssertAdds(entries, "FAST_PROVIDER_AUTH_FILE_US", stats.GetProperty("microseconds").GetProperty("auth-file"));
        AssertAdds(entries, "FAST_PROVIDER_BYTES_READ", stats.GetProperty("bytesRead"));

        var metrics = MetricsText.Parse(await StatsAsync(journald, "--output", "prometheus", "--since", "7d"));
        Assert.Equal(2, metrics.Single(m => m.Name == "fast_provider_failures")["cause", "forbidden"]);
        Assert.Equal(
            stats.GetProperty("microseconds").GetProperty("total").GetProperty("max").GetInt64(),
            metrics.Single(m => m.Name == "fast_provider_pull_seconds")["quantile", "1"] * 1_000_000);
        Assert.Equal(7 * 86_400, metrics.Single(m => m.Name == "fast_provider_window_seconds").Samples[0].Value);

        Assert.Matches("\n  forbidden +2 +100.0\n", await StatsAsync(journald, "--since", "-1h"));
        Assert.Matches("\n +2  team-a\n", await StatsAsync(journald, "--root", "/"));

        // The same from what journalctl prints: the window's beginning alone is another.
        var export = await journald.ExportAsync("SYSLOG_IDENTIFIER=fast-provider");
        using var ofExport = JsonDocument.Parse(await PrintsAsync(export, "--from", "-", "--since", "24h", "--output", "json"));
        Assert.Equal(stats.GetRawText(), ofExport.RootElement.GetRawText());
    }

    [Fact]
    public async Task A_window_of_a_file_is_a_duration()
    {
        var now = DateTime.UtcNow;
        var file = Encoding.UTF8.GetBytes(
            string.Concat(new[] { -2, -0.8, -72 }.Select(hours => Export.PullAt(now.AddHours(hours), "none"))));

        Assert.Matches("\n  all +3 ", await PrintsAsync(file, "--from", "-"));
        Assert.Matches("\n  all +2 ", await PrintsAsync(file, "--from", "-", "--since", "2d"));
        Assert.Matches("\n  all +1 ", await PrintsAsync(file, "--from", "-", "--since=1h"));
        Assert.StartsWith(
            "--since: \"yesterday\" is for journalctl; with --from it is a duration, such as 24h or 7d; ",
            await FailsAsync(2, "--from", "-", "--since", "yesterday"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_nothing_to_count_it_says_so()
    {
        Assert.Matches("^No run is in the journal.\n\nEach run ", await PrintsAsync([], "--from", "-"));
        using var json = JsonDocument.Parse(await PrintsAsync([], "--from", "-", "--output", "json"));
        var total = json.RootElement.GetProperty("microseconds").GetProperty("total");
        Assert.Equal(JsonValueKind.Null, total.GetProperty("p50").ValueKind);
        var metrics = MetricsText.Parse(await PrintsAsync([], "--from", "-", "--output", "prometheus"));
        Assert.All(metrics.SelectMany(m => m.Samples), sample => Assert.Equal(0, sample.Value));
    }

    [Fact]
    public async Task What_cannot_be_read_is_one_line()
    {
        Assert.Equal("cannot read /no/such: no such file or directory (ENOENT)\n", await FailsAsync(1, "--from", "/no/such"));
        Assert.Equal("cannot read /etc: is a directory (EISDIR)\n", await FailsAsync(1, "--from", "/etc"));
        Assert.Equal(
            "/etc/passwd is not in the journal's export format (byte 0); journalctl -o export prints it\n",
            await FailsAsync(1, "--from", "/etc/passwd"));
        Assert.Matches("^--from and --root exclude each other; ", await FailsAsync(2, "--from", "x", "--root", "y"));
        Assert.Equal(
            "no journal: neither /no/such/var/log/journal nor /no/such/run/log/journal is a directory\n",
            await FailsAsync(1, "--root", "/no/such"));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_one_line()
    {
        await using var journald = await Journald.StartAsync();

        var wrong = await Plugin.RunAsync(
            journald.Inside(Plugin.Binary, ["stats", "--since", "soon"]), [], binary: "/usr/bin/nsenter");
        Assert.Equal((1, "journalctl ended with status 1: Failed to parse timestamp: soon\n"), (wrong.ExitCode, wrong.Stderr));

        var missing = await Plugin.RunAsync(
            journald.Inside(Plugin.Binary, ["stats"]), [],
            new Dictionary<string, string> { ["PATH"] = "/nonexistent" }, "/usr/bin/nsenter");
        Assert.Equal(
            (1, "journalctl is not installed; what it printed elsewhere can be read with --from FILE\n"),
            (missing.ExitCode, missing.Stderr));
    }

    [Fact]
    public async Task A_journalctl_that_says_nothing_is_given_ten_minutes()
    {
        using var node = new NodeTree().With("/var/log/journal/x", "").With("/bin/journalctl", "#!/bin/sh\nkill -STOP $$\n");
        File.SetUnixFileMode(node.Root + "/bin/journalctl", (UnixFileMode)0b111_101_101);
        using var clock = NodeClock.Standing();
        clock.Patience = TimeSpan.FromSeconds(1);

        var waited = await clock.WaitedAsync(async () =>
        {
            var environment = new Dictionary<string, string>(clock.Environment) { ["PATH"] = $"{node.Root}/bin:/bin" };
            var run = await Plugin.RunAsync(["stats", "--root", node.Root], [], environment);
            Assert.Equal((1, "journalctl did not end within 600 s\n"), (run.ExitCode, run.Stderr));
        });

        Assert.Equal(TimeSpan.FromMinutes(10), waited);
    }

    [Fact]
    public async Task Failures_of_namespaces_that_are_not_named_and_entries_of_others_are_counted()
    {
        var export = Encoding.UTF8.GetBytes(string.Concat(
        [
            .. Enumerable.Range(0, 36).Select(i => Export.Pull("failed", ("FAST_PROVIDER_NAMESPACE", $"n{i % 12:00}"))),
            Export.Pull("written").Replace("_UID=0", "_UID=1000", StringComparison.Ordinal),
            Export.Pull("written").Replace("=fast-provider", "=slow-provider", StringComparison.Ordinal),
            Export.Pull("written").Replace("=fast-provider", "=slow-provider", StringComparison.Ordinal),
        ]));

        using var json = JsonDocument.Parse(await PrintsAsync(export, "--from", "-", "--output", "json"));
        var metrics = MetricsText.Parse(await PrintsAsync(export, "--from", "-", "--output", "prometheus"));

        Assert.Equal(10, json.RootElement.GetProperty("namespaces").GetArrayLength());
        Assert.Equal(6, json.RootElement.GetProperty("failuresInOtherNamespaces").GetInt64());
        var entries = metrics.Single(m => m.Name == "fast_provider_journal_entries");
        Assert.Equal(
            (36, 1, 2), (entries["kind", "pull"], entries["kind", "not-of-root"], entries["kind", "foreign"]));
    }

    /// <summary>The widest that can come: all rows, the longest names and numbers, times of all sizes.</summary>
    [Theory]
    [InlineData("LC_ALL=C.UTF-8", true)]
    [InlineData("LANG=de_DE.utf8", true)]
    [InlineData("LC_CTYPE=en_US.UTF-8 LANG=C", true)]
    [InlineData("LC_ALL=C LANG=en_US.UTF-8", false)]
    [InlineData("", false)]
    public async Task A_page_fits_a_terminal(string locale, bool isUtf8)
    {
        var environment = locale.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(v => v.Split('=')[0], v => v.Split('=')[1]);
        var export = new StringBuilder(Export.Entry(("__REALTIME_TIMESTAMP", "1"), ("SYSLOG_IDENTIFIER", "else")))
            .Append(Export.Pull("of-tomorrow"));
        for (var i = 0; i < 300; i++)
        {
            export.Append(Export.Pull("failed",
            [
                ("FAST_PROVIDER_CAUSE", Encoding.ASCII.GetString(((FailureCause)(i % 25)).Word())),
                ("FAST_PROVIDER_NAMESPACE", $"{i % 20:00}".PadRight(63, 'n')), ("FAST_PROVIDER_API_TRIES", "3"),
                ("FAST_PROVIDER_WARNINGS", "1"), ("FAST_PROVIDER_WAITED_IN_VAIN", "1"),
                .. Enum.GetValues<PullField>().Where(f => f >= PullField.Request)
                    .Select(f => (Export.NameOf(f), $"{(long)Math.Pow(1.07, i)}")),
            ]));
        }

        var run = await Plugin.RunAsync(["stats", "--from", "-"], Encoding.UTF8.GetBytes(export + "CUT=1"), environment);
        var page = Encoding.UTF8.GetString(run.Stdout);

        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        Assert.All(page.Split('\n'), line => Assert.True(line.Length <= 80 && line == line.TrimEnd(), line));
        Assert.Equal((isUtf8, !isUtf8), (page.Contains('█'), page.Contains("##", StringComparison.Ordinal)));
        Assert.True(isUtf8 || Ascii.IsValid(page));
        Assert.Contains("\n  over 50 s ", page, StringComparison.Ordinal);
        Assert.Contains("\n  waits in vain            300\n", page, StringComparison.Ordinal);
        Assert.Contains("\n  other programs'            1\n  cut off at the end         1\n", page, StringComparison.Ordinal);
        Assert.Equal(10, page.Split('\n').Count(l => l.EndsWith("nnn", StringComparison.Ordinal)));
        Assert.Contains("\n       150  in other namespaces\n", page, StringComparison.Ordinal);
    }

    /// <summary>The longest bar has 40 columns, the others their share of it, in eighths where the terminal has such.</summary>
    [Theory]
    [InlineData("C.UTF-8", "████████████████████████████████████████", "████████████████████", "▏")]
    [InlineData("C", "########################################", "####################", "#")]
    public async Task Bars_are_as_long_as_their_share(string locale, params string[] bars)
    {
        var export = string.Concat(
            new (int Runs, string Us)[] { (600, "3000"), (300, "40000"), (1, "30000000") }
                .SelectMany(t => Enumerable.Repeat(Export.Pull("written", ("FAST_PROVIDER_TOTAL_US", t.Us)), t.Runs)));

        var run = await Plugin.RunAsync(
            ["stats", "--from", "-"], Encoding.UTF8.GetBytes(export), new Dictionary<string, string> { ["LC_ALL"] = locale });

        var page = Encoding.UTF8.GetString(run.Stdout);
        Assert.Equal(
            bars, page[page.IndexOf("Total time", StringComparison.Ordinal)..].Split('\n').Skip(1)
                .Select(line => line.Split(' ')[^1]).Where(last => last is ['█' or '▏' or '#', ..]));
    }

    private static void AssertAdds(List<Dictionary<string, string[]>> entries, string field, JsonElement numbers)
    {
        var values = entries.Where(e => e.ContainsKey(field)).Select(e => long.Parse(e[field][0], CultureInfo.InvariantCulture))
            .Order().ToArray();
        Assert.NotEmpty(values);
        Assert.Equal((values.Length, values.Sum(), values[^1]), (Number("count"), Number("sum"), Number("max")));
        var median = values[(values.Length + 1) / 2 - 1];
        Assert.InRange(Number("p50"), median - median / 64, median + median / 64);

        long Number(string name) => numbers.GetProperty(name).GetInt64();
    }

    private static long[] Numbers(JsonElement members) =>
        [.. members.EnumerateObject().Where(m => m.Value.ValueKind is JsonValueKind.Number).Select(m => m.Value.GetInt64())];

    private static async Task<string> StatsAsync(Journald journald, params string[] arguments)
    {
        await journald.JournalctlAsync("-n", "0");
        var run = await Plugin.RunAsync(journald.Inside(Plugin.Binary, ["stats", .. arguments]), [], binary: "/usr/bin/nsenter");
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        return Encoding.UTF8.GetString(run.Stdout);
    }

    private static async Task<string> PrintsAsync(byte[] input, params string[] arguments)
    {
        var run = await Plugin.RunAsync(["stats", .. arguments], input);
        Assert.Equal((0, ""), (run.ExitCode, run.Stderr));
        return Encoding.UTF8.GetString(run.Stdout);
    }

    private static async Task<string> FailsAsync(int status, params string[] arguments)
    {
        var run = await Plugin.RunAsync(["stats", .. arguments], []);
        Assert.Equal((status, 0), (run.ExitCode, run.Stdout.Length));
        return run.Stderr;
    }
}
