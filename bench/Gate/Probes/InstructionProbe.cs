using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>Instructions of the whole process, loader and libraries included, counted by callgrind.</summary>
internal static partial class InstructionProbe
{
    public static string Version() => Programs.Output(["valgrind", "--version"]);

    public static IEnumerable<Figure> Measure(NodeScene node, IEnumerable<Scenario> scenarios) => scenarios.Select(scenario =>
        new Figure($"instructions/{scenario.Name}", "Ir", Count(node, scenario)));

    /// <summary>How a run on a node with many mounts stands to the same run on a machine with few.</summary>
    public static IEnumerable<Figure> MeasureMounts(NodeScene node, Scenario scenario)
    {
        using var few = MountNamespace.TryMake(MountNamespace.OfBareMachine);
        using var many = MountNamespace.TryMake(MountNamespace.OfNode);
        if (few is null || many is null)
        {
            Console.WriteLine("not measured: how much more a run does among 600 mounts, as no mount namespace is allowed here");
            yield break;
        }

        yield return new Figure(
            "instructions/600-mounts-to-25", "x",
            Math.Round(Count(node, scenario with { Mounts = many }) / Count(node, scenario with { Mounts = few }), 3));
    }

    private static double Count(NodeScene node, Scenario scenario)
    {
        var said = scenario.Under(node, "valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null");
        return double.Parse(Collected().Match(said).Groups["count"].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Collected : (?<count>\d+)")]
    private static partial Regex Collected();
}
