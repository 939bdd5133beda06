using System.Text;
using System.Text.RegularExpressions;
using FastProvider.Base;
using FastProvider.Commands.Stats;
using FastProvider.Pulls;
using FastProvider.Tests.Commands.Stats;

namespace FastProvider.Tests.Journal;

/// <summary>
/// docs/journal.md and docs/causes.md are an interface: what the code says stands there, and nothing else does.
/// </summary>
public sealed partial class DocumentedFieldsTests
{
    private static readonly string[] FromJournald = ["MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER"];

    [Fact]
    public void Every_field_is_described_and_every_described_field_is_there()
    {
        // Only where a field is added: the flags' variables are spelled alike.
        var added = FieldInCode().Matches(Source("Reports/JournalFields.cs") + Source("Hosts/PullHost.cs"))
            .Select(m => m.Groups[1].Value).Distinct();
        var times = Enum.GetValues<PullPhase>().Select(p => Encoding.ASCII.GetString(p.Field())).Where(f => f != "");

        Assert.Equal(
            added.Concat(times).Concat(FromJournald).Order(StringComparer.Ordinal),
            Rows("journal.md", "Fields").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_cause_is_described_and_every_described_cause_is_there()
    {
        var inCode = Enum.GetValues<FailureCause>().Where(c => c is not FailureCause.None)
            .Select(c => Encoding.ASCII.GetString(c.Word())).ToArray();

        Assert.DoesNotContain("", inCode);
        Assert.Equal(inCode.Length, inCode.Distinct().Count());
        Assert.Equal(inCode.Order(StringComparer.Ordinal), Rows("journal.md", "Causes").Order(StringComparer.Ordinal));
        Assert.Equal(
            inCode.Order(StringComparer.Ordinal),
            Rows("causes.md", "For tenants").Where(inCode.Contains).Concat(Rows("causes.md", "For platform engineers"))
                .Order(StringComparer.Ordinal));
    }

    /// <summary>Lines and pages may point at a cause.</summary>
    [Fact]
    public void Every_cause_has_an_anchor_of_its_name() => Assert.Equal(
        Rows("causes.md", "For tenants").Concat(Rows("causes.md", "For platform engineers")),
        CauseAnchor().Matches(File.ReadAllText(Path.Combine(Folder("docs"), "causes.md"))).Select(m => m.Groups[1].Value));

    [Fact]
    public void Every_reason_of_an_Event_is_described_and_every_described_reason_is_there()
    {
        var inCode = Enum.GetValues<EventReason>().Where(r => r is not EventReason.None).Select(EventReasonName.Of)
            .Order(StringComparer.Ordinal).ToList();

        Assert.Equal(inCode, Rows("tenants.md", "When a pull fails").Order(StringComparer.Ordinal));
        Assert.Equal(
            inCode,
            EventOnPage().Matches(File.ReadAllText(Path.Combine(Folder("docs"), "causes.md"))).Select(m => m.Groups[1].Value)
                .Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_outcome_is_described_and_every_described_outcome_is_there()
    {
        var inCode = Enum.GetValues<PullOutcome>().Where(o => o is not PullOutcome.Other)
            .Select(o => Encoding.ASCII.GetString(o.Word()));

        Assert.Equal(inCode.Order(StringComparer.Ordinal), Rows("journal.md", "Outcomes").Order(StringComparer.Ordinal));
    }

    /// <summary>A field or a word that was named anew would silently be counted no more.</summary>
    [Fact]
    public void The_statistics_know_the_fields_and_the_outcomes()
    {
        Assert.Empty(Export.WantedNames.Except(["__REALTIME_TIMESTAMP", "_UID"]).Except(Rows("journal.md", "Fields")));
        Assert.Equal(
            Rows("journal.md", "Outcomes").Append("other"),
            Enum.GetValues<PullOutcome>().Select(o => Encoding.ASCII.GetString(o.Word())));
        Assert.All(Enum.GetValues<PullOutcome>(), o => Assert.Equal(o, PullOutcomes.Find(o.Word())));
        Assert.All(Enum.GetValues<FailureCause>(), c => Assert.Equal(c, FailureCauses.Find(c.Word())));
    }

    /// <summary>
    /// A pull that failed for no cause could not be counted. The rooms that no failure of a pull comes from are named.
    /// </summary>
    [Fact]
    public void Every_failure_of_a_pull_has_a_cause()
    {
        var rooms = Directory.GetFiles(SourceFolder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !Path.GetRelativePath(SourceFolder, f).StartsWith("Commands/", StringComparison.Ordinal)
                // for the commands alone
                && !Path.GetRelativePath(SourceFolder, f).StartsWith("Kubelet/", StringComparison.Ordinal)
                // what an agent counts, for an agent that does not start
                && !Path.GetRelativePath(SourceFolder, f).StartsWith("Metrics/", StringComparison.Ordinal)
                // Kubeconfig says it in its own words
                && !Path.GetRelativePath(SourceFolder, f).StartsWith("Documents/", StringComparison.Ordinal)
                // usage, warnings, an agent that does not start
                && Path.GetFileName(f) is not (
                    "Failure.cs" or "NodeRoot.cs" or "Argument.cs" or "LockFile.cs" or "EventState.cs"
                    or "AgentProcess.cs"));
        var made = rooms.SelectMany(f => FailureMade().Matches(File.ReadAllText(f)).Select(m => (File: f, m.Value))).ToList();

        Assert.True(made.Count > 40, $"Only {made.Count} failures were found.");
        Assert.All(made, m => Assert.Matches(@"\(\s*(FailureCause\.|cause,|unread\.Cause,|failure\.Cause,)", m.Value));
    }

    private static string SourceFolder { get; } = Folder("src/FastProvider");

    private static string Source(string name) => File.ReadAllText(Path.Combine(SourceFolder, name));

    /// <summary>The first column of the tables under a heading.</summary>
    private static List<string> Rows(string page, string heading)
    {
        var text = File.ReadAllText(Path.Combine(Folder("docs"), page));
        var section = Regex.Match(text, $@"^#+ {heading}\n(.*?)(?=^#+ |\z)", RegexOptions.Multiline | RegexOptions.Singleline)
            .Groups[1].Value;
        var rows = FirstColumn().Matches(section).Select(m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(rows);
        return rows;
    }

    private static string Folder(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "FastProvider.slnx")))
        {
            root = root.Parent!;
        }

        return Path.Combine(root.FullName, path);
    }

    [GeneratedRegex(@"""(FAST_PROVIDER_[A-Z_]+)=?""u8")]
    private static partial Regex FieldInCode();

    [GeneratedRegex(@"^\| <a id=""([a-z-]+)""></a>`\1` \|", RegexOptions.Multiline)]
    private static partial Regex CauseAnchor();

    [GeneratedRegex(@"^\| (?:<a id=""[a-z-]+""></a>)?`([A-Za-z_-]+)` \|(?! what it means)", RegexOptions.Multiline)]
    private static partial Regex FirstColumn();

    [GeneratedRegex(@"Event `(\w+)`")]
    private static partial Regex EventOnPage();

    [GeneratedRegex(@"new Failure\(\s*\S+|Failure \w+\([^\n]*\) =>\s+new\(\s*\S+")]
    private static partial Regex FailureMade();
}
