using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Commands.Stats;

/// <summary>docs/stats.md has every member of the JSON and every metric that the program prints, and no other.</summary>
public sealed partial class DocumentedStatsTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "stats.md"));

    private static readonly byte[] Journal = Encoding.UTF8.GetBytes(
        Export.Pull("failed",
            ("FAST_PROVIDER_NAMESPACE", "a"), ("FAST_PROVIDER_TOTAL_US", "1"), ("FAST_PROVIDER_REQUEST_US", "1"),
            ("FAST_PROVIDER_API_WAIT_US", "1"), ("FAST_PROVIDER_BYTES_READ", "1"), ("FAST_PROVIDER_SECRETS_READ", "1")));

    [Fact]
    public async Task Every_member_of_the_JSON_is_described_and_no_other()
    {
        using var json = JsonDocument.Parse(await PrintsAsync("json"));
        SortedSet<string> paths = [], numbers = [];
        Walk(json.RootElement, "", paths, numbers);

        Assert.Equal(paths, Names("`--output json`"));
        Assert.Equal(numbers, Names("Numbers"));
    }

    [Theory]
    [InlineData("outcomes")]
    [InlineData("microseconds")]
    public async Task The_words_are_described_with_their_member(string member)
    {
        using var json = JsonDocument.Parse(await PrintsAsync("json"));
        var row = Rows("`--output json`").Single(l => l.StartsWith($"| `{member}.", StringComparison.Ordinal));

        Assert.Equal(json.RootElement.GetProperty(member).EnumerateObject().Select(m => m.Name), Quoted(row).Skip(1));
    }

    [Fact]
    public async Task Every_metric_is_described_with_its_type_and_labels_and_no_other()
    {
        var printed = MetricsText.Parse(await PrintsAsync("prometheus"))
            .Select(m => $"{m.Name} {m.Type} {string.Join(' ', m.Samples.SelectMany(s => s.Labels.Keys).Distinct().Order())}");
        var described = Rows("`--output prometheus`").Select(row => row.Split(" | "))
            .Select(cells => $"{cells[0][3..^1]} {cells[1]} {string.Join(' ', Quoted(cells[2]).Order())}");

        Assert.Equal(printed, described);
    }

    /// <summary>Members with words for names are one, and so are all objects of numbers.</summary>
    private static void Walk(JsonElement element, string path, SortedSet<string> paths, SortedSet<string> numbers)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            Assert.All(element.EnumerateArray(), item => Walk(item, path + "[]", paths, numbers));
        }
        else if (element.ValueKind is not JsonValueKind.Object)
        {
            paths.Add(path);
        }
        else if (element.TryGetProperty("p50", out _))
        {
            paths.Add(path);
            numbers.UnionWith(element.EnumerateObject().Select(m => m.Name));
        }
        else
        {
            foreach (var member in element.EnumerateObject())
            {
                var name = path switch { "outcomes" or "causes" => "WORD", "microseconds" => "PHASE", _ => member.Name };
                Walk(member.Value, path == "" ? name : $"{path}.{name}", paths, numbers);
            }
        }
    }

    private static SortedSet<string> Names(string heading) =>
        [.. Rows(heading).SelectMany(row => Quoted(row.Split(" | ")[0]))];

    /// <summary>The rows of the table under a heading.</summary>
    private static IEnumerable<string> Rows(string heading) =>
        Page.Split($"# {heading}\n")[1].Split("\n#")[0].Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal));

    private static IEnumerable<string> Quoted(string text) => InBackticks().Matches(text).Select(m => m.Groups[1].Value);

    private static async Task<string> PrintsAsync(string output)
    {
        var run = await Plugin.RunAsync(["stats", "--from", "-", "--since", "1h", "--output", output], Journal);
        return Encoding.UTF8.GetString(run.Stdout);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex InBackticks();
}
