using FastProvider.Bench.Scene;

namespace FastProvider.Bench.Launcher;

/// <summary>
/// Runs the contenders in turn, A B C A B C: what else the machine does falls on all of them alike, and a round's runs can be
/// compared with each other.
/// </summary>
internal static class Rounds
{
    /// <returns>For each contender its runs, one for each round.</returns>
    public static IReadOnlyList<ProcessCost>[] Run(NodeScene node, IReadOnlyList<Contender> contenders, LauncherOptions options)
    {
        var runs = contenders.Select(_ => new List<ProcessCost>(options.Rounds)).ToArray();
        for (var round = -options.Warmup; round < options.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                node.TakeAuthFile();
                var cost = ProcessCost.Measure(contenders[i].Command, options.CpuMask, contenders[i].Mounts);
                if (cost.Status != 0)
                {
                    throw new SceneException($"{contenders[i].Name} ended with status {cost.Status} in round {round}");
                }

                if (round >= 0)
                {
                    runs[i].Add(cost);
                }
            }
        }

        return runs;
    }
}
