namespace FastProvider.Tests.Slot;

/// <summary>Pods that a kubelet starts at their times.</summary>
/// <param name="PullsAtOnce">One for the kubelet's default.</param>
/// <param name="Pods">In any order.</param>
internal sealed record Schedule(int PullsAtOnce, IReadOnlyList<Pod> Pods)
{
    public const int Unlimited = int.MaxValue;

    private const string Image = EndToEnd.PullScene.Image;

    /// <summary>
    /// How long the pull takes that comes first, whichever pod's it is: the layers are on the node then. Null for as long as its
    /// pod says.
    /// </summary>
    public int? FirstPullMs { get; init; }

    /// <summary>When CRI-O is started anew, from the schedule's start; null for never.</summary>
    public int? CrioRestartMs { get; init; }

    /// <summary>When the kubelet is started anew: its runs are killed, its queue and back-offs are forgotten.</summary>
    public int? KubeletRestartMs { get; init; }

    /// <summary>What there is of an agent, and what becomes of it.</summary>
    public AgentPlan Agent { get; init; } = AgentPlan.Usual;

    /// <summary>The kubelet's tokens name no pods.</summary>
    public bool IsWithoutPods { get; init; }

    /// <summary>Pods of one image that start at once.</summary>
    public static Schedule Together(int count, bool isSerial, int firstPullMs, int pullMs, PodKind kind = PodKind.Pulls) =>
        new(
            isSerial ? 1 : Unlimited,
            [.. Enumerable.Range(0, count).Select(i => new Pod(Image, 0, 5, pullMs, kind))]) { FirstPullMs = firstPullMs };

    /// <summary>
    /// Two to twelve pods of one image and of two ServiceAccounts, at once or within some seconds, in a serial, a bounded or an
    /// unbounded queue, fast pulls or a slow first one (the layers are on the node then), in some schedules over a file that an
    /// earlier start from the cache left. The pulls end within the wait's bound.
    /// </summary>
    public static Schedule Random(int seed)
    {
        var (schedule, _, random) = RandomPulls(seed);
        const int afterTheCacheMs = 1000;
        var before = new Pod(Image, 0, 0, 0, PodKind.StartsWithoutPull);
        return random.Next(4) != 0 ? schedule : schedule with
        {
            Pods = [before, .. schedule.Pods.Select(p => p with { StartMs = p.StartMs + afterTheCacheMs })],
        };
    }

    /// <summary>The same with one or two starts from the cache in the midst of the pulls.</summary>
    public static Schedule WithStartsFromTheCache(int seed)
    {
        var (schedule, spreadMs, random) = RandomPulls(seed);
        var starts = Enumerable.Range(0, random.Next(1, 3))
            .Select(_ => new Pod(Image, random.Next(spreadMs), 0, 0, PodKind.StartsWithoutPull)).ToArray();
        return schedule with { Pods = [.. schedule.Pods, .. starts] };
    }

    /// <summary>
    /// The same, and one to three pulls fail at the registry when they have taken their file: their pods back off.
    /// </summary>
    public static Schedule WithRegistryFailures(int seed)
    {
        var (schedule, _, random) = RandomPulls(seed);
        var failing = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(schedule.Pods.Count)).ToHashSet();
        return schedule with { Pods = [.. schedule.Pods.Select((pod, i) => pod with { FailsAtFirst = failing.Contains(i) })] };
    }

    /// <summary>The same, and CRI-O is started anew in the midst of it.</summary>
    public static Schedule WithRestartOfCrio(int seed)
    {
        var (schedule, spreadMs, random) = RandomPulls(seed);
        return schedule with { CrioRestartMs = random.Next(50, 400 + spreadMs) };
    }

    /// <summary>The same, and the kubelet is.</summary>
    public static Schedule WithRestartOfKubelet(int seed)
    {
        var (schedule, spreadMs, random) = RandomPulls(seed);
        return schedule with { KubeletRestartMs = random.Next(50, 400 + spreadMs) };
    }

    /// <summary>In a serial queue, behind the pull of an image without a file.</summary>
    public static Schedule BehindAnImageWithoutFile(int seed)
    {
        var (schedule, _, random) = RandomPulls(seed);
        return schedule with
        {
            PullsAtOnce = 1,
            Pods =
            [
                new Pod(Pod.Unmirrored, 0, 1, random.Next(300, 4000)),
                .. schedule.Pods.Select(p => p with { StartMs = p.StartMs + 100 }),
            ],
        };
    }

    /// <summary>In a serial queue, where all pulls together take one to four times what <c>--slot-wait 2s</c> waits.</summary>
    public static Schedule LongerThanTheWait(int seed)
    {
        var (schedule, _, random) = RandomPulls(seed);
        var pullMs = random.Next(2000, 8000) / schedule.Pods.Count;
        return new Schedule(1, [.. schedule.Pods.Select(p => p with { PullMs = pullMs })]);
    }

    private static (Schedule Schedule, int SpreadMs, Random Random) RandomPulls(int seed)
    {
        var random = new Random(seed);
        var queue = random.Next(4) switch { 0 or 1 => 1, 2 => random.Next(2, 6), _ => Unlimited };
        var spreadMs = random.Next(3) switch { 0 => 1, 1 => 200, _ => 2000 };
        var isSlow = random.Next(3) == 0;
        var firstPullMs = isSlow ? random.Next(500, 3000) : random.Next(10, 150);
        var pods = new List<Pod>();
        for (var i = random.Next(2, 13); i > 0; i--)
        {
            pods.Add(
                new Pod(Image, random.Next(spreadMs), random.Next(1, 60), random.Next(10, 150)) { Account = random.Next(2) });
        }

        return (new Schedule(queue, pods) { FirstPullMs = firstPullMs }, spreadMs, random);
    }
}
