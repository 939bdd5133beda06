using System.Globalization;
using System.Text.RegularExpressions;

namespace FastProvider.Tests.Commands.Stats;

/// <summary>
/// Reads Prometheus' text format 0.0.4 as strictly as it is written down, and holds it to the conventions that promtool checks:
/// HELP, TYPE and the samples of a metric stand together, nothing is there twice, and a name ends as its type may end.
/// </summary>
internal static partial class MetricsText
{
    public static List<Metric> Parse(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        List<Metric> metrics = [];
        string? helpOf = null;
        foreach (var line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                Assert.Null(helpOf);
                helpOf = help.Groups["name"].Value;
                Assert.DoesNotContain(metrics, m => m.Name == helpOf);
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                Assert.Equal(helpOf, type.Groups["name"].Value);
                Assert.DoesNotMatch("_(sum|count|bucket)$", helpOf);
                Assert.Equal(type.Groups["type"].Value == "counter", helpOf!.EndsWith("_total", StringComparison.Ordinal));
                metrics.Add(new Metric(helpOf!, type.Groups["type"].Value, []));
                helpOf = null;
            }
            else
            {
                Assert.Null(helpOf);
                Add(metrics[^1], line);
            }
        }

        Assert.All(metrics, Check);
        return metrics;
    }

    private static void Add(Metric metric, string line)
    {
        var sample = SampleLine().Match(line);
        Assert.True(sample.Success, line);
        var labels = sample.Groups["label"].Captures.Select(c => c.Value)
            .Zip(sample.Groups["word"].Captures.Select(c => c.Value)).ToDictionary(p => p.First, p => p.Second);
        var suffix = sample.Groups["name"].Value[metric.Name.Length..];
        Assert.StartsWith(metric.Name, line, StringComparison.Ordinal);
        Assert.True(suffix switch
        {
            "" => metric.Type is not "histogram",
            "_sum" or "_count" => metric.Type is "summary" or "histogram",
            "_bucket" => metric.Type is "histogram",
            _ => false,
        }, line);
        Assert.Equal(metric.Type == "summary" && suffix == "", labels.ContainsKey("quantile"));
        Assert.Equal(suffix == "_bucket", labels.ContainsKey("le"));
        metric.Samples.Add(new Sample(suffix, labels, decimal.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture)));
    }

    private static void Check(Metric metric)
    {
        Assert.NotEmpty(metric.Samples);
        Assert.Equal(metric.Samples.Count, metric.Samples.Select(s => s.Suffix + string.Join(',', s.Labels)).Distinct().Count());
        Assert.Single(
            metric.Samples.Select(s => string.Join(',', s.Labels.Keys.Where(k => k is not ("quantile" or "le")))).Distinct());
        foreach (var histogram in metric.Samples.Where(_ => metric.Type == "histogram")
            .GroupBy(s => s.Labels.GetValueOrDefault("phase")))
        {
            var buckets = histogram.Where(s => s.Suffix == "_bucket").ToList();
            var bounds = buckets[..^1].ConvertAll(b => decimal.Parse(b.Labels["le"], CultureInfo.InvariantCulture));
            Assert.Equal(bounds.Distinct().Order(), bounds);
            Assert.Equal("+Inf", buckets[^1].Labels["le"]);
            Assert.Equal(buckets.Select(b => b.Value).Order(), buckets.Select(b => b.Value));
            Assert.Equal(Assert.Single(histogram, s => s.Suffix == "_count").Value, buckets[^1].Value);
            Assert.Single(histogram, s => s.Suffix == "_sum");
        }

        var summaries = metric.Samples.Where(_ => metric.Type == "summary").GroupBy(s => s.Labels.GetValueOrDefault("phase"));
        foreach (var summary in summaries)
        {
            var quantiles = summary.Where(s => s.Suffix == "").ToList();
            var count = Assert.Single(summary, s => s.Suffix == "_count").Value;
            Assert.Single(summary, s => s.Suffix == "_sum");
            Assert.Equal(count == 0 ? [] : ["0.5", "0.9", "0.99", "1"], quantiles.Select(q => q.Labels["quantile"]));
            Assert.Equal(quantiles.Select(q => q.Value).Order(), quantiles.Select(q => q.Value));
        }
    }

    [GeneratedRegex(@"^# HELP (?<name>[a-z_]+) (?<help>[A-Z][^\\]*\.)$")]
    private static partial Regex Help();

    [GeneratedRegex("^# TYPE (?<name>[a-z_]+) (?<type>gauge|summary|counter|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        @"^(?<name>[a-z_]+)(\{((?<label>[a-z_]+)=""(?<word>[a-z0-9._-]+|\+Inf)"",?)+(?<!,)\})? (?<value>\d+(\.\d+)?)$")]
    private static partial Regex SampleLine();

    /// <summary>A metric.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">gauge, summary, counter or histogram.</param>
    /// <param name="Samples">In their order.</param>
    public sealed record Metric(string Name, string Type, List<Sample> Samples)
    {
        /// <summary>The sample with this label and this word.</summary>
        public decimal this[string label, string word] =>
            Assert.Single(Samples, s => s.Suffix == "" && s.Labels.GetValueOrDefault(label) == word).Value;

        /// <summary>The sample with both labels.</summary>
        public decimal this[string label, string word, string second, string secondWord] => Assert.Single(
            Samples, s => s.Labels.GetValueOrDefault(label) == word && s.Labels.GetValueOrDefault(second) == secondWord).Value;
    }

    /// <summary>One line.</summary>
    /// <param name="Suffix">What follows the metric's name.</param>
    /// <param name="Labels">Its labels, quantile or le among them.</param>
    /// <param name="Value">Its value.</param>
    public sealed record Sample(string Suffix, Dictionary<string, string> Labels, decimal Value);
}
