using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Gate.Probes;

/// <summary>Ratios of wall time to contenders that run in turn with the plugin. They only warn.</summary>
internal static class TimeProbe
{
    private const int Rounds = 25;

    public static IEnumerable<Figure> Measure(NodeScene node, string binary)
    {
        var empty = new Command(
            [Repository.Existing(Repository.Artifact("bench/empty/empty"),
                "dotnet publish bench/Contenders/Empty -c Release -r linux-x64 -o artifacts/bench/empty")],
            node.In("empty.conf"));
        yield return new Figure("time/unmirrored-to-empty-program", "x", Ratio(node, node.Unmirrored(binary), empty));
        yield return new Figure(
            "time/unmirrored-10000-tables-to-none", "x",
            Ratio(node, node.UnmirroredAmongTables(binary), node.Unmirrored(binary)));
        yield return new Figure(
            "time/mirrored-10000-to-3", "x", Ratio(node, node.Mirrored(binary, 10_000), node.Mirrored(binary, 3)));
    }

    private static double Ratio(NodeScene node, Command ours, Command theirs)
    {
        double Wall(Command command)
        {
            node.TakeAuthFile();
            return ProcessCost.Measure(command, ulong.MaxValue).WallNanoseconds;
        }

        var ratios = Enumerable.Range(0, Rounds).Select(_ => Wall(ours) / Wall(theirs));
        return Math.Round(ratios.Order().ElementAt(Rounds / 2), 3);
    }
}
