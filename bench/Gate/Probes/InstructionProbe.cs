using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>Instructions of the whole process, loader and libraries included, counted by callgrind.</summary>
internal static partial class InstructionProbe
{
    public static string Version() => Programs.Output(["valgrind", "--version"]);

    public static IEnumerable<Figure> Measure(NodeScene node, IEnumerable<Scenario> scenarios) => scenarios.Select(scenario =>
    {
        var said = scenario.Under(node, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null");
        return new Figure(
            $"instructions/{scenario.Name}", "Ir",
            double.Parse(Collected().Match(said).Groups["count"].ValueSpan, CultureInfo.InvariantCulture));
    });

    [GeneratedRegex(@"Collected : (?<count>\d+)")]
    private static partial Regex Collected();
}
