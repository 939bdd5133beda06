using System.Globalization;
using System.Net;
using System.Text;

namespace FastProvider.Bench.Fleet;

/// <summary>
/// The CPU seconds of the larger fleet as bars. Beside each: how many requests were rejected, how long the slowest pod waited.
/// </summary>
internal static class Picture
{
    private const int Width = 860, Left = 230, Right = 330, BarHeight = 16, RowHeight = 24, GroupGap = 42, Top = 16;

    private const string Title = "CPU seconds of the API servers, 10,000 nodes; each group has its own scale";

    // A page's own colours do not reach into a picture, so it follows the reader's preference itself.
    private const string Style = """
          <style>
            text { font: 13px system-ui, sans-serif; fill: #24292f }
            .group { font-weight: 600 }
            .number { font-variant-numeric: tabular-nums }
            .ours { fill: #0969da }
            .other { fill: #8c959f }
            @media (prefers-color-scheme: dark) {
              text { fill: #d1d7e0 }
              .ours { fill: #4493f8 }
              .other { fill: #656c76 }
            }
          </style>

        """;

    public static string Draw(IReadOnlyList<Outcome> outcomes)
    {
        var rows = new StringBuilder($"  <text x=\"12\" y=\"20\">{Title}</text>\n");
        var y = Top + RowHeight;
        foreach (var group in outcomes.Where(one => one.Nodes == FleetResults.Sizes[^1]).GroupBy(one => one.Scene.Name))
        {
            rows.Append(CultureInfo.InvariantCulture, $"""  <text class="group" x="12" y="{y + 14}">{Escape(group.Key)}</text>{"\n"}""");
            y += RowHeight;
            var longest = group.Max(one => one.Cpu);
            foreach (var one in group)
            {
                AppendBar(rows, one, y, one.Cpu / longest * (Width - Left - Right));
                y += RowHeight;
            }

            y += GroupGap - RowHeight;
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{y}" viewBox="0 0 {Width} {y}" role="img">{"\n"}""")
            + $"  <title>{Title}; less is better</title>\n" + Style + rows + "</svg>\n";
    }

    private static void AppendBar(StringBuilder rows, Outcome one, int y, double width)
    {
        var css = one.Contender.IsPlugin ? "ours" : "other";
        var rejected = one.Rejected > 0 ? $", {one.Rejected.ToString("N0", CultureInfo.InvariantCulture)} rejected" : "";
        rows.Append(CultureInfo.InvariantCulture, $"""
              <text x="24" y="{y + 13}">{Escape(one.Contender.Name)}</text>
              <rect class="{css}" x="{Left}" y="{y}" width="{width:F1}" height="{BarHeight}" rx="2"/>
              <text class="number" x="{Left + width + 8:F1}" y="{y + 13}">{one.Cpu.TotalSeconds:F1} s{rejected}, slowest pod {one.LongestWait.TotalSeconds:F2} s</text>

            """);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
