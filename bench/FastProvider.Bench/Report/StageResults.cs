using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Report;

/// <summary>All tables in one Markdown file, and BenchmarkDotNet's own JSON of each stage, for the repository.</summary>
internal static class StageResults
{
    public static void Write(IReadOnlyList<Summary> summaries, string directory, bool isShort)
    {
        var rawData = Path.Join(directory, "stages");
        Directory.CreateDirectory(rawData);
        var text = new AccumulationLogger();
        text.WriteLine("# Stages of a pull, warm, beside the idiomatic alternative");
        text.WriteLine();
        text.WriteLine(Machine.Read().ToMarkdown());
        text.WriteLine(isShort
            ? "- BenchmarkDotNet 0.15.8, short run (3 iterations): orders of magnitude"
            : "- BenchmarkDotNet 0.15.8, full run");
        foreach (var summary in summaries)
        {
            var stage = summary.BenchmarksCases.First().Descriptor.Type.Name;
            text.WriteLine();
            text.WriteLine($"## {stage}");
            MarkdownExporter.GitHub.ExportToLog(new Summary(
                summary.Title, summary.Reports, summary.HostEnvironmentInfo, summary.ResultsDirectoryPath, summary.LogFilePath,
                summary.TotalTime, summary.Style.CultureInfo ?? System.Globalization.CultureInfo.InvariantCulture,
                summary.ValidationErrors, summary.ColumnHidingRules), text);
            var json = Directory.GetFiles(summary.ResultsDirectoryPath, $"*.{stage}-report-brief.json").Single();
            File.Copy(json, Path.Join(rawData, $"{stage}.json"), overwrite: true);
        }

        File.WriteAllText(Path.Join(directory, "stages.md"), text.GetLog());
    }
}
