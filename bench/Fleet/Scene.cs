namespace FastProvider.Bench.Fleet;

/// <summary>A pod on a node, and when it wants credentials.</summary>
/// <param name="At">The first time.</param>
/// <param name="Node">Where.</param>
/// <param name="Account">Its ServiceAccount.</param>
/// <param name="RestartWaits">How long after it had them it wants them again, and so on.</param>
internal sealed record PodPlan(TimeSpan At, int Node, int Account, TimeSpan[] RestartWaits);

/// <summary>What happens to a fleet.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Pods">The pods of so many nodes, by random numbers.</param>
internal sealed record Scene(string Name, Func<int, Random, IEnumerable<PodPlan>> Pods)
{
    /// <summary>A new DaemonSet: one pod on each node, as fast as kube-controller-manager creates them.</summary>
    public static Scene Rollout { get; } = new("rollout of a DaemonSet", (nodes, _) => Enumerable.Range(0, nodes)
        .Select(node => new PodPlan(TimeSpan.FromSeconds((double)node / Costs.PodsCreatedPerSecond), node, 0, [])));

    /// <summary>The container of a DaemonSet's pod ends on all nodes, and again at once after each start.</summary>
    public static Scene CrashLoop { get; } = new("crash loop of a DaemonSet", (nodes, random) => Enumerable.Range(0, nodes)
        .Select(node => new PodPlan(
            Costs.CrashesWithin * random.NextDouble() + Costs.RestartWaits[0], node, 0, Costs.RestartWaits[1..])));

    /// <summary>All nodes start, and none has an image.</summary>
    public static Scene ColdStart { get; } = new("cold start of the cluster", (nodes, random) => Enumerable.Range(0, nodes)
        .SelectMany(node =>
        {
            var start = Costs.NodesComeWithin * random.NextDouble();
            return Enumerable.Range(0, Costs.MirroredPodsOfNode).Select(pod => new PodPlan(
                start + Costs.PodsComeWithin * random.NextDouble(),
                node,
                pod < Costs.DaemonSets ? pod : Costs.DaemonSets + random.Next(Costs.TenantAccounts),
                []));
        }));

    public static IReadOnlyList<Scene> All { get; } = [Rollout, CrashLoop, ColdStart];
}
