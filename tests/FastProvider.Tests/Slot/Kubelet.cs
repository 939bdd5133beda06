using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using FastProvider.Tests.ApiServer;
using FastProvider.Tests.Clock;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Slot;

/// <summary>
/// The kubelet's part in a pull: it runs the real provider, then looks whether the pod is in back-off, then asks CRI-O through
/// its queue. A pod whose pull failed is looked at again after a moment, and then every 12 s; until 10 s, 20 s and so on up to
/// 300 s after the failure no pull follows the run.
/// </summary>
internal sealed partial class Kubelet : IDisposable
{
    private const int SoonMs = 700, SyncMs = 12_000, FirstBackOffMs = 10_000, LongestBackOffMs = 300_000, RestartMs = 500;

    private const int MaxTries = 8;

    private readonly PullScene _scene;
    private readonly NodeSandbox _node;
    private readonly NodeClock _clock = NodeClock.Running();
    private readonly SimulatedTime _time;
    private readonly Crio _crio;
    private readonly int _pullsAtOnce;
    private readonly ConcurrentDictionary<int, bool> _running = new();
    private readonly SimulatedAgents _agents;
    private readonly bool _isWithoutPods;

    private volatile PullQueue _queue;
    private volatile int _life;
    private int _pulls, _failed, _otherwise, _runs, _inVain, _behindFirstPull;
    private long _longestRunMs;

    private Kubelet(PullScene scene, NodeSandbox node, Schedule schedule)
    {
        (_scene, _node, _pullsAtOnce) = (scene, node, schedule.PullsAtOnce);
        _time = new SimulatedTime(_clock);
        _crio = new Crio(node.AuthDir, _time, schedule.FirstPullMs);
        _queue = new PullQueue(_time, _pullsAtOnce);
        _isWithoutPods = schedule.IsWithoutPods;
        _agents = new SimulatedAgents(node, _clock.Environment, schedule.Agent);
    }

    /// <summary>The ServiceAccounts of the namespace. Each may read a Secret of its name, which its annotation names.</summary>
    public static string[] Accounts { get; } = [PullScene.ServiceAccount, "builder"];

    public static string PasswordOf(string account) => $"password-of-{account}";

    /// <summary>
    /// The API server and what all nodes share: both ServiceAccounts have a credential of their own for the mirror.
    /// </summary>
    public static async Task<PullScene> StartClusterAsync()
    {
        var scene = await PullScene.StartAsync();
        scene.Secrets([.. Accounts.Select(account =>
            Secret.DockerConfigJson(account, ("localhost:5000", RegistryEntry.Basic(account, PasswordOf(account)))))]);
        foreach (var account in Accounts)
        {
            scene.Server.Cluster.Allow(PullScene.Namespace, account).AllowGet(PullScene.Namespace, account, account);
        }

        return scene;
    }

    /// <summary>
    /// Plays a whole schedule on a node of its own; again, if pulls failed and the simulator could not keep its times.
    /// </summary>
    /// <param name="scene">Of <see cref="StartClusterAsync"/>.</param>
    /// <param name="schedule">What to play.</param>
    /// <param name="maxPlays">How often at most; once where pulls are to fail.</param>
    /// <param name="flags">More flags for the provider.</param>
    public static async Task<Plays> PlayAsync(PullScene scene, Schedule schedule, int maxPlays, params string[] flags)
    {
        Outcome? first = null;
        for (var play = 1; ; play++)
        {
            using var node = new NodeSandbox();
            node.Mirror("registry.invalid", "localhost:5000/mirror");
            using var kubelet = new Kubelet(scene, node, schedule);
            var outcome = await kubelet.StartAsync(schedule, flags);
            first ??= outcome;
            if (!outcome.MayBeTheMachines || play == maxPlays)
            {
                return new Plays(first, outcome, play);
            }
        }
    }

    public void Dispose()
    {
        _agents.Dispose();
        _clock.Dispose();
    }

    /// <summary>Starts the pods and waits until each has its image, or has given up.</summary>
    private async Task<Outcome> StartAsync(Schedule schedule, string[] flags)
    {
        using var isOver = new CancellationTokenSource();
        var stall = MeasureStallAsync(isOver.Token);
        var restarts = new[]
        {
            (schedule.CrioRestartMs, _crio.RestartAsync), (schedule.KubeletRestartMs, (Func<Task>)RestartAsync)
        }
            .Concat(_agents.Faults)
            .Where(restart => restart.Item1 is not null)
            .Select(restart => TakePartAsync(restart.Item1!.Value, restart.Item2)).ToList();
        var pods = schedule.Pods.Select(pod => TakePartAsync(pod.StartMs, () => RunPodAsync(pod, flags))).ToList();
        var time = Task.Run(() => _time.GoOnAsync(isOver.Token));
        var hasImage = await Task.WhenAll(pods);
        var allRunningMs = _time.NowMs;
        await Task.WhenAll(restarts);
        await isOver.CancelAsync();
        await time;
        return new Outcome(
            _pulls, _failed, _otherwise, _runs, _longestRunMs, allRunningMs, hasImage.Count(has => !has), await stall)
        {
            RunsInVain = _inVain, RunsBehindFirstPull = _behindFirstPull, Agents = _agents.Count,
            HadAgent = schedule.Agent.Way is not AgentWay.None,
        };
    }

    private Task<bool> TakePartAsync(int startMs, Func<Task> act) => TakePartAsync(startMs, async () =>
    {
        await act();
        return true;
    });

