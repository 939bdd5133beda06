using System.Globalization;
using System.Net;
using System.Text;

namespace FastProvider.Bench.Launcher;

/// <summary>
/// The medians as bars, an SVG of its own scale for each group (a start takes a millisecond, 10,000 Secrets take many). The tick
/// on a bar is the 95th percentile.
/// </summary>
internal static class Picture
{
    private const int Width = 860, Left = 330, Right = 90, BarHeight = 16, RowHeight = 24, GroupGap = 42, Top = 16;

    // A page's own colours do not reach into a picture, so it follows the reader's preference itself.
    private const string Style = """
          <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f }
            .group { font-weight: 600 }
            .number { font-variant-numeric: tabular-nums }
            .ours { fill: #0969da }
            .other { fill: #8c959f }
            .tick { stroke: #57606a; stroke-width: 1.5 }
            @media (prefers-color-scheme: dark) {
              text { fill: #d1d7e0 }
              .ours { fill: #4493f8 }
              .other { fill: #656c76 }
              .tick { stroke: #9198a1 }
            }
          </style>

        """;

    public static string Draw(IReadOnlyList<Summary> summaries)
    {
        var rows = new StringBuilder(
            "  <text x=\"12\" y=\"20\">Wall time of a whole process: bar median, tick 95th percentile; each group "
                + "has its own scale</text>\n");
        var y = Top + RowHeight;
        foreach (var group in summaries.GroupBy(s => s.Contender.Group))
        {
            rows.Append(
                CultureInfo.InvariantCulture, $"""  <text class="group" x="12" y="{y + 14}">{Escape(group.Key)}</text>{"\n"}""");
            y += RowHeight;
            var longest = group.Max(s => s.P95Ms);
            foreach (var summary in group)
            {
                AppendBar(rows, summary, y, longest);
                y += RowHeight;
            }

            y += GroupGap - RowHeight;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{y}" viewBox="0 0 {Width} {y}" role="img">{"\n"}""")
            + "  <title>Wall time of whole processes: medians in milliseconds, less is better; the tick is the "
            + "95th percentile</title>\n"
            + Style + rows + "</svg>\n";
    }

    private static void AppendBar(StringBuilder rows, Summary summary, int y, double longest)
    {
        double Scaled(double ms) => ms / longest * (Width - Left - Right);
        var css = summary.Contender.Work.StartsWith("fast-provider", StringComparison.Ordinal) ? "ours" : "other";
        var tick = Left + Scaled(summary.P95Ms);
        rows.Append(CultureInfo.InvariantCulture, $"""
              <text x="24" y="{y + 13}">{Escape(summary.Contender.Work)}</text>
              <rect class="{css}" x="{Left}" y="{y}" width="{Scaled(summary.MedianMs):F1}" height="{BarHeight}" rx="2"/>
              <line class="tick" x1="{tick:F1}" y1="{y + 2}" x2="{tick:F1}" y2="{y + BarHeight - 2}"/>
              <text class="number" x="{tick + 8:F1}" y="{y + 13}">{summary.MedianMs:F2} ms</text>

            """);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
