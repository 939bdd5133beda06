using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Mutants;

namespace FastProvider.Tests.Deploy;

/// <summary>Rules, dashboard and page of deploy/monitoring: they hold together, and with the metrics that there are.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Rules = Read("deploy/monitoring/rules.yaml"),
        Cases = Read("deploy/monitoring/rules_test.yaml"),
        Dashboard = Read("deploy/monitoring/dashboard.json"), Page = Read("docs/monitoring.md");

    [Theory]
    [InlineData("check", "rules", "rules.yaml")]
    [InlineData("test", "rules", "rules_test.yaml")]
    public async Task Promtool_takes_them(params string[] arguments)
    {
        using var promtool = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Path.Join(Repository.Root, "deploy", "monitoring"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();

        Assert.True(promtool.ExitCode == 0, said);
        Assert.Contains("SUCCESS", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_alert_is_seen_to_fire_and_not_to_fire_and_has_its_paragraph()
    {
        var alerts = AlertName().Matches(Rules).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(alerts);
        Assert.Equal(
            alerts.SelectMany(alert => (string[])[$"{alert} fires", $"{alert} does not fire"]),
            CaseName().Matches(Cases).Select(match => match.Groups[1].Value));
        Assert.Equal(alerts, PageHeading().Matches(Page).Select(match => match.Groups[1].Value));
        Assert.Equal(
            alerts.Select(alert => alert.ToLowerInvariant()),
            Anchor().Matches(Rules).Select(match => match.Groups[1].Value));
        // One that fires has labels and annotations, one that does not has none.
        Assert.Equal(alerts.Count, Regex.Count(Cases, "exp_annotations:"));
        Assert.Equal(alerts.Count, Regex.Count(Cases, @"exp_alerts: \[\]"));
    }

    /// <summary>The tables of the metrics' pages are held to the program by tests of their own.</summary>
    [Fact]
    public void Each_metric_that_a_rule_or_a_panel_names_exists()
    {
        var known = MetricRow().Matches(Read("docs/agent.md") + Read("docs/stats.md"))
            .Select(match => match.Groups[1].Value).ToHashSet();
        var named = MetricName().Matches(Rules + Dashboard).Select(match => match.Value).Distinct()
            .Select(name => name.EndsWith("_bucket", StringComparison.Ordinal) ? name[..^"_bucket".Length] : name).ToList();

        Assert.True(named.Count > 20, $"Only {named.Count} metrics are named.");
        Assert.Empty(named.Except(known));
    }

    /// <summary>Causes, reasons and outcomes in rules are words that the program has.</summary>
    [Fact]
    public void Each_word_of_a_label_exists()
    {
        var pages = Read("docs/causes.md") + Read("docs/agent.md") + Read("docs/stats.md");
        var words = LabelWords().Matches(Rules).SelectMany(match => match.Groups[1].Value.Split('|')).Distinct().ToList();

        Assert.True(words.Count > 10, $"Only {words.Count} words are named.");
        Assert.All(words, word => Assert.Contains($"`{word}`", pages, StringComparison.Ordinal));
    }

    [Fact]
    public void The_dashboard_is_a_model_of_Grafana_whose_panels_do_not_overlap()
    {
        using var dashboard = JsonDocument.Parse(Dashboard);
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var cells = panels.SelectMany(panel =>
        {
            var place = panel.GetProperty("gridPos");
            int x = place.GetProperty("x").GetInt32(), y = place.GetProperty("y").GetInt32();
            return from row in Enumerable.Range(y, place.GetProperty("h").GetInt32())
                   from column in Enumerable.Range(x, place.GetProperty("w").GetInt32())
                   select (row, column);
        }).ToList();

        Assert.True(panels.Count > 20);
        Assert.Equal(cells.Count, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.column, 0, 23));
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(
            panels.Where(panel => panel.GetProperty("type").GetString() != "row"),
            panel => Assert.All(panel.GetProperty("targets").EnumerateArray(), target =>
                Assert.Contains("$node", target.GetProperty("expr").GetString(), StringComparison.Ordinal)));
    }

    private static string Read(string path) => File.ReadAllText(Path.Join(Repository.Root, path));

    [GeneratedRegex(@"^      - alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertName();

    [GeneratedRegex(@"^  - name: (.+)$", RegexOptions.Multiline)]
    private static partial Regex CaseName();

    [GeneratedRegex(@"^## (FastProvider\w+)$", RegexOptions.Multiline)]
    private static partial Regex PageHeading();

    [GeneratedRegex(@"docs/monitoring\.md#(\w+)")]
    private static partial Regex Anchor();

    [GeneratedRegex(@"^\| `(fast_provider_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    // Of a recording rule only what it is made of: its name has colons.
    [GeneratedRegex(@"(?<![:\w])fast_provider_\w+(?![:\w])")]
    private static partial Regex MetricName();

    [GeneratedRegex("""(?:cause|reason|outcome)=~?"([a-z|-]+)""")]
    private static partial Regex LabelWords();
}