    private Task<T> TakePartAsync<T>(int startMs, Func<Task<T>> act)
    {
        _time.Begin();
        var start = _time.DelayAsync(startMs);
        return Task.Run(async () =>
        {
            await start;
            try
            {
                return await act();
            }
            finally
            {
                _time.End();
            }
        });
    }

    private async Task<bool> RunPodAsync(Pod pod, string[] flags)
    {
        var backOffMs = FirstBackOffMs;
        var noPullBeforeMs = long.MinValue;
        var life = _life;
        var token = _scene.Server.Cluster.Tokens.Issue(
            PullScene.Namespace, Accounts[pod.Account], podUid: _isWithoutPods ? "" : Guid.NewGuid().ToString());
        for (var (tries, syncs) = (0, 0); tries < MaxTries; syncs++)
        {
            if (life != _life)
            {
                await _time.DelayAsync(RestartMs);
                (life, backOffMs, noPullBeforeMs) = (_life, FirstBackOffMs, long.MinValue);
            }

            await RunProviderAsync(pod, token, flags, tries == 0 ? pod.KillFirstRunAfterMs : null);
            if (life != _life)
            {
                continue;
            }

            if (pod.Kind == PodKind.StartsWithoutPull)
            {
                return true;
            }

            if (_time.NowMs >= noPullBeforeMs)
            {
                tries++;
                var end = await PullAsync(pod, life, pod.FailsAtFirst && tries == 1);
                if (end is PullEnd.Pulled)
                {
                    return true;
                }

                noPullBeforeMs = _time.NowMs + backOffMs;
                backOffMs = Math.Min(2 * backOffMs, LongestBackOffMs);
                syncs = 0;
            }

            await _time.DelayAsync(syncs == 0 ? SoonMs : SyncMs);
        }

        return false;
    }

    /// <summary>A pull that the kubelet has forgotten when it begins is none.</summary>
    private async Task<PullEnd> PullAsync(Pod pod, int life, bool registryFails)
    {
        await _time.DelayAsync(pod.GapMs);
        var queue = _queue;
        await queue.EnterAsync();
        try
        {
            if (life != _life)
            {
                return PullEnd.CrioGone;
            }

            var end = await _crio.PullAsync(pod, registryFails);
            Interlocked.Add(ref _pulls, pod.NeedsFile ? 1 : 0);
            Interlocked.Add(ref _failed, end is PullEnd.NoFile or PullEnd.WrongFile ? 1 : 0);
            Interlocked.Add(ref _otherwise, end is PullEnd.RegistryFailed or PullEnd.CrioGone ? 1 : 0);
            return end;
        }
        finally
        {
            queue.Leave();
        }
    }

    /// <summary>The service manager ends all processes of the service, so also the runs.</summary>
    private async Task RestartAsync()
    {
        _life++;
        foreach (var id in _running.Keys)
        {
            using var kill = Process.Start(new ProcessStartInfo(
                "/bin/kill", ["-s", "KILL", id.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardError = true, // it may have ended just now
            })!;
            await kill.WaitForExitAsync();
        }

        _queue = new PullQueue(_time, _pullsAtOnce);
    }

    private async Task RunProviderAsync(Pod pod, string token, string[] flags, int? killAfterMs = null)
    {
        var life = _life;
        var begun = Stopwatch.StartNew();
        var request = new KubeletRequest(pod.Image, token)
        {
            Annotations = new Dictionary<string, string> { ["fast-provider/secrets"] = Accounts[pod.Account] },
        };
        // Of flags that are given twice the last counts.
        string[] arguments = _scene.Arguments(
        [
            "--registries-conf", _node.RegistriesConf, "--auth-dir", _node.AuthDir, "--lock-dir", _node.LockDir,
            "--secrets", "annotation", "--agent", pod.GoesAlone ? "none" : _agents.Flag, .. flags,
        ]);
        if (killAfterMs is { } ms)
        {
            string[] killed =
                ["-s", "KILL", string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0}"), Plugin.Binary, .. arguments];
            await _scene.PullAsync(request, killed, _clock.Environment, "/usr/bin/timeout");
            return;
        }

        var id = 0;
        var run = await _scene.PullAsync(request, arguments, _clock.Environment, whileRunning: started =>
        {
            id = started;
            _running[id] = true;
            return Task.CompletedTask;
        });
        _running.TryRemove(id, out _);
        if (life != _life)
        {
            return;
        }

        if (pod.NeedsFile)
        {
            run.Answers().ClaimsPrivate(pod.Image);
        }
        else
        {
            run.Answers().IsEmpty();
        }

        Interlocked.Increment(ref _runs);
        Interlocked.Add(ref _inVain, InVain().IsMatch(run.Stderr) ? 1 : 0);
        Interlocked.Add(ref _behindFirstPull, _crio.PullsEnded > 0 ? 1 : 0);
        var tookMs = begun.ElapsedMilliseconds;
        for (var longest = _longestRunMs; tookMs > longest; longest = _longestRunMs)
        {
            Interlocked.CompareExchange(ref _longestRunMs, tookMs, longest);
        }
    }

    [GeneratedRegex("no pull took the auth file|--slot-wait")]
    private static partial Regex InVain();

    /// <summary>
    /// How late a task wakes that only sleeps; the pods' tasks are as late, and so is what they do after a run.
    /// </summary>
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
