using System.Text.RegularExpressions;
using FastProvider.Mutants;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Agent;

/// <summary>docs/agent.md and the agent say the same.</summary>
public sealed partial class DocumentedAgentTests
{
    private static string Page => File.ReadAllText(Path.Join(Repository.Root, "docs", "agent.md"));

    [Fact]
    public void Every_metric_is_described_and_every_described_metric_is_there()
    {
        var code = File.ReadAllText(Path.Join(Repository.Root, "src", "FastProvider", "Metrics", "AgentMetricsText.cs"));
        var ofCode = InCode().Matches(code).Select(m => $"{m.Groups[2].Value} {m.Groups[1].Value.ToLowerInvariant()}").ToList();

        Assert.Contains("fast_provider_grants gauge", ofCode);
        Assert.Equal(
            ofCode.Order(StringComparer.Ordinal),
            OnPage().Matches(Page).Select(m => $"{m.Groups[1].Value} {m.Groups[2].Value}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_line_of_the_status_is_named()
    {
        using var node = new NodeSandbox();
        using var agent = NodeAgent.Start(node.LockDir);

        var status = Page[Page.IndexOf("## Status", StringComparison.Ordinal)..];
        status = status[..status.IndexOf("## Metrics", StringComparison.Ordinal)];

        Assert.Equal([], (await agent.StatusAsync()).Keys.Where(name => !status.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_reason_to_go_alone_is_described() => Assert.Equal(
        [],
        Enum.GetValues<FastProvider.Agent.AloneReason>().Skip(2) // none of them, and off
            .Select(reason => System.Text.Encoding.ASCII.GetString(FastProvider.Agent.AloneReasons.Word(reason)))
            .Where(word => !Page.Contains($"| `{word}` |", StringComparison.Ordinal)));

    [GeneratedRegex("""MetricFamily\.Of(\w+)\(\s*text, "(\w+)"u8""")]
    private static partial Regex InCode();

    [GeneratedRegex(@"^\| `(fast_provider_\w+)` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex OnPage();
}
