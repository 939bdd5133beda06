using System.Diagnostics;
using System.Globalization;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>What a schedule came to.</summary>
/// <param name="Pulls">Requests to CRI-O.</param>
/// <param name="FailedPulls">Those for which there was no auth file.</param>
/// <param name="Runs">Runs of the provider.</param>
/// <param name="LongestRunMs">The longest of them.</param>
/// <param name="AllRunningMs">When the last pod had its image.</param>
/// <param name="PodsWithoutImage">Pods that never got theirs.</param>
/// <param name="LongestStallMs">How late the simulator itself was, as the machine had other things to do.</param>
internal sealed record Outcome(
    int Pulls, int FailedPulls, int Runs, long LongestRunMs, long AllRunningMs, int PodsWithoutImage, long LongestStallMs);

/// <summary>
/// The kubelet's part in a pull: it runs the real provider before the queue, asks CRI-O one after the other or all at once, and
/// tries a failed pull again after a back-off (a second here, ten on a node), with a run in between that no pull follows.
/// </summary>
internal sealed class Kubelet(PullScene scene, NodeSandbox node, bool isSerial) : IDisposable
{
    private const int BackOffMs = 1000, MaxTries = 15;

    /// <summary>A kubelet that is later than this comes to its pull later than any that was seen on a node (0.32 s).</summary>
    private const int FairStallMs = 150, MaxPlays = 10;

    private readonly SemaphoreSlim _queue = new(isSerial ? 1 : int.MaxValue); // its waiters are served in their order
    private readonly Crio _crio = new(node.AuthDir);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _runs;
    private long _longestRunMs;

    /// <summary>
    /// Plays a whole schedule on a node of its own. One with failed pulls, in which the simulator could not keep its times, is
    /// played again: that would be a test of the machine.
    /// </summary>
    /// <param name="scene">The API server and what all nodes share.</param>
    /// <param name="schedule">What to play.</param>
    /// <param name="flags">More flags for the provider.</param>
    public static async Task<Outcome> PlayAsync(PullScene scene, Schedule schedule, params string[] flags)
    {
        for (var play = 1; ; play++)
        {
            using var node = new NodeSandbox();
            using var kubelet = new Kubelet(scene, node, schedule.IsSerial);
            var outcome = await kubelet.StartAsync(schedule.Pods, flags);
            if (outcome.FailedPulls == 0 || outcome.LongestStallMs <= FairStallMs || play == MaxPlays)
            {
                return outcome;
            }
        }
    }

    /// <summary>Starts the pods and waits until each has its image, or has given up.</summary>
    public async Task<Outcome> StartAsync(IEnumerable<Pod> pods, params string[] flags)
    {
        using var isOver = new CancellationTokenSource();
        var stall = MeasureStallAsync(isOver.Token);
        var hasImage = await Task.WhenAll(pods.Select(pod => Task.Run(() => StartAsync(pod, flags))));
        var allRunningMs = _clock.ElapsedMilliseconds;
        await isOver.CancelAsync();
        return new Outcome(
            _crio.Pulls, _crio.FailedPulls, _runs, _longestRunMs, allRunningMs, hasImage.Count(has => !has), await stall);
    }

    public void Dispose() => _queue.Dispose();

    private async Task<bool> StartAsync(Pod pod, string[] flags)
    {
        await Task.Delay(pod.StartMs);
        for (var attempt = 1; attempt <= MaxTries; attempt++)
        {
            await RunProviderAsync(pod.Image, flags, attempt == 1 ? pod.KillFirstRunAfterMs : null);
            if (pod.Kind == PodKind.StartsWithoutPull || await PullAsync(pod))
            {
                return true;
            }

            await Task.Delay(BackOffMs / 2);
            await RunProviderAsync(pod.Image, flags);
            await Task.Delay(BackOffMs / 2);
        }

        return false;
    }

    private async Task<bool> PullAsync(Pod pod)
    {
        await Task.Delay(pod.GapMs);
        await _queue.WaitAsync();
        try
        {
            return await _crio.PullAsync(pod.Image, pod.PullMs);
        }
        finally
        {
            _queue.Release();
        }
    }

    private async Task RunProviderAsync(string image, string[] flags, int? killAfterMs = null)
    {
        var begun = _clock.ElapsedMilliseconds;
        var request = new KubeletRequest(image, scene.Token);
        // Of flags that are given twice the last counts.
        string[] arguments = scene.Arguments(["--auth-dir", node.AuthDir, "--lock-dir", node.LockDir, .. flags]);
        if (killAfterMs is { } ms)
        {
            string[] killed = ["-s", "KILL", string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0}"), Plugin.Binary, .. arguments];
            await scene.PullAsync(request, killed, binary: "/usr/bin/timeout");
            return;
        }

        (await scene.PullAsync(request, arguments)).Answers().ClaimsPrivate(image);
        Interlocked.Increment(ref _runs);
        var tookMs = _clock.ElapsedMilliseconds - begun;
        for (var longest = _longestRunMs; tookMs > longest; longest = _longestRunMs)
        {
            Interlocked.CompareExchange(ref _longestRunMs, tookMs, longest);
        }
    }

    /// <summary>How late a task wakes that only sleeps; the pods' tasks are as late, and so is what they do after a run.</summary>
    private static async Task<long> MeasureStallAsync(CancellationToken isOver)
    {
        const int napMs = 20;
        var longest = 0L;
        while (!isOver.IsCancellationRequested)
        {
            var nap = Stopwatch.StartNew();
            await Task.Delay(napMs, CancellationToken.None);
            longest = Math.Max(longest, nap.ElapsedMilliseconds - napMs);
        }

        return longest;
    }
}
