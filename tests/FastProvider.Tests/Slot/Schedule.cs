namespace FastProvider.Tests.Slot;

/// <summary>What the kubelet does after it ran the provider for a pod.</summary>
internal enum PodKind
{
    /// <summary>It pulls.</summary>
    Pulls,

    /// <summary>The image is on the node and its record fits, or the pod is in back-off: the run is followed by no pull.</summary>
    StartsWithoutPull,
}

/// <summary>One pod of a schedule.</summary>
/// <param name="Image">What it pulls.</param>
/// <param name="StartMs">When the kubelet runs the provider for it, from the schedule's start.</param>
/// <param name="GapMs">From the end of the run to the request to CRI-O, or to the kubelet's queue.</param>
/// <param name="PullMs">How long its pull takes.</param>
/// <param name="Kind">Whether it pulls.</param>
/// <param name="KillFirstRunAfterMs">Its first run gets SIGKILL then; the kubelet pulls without an answer.</param>
internal sealed record Pod(string Image, int StartMs, int GapMs, int PullMs, PodKind Kind = PodKind.Pulls, int? KillFirstRunAfterMs = null);

/// <summary>Pods that a kubelet starts at their times.</summary>
/// <param name="IsSerial">One pull at a time, the kubelet's default.</param>
/// <param name="Pods">In any order.</param>
internal sealed record Schedule(bool IsSerial, IReadOnlyList<Pod> Pods)
{
    private const string Image = EndToEnd.PullScene.Image;

    /// <summary>Pods of one image that start at once.</summary>
    public static Schedule Together(int count, bool isSerial, int firstPullMs, int pullMs, PodKind kind = PodKind.Pulls) =>
        new(isSerial, [.. Enumerable.Range(0, count).Select(i => new Pod(Image, 0, 5, i == 0 ? firstPullMs : pullMs, kind))]);

    /// <summary>
    /// Two to twelve pods of one image, at once or within some seconds, in a serial or a parallel queue, fast pulls or a slow first one (the
    /// layers are on the node then), in some schedules over a file that an earlier start from the cache left. The pulls end within
    /// the wait's bound.
    /// </summary>
    public static Schedule Random(int seed)
    {
        var (isSerial, pods, _, random) = RandomPulls(seed);
        const int afterTheCacheMs = 1000;
        return random.Next(4) != 0
            ? new Schedule(isSerial, pods)
            : new Schedule(isSerial, [new Pod(Image, 0, 0, 0, PodKind.StartsWithoutPull), .. pods.Select(p => p with { StartMs = p.StartMs + afterTheCacheMs })]);
    }

    /// <summary>The same with one or two starts from the cache (or runs in back-off) in the midst of the pulls.</summary>
    public static Schedule RandomMixed(int seed)
    {
        var (isSerial, pods, spreadMs, random) = RandomPulls(seed);
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            pods.Add(new Pod(Image, random.Next(spreadMs), 0, 0, PodKind.StartsWithoutPull));
        }

        return new Schedule(isSerial, pods);
    }

    private static (bool IsSerial, List<Pod> Pods, int SpreadMs, Random Random) RandomPulls(int seed)
    {
        var random = new Random(seed);
        var isSerial = random.Next(2) == 0;
        var spreadMs = random.Next(3) switch { 0 => 1, 1 => 200, _ => 2000 };
        var isSlow = random.Next(3) == 0;
        var firstPullMs = isSlow ? random.Next(500, 3000) : random.Next(10, 150);
        var pods = new List<Pod>();
        for (var i = random.Next(2, 13); i > 0; i--)
        {
            var pullMs = pods.Count == 0 ? firstPullMs : random.Next(10, 150);
            pods.Add(new Pod(Image, random.Next(spreadMs), random.Next(1, 60), pullMs));
        }

        return (isSerial, pods, spreadMs, random);
    }
}
