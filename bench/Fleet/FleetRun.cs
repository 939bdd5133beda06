using FastProvider.Bench.Fleet.Server;

namespace FastProvider.Bench.Fleet;

/// <summary>One scene with one contender: the kubelets run the provider until each pod has what it wants.</summary>
internal sealed class FleetRun
{
    private const int Seed = 17;

    private readonly Timeline _timeline = new(Seed);
    private readonly ApiServer[] _servers;
    private readonly Contender _contender;
    private readonly List<TimeSpan> _waits = [];
    private int _wanted, _failed, _failedRuns;
    private TimeSpan _lastAt;

    private FleetRun(Contender contender, int apiServers)
    {
        _contender = contender;
        _servers = [.. Enumerable.Range(0, apiServers).Select(_ => new ApiServer(_timeline))];
    }

    public static Outcome Of(Scene scene, int nodes, Contender contender, int apiServers = Costs.ApiServers)
    {
        var run = new FleetRun(contender, apiServers);
        var fleet = Enumerable.Range(0, nodes).Select(number => new Node(number)).ToArray();
        // Numbers of its own, so that all contenders meet the same.
        foreach (var pod in scene.Pods(nodes, new Random(Seed)))
        {
            run._timeline.At(pod.At, () => run.Want(pod, fleet[pod.Node], restart: 0));
        }

        run._timeline.Run();
        return run.Outcome(scene, nodes);
    }

    private void Want(PodPlan pod, Node node, int restart)
    {
        _wanted++;
        RunProvider(pod, node, restart, _timeline.Now, failures: 0);
    }

    private void RunProvider(PodPlan pod, Node node, int restart, TimeSpan wantedAt, int failures) =>
        ProviderRun.Start(_timeline, _servers, _contender, node, pod.Account, hasCredentials =>
        {
            _failedRuns += hasCredentials ? 0 : 1;
            if (hasCredentials || !_contender.NeedsCredentials)
            {
                _waits.Add(_timeline.Now - wantedAt);
                _lastAt = _timeline.Now;
                if (restart < pod.RestartWaits.Length)
                {
                    _timeline.After(pod.RestartWaits[restart], () => Want(pod, node, restart + 1));
                }

                return;
            }

            var wait = failures == 0
                ? _timeline.Between(TimeSpan.Zero, Costs.SecondRunWithin)
                : _timeline.Between(Costs.ShortestBackOff, Costs.LongestBackOff);
            if (_timeline.Now + wait - wantedAt > Costs.PodPatience)
            {
                _failed++;
                return;
            }

            _timeline.After(wait, () => RunProvider(pod, node, restart, wantedAt, failures + 1));
        });

    private Outcome Outcome(Scene scene, int nodes)
    {
        var levels = _servers.SelectMany(server => new[] { server.WorkloadLow, server.System }).ToList();
        _waits.Sort();
        return new Outcome(scene, nodes, _contender)
        {
            ApiServers = _servers.Length,
            Wanted = _wanted,
            Answered = _waits.Count,
            Failed = _failed,
            FailedRuns = _failedRuns,
            Requests = levels.Sum(level => level.Arrived),
            Served = levels.Sum(level => level.Served),
            Rejected = levels.Sum(level => level.Rejected),
            Abandoned = levels.Sum(level => level.Abandoned),
            Handshakes = _servers.Sum(server => server.Handshakes),
            Cpu = _servers.Aggregate(TimeSpan.Zero, (sum, server) => sum + server.Processor.Busy),
            LastAt = _lastAt,
            LongestWait = _waits.LastOrDefault(),
            P99Wait = _waits.ElementAtOrDefault(_waits.Count * 99 / 100),
            SeatsOverLimit = levels.Max(level => level.MostSeatsInUse - level.Seats),
        };
    }
}
