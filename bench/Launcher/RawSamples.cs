using System.Globalization;
using System.Text;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>Every run as a line of CSV, so that any other statistic can be made of them later.</summary>
internal static class RawSamples
{
    public static string Write(IReadOnlyList<Summary> summaries)
    {
        var text = new StringBuilder("contender,round,").Append(ProcessCost.CsvHead).Append('\n');
        foreach (var summary in summaries)
        {
            for (var round = 0; round < summary.Runs.Count; round++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{summary.Contender.Name},{round},{summary.Runs[round].ToCsv()}\n");
            }
        }

        return text.ToString();
    }
}
