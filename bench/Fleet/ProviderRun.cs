using FastProvider.Bench.Fleet.Plugin;
using FastProvider.Bench.Fleet.Server;

namespace FastProvider.Bench.Fleet;

/// <summary>One run of a provider: it connects, asks, asks again, and has the credentials in the end or gives up.</summary>
internal sealed class ProviderRun
{
    private readonly Timeline _timeline;
    private readonly ApiServer[] _servers;
    private readonly Contender _contender;
    private readonly Node _node;
    private readonly int _flow;
    private readonly Action<bool> _ended;
    private readonly WaitAfterRejection _retry;
    private readonly TimeSpan _deadline;

    private ApiServer? _server;
    private Request? _request;
    private int _step, _index;
    private bool _isOver;

    private ProviderRun(
        Timeline timeline, ApiServer[] servers, Contender contender, Node node, int flow, Action<bool> ended)
    {
        _timeline = timeline;
        _servers = servers;
        _contender = contender;
        _node = node;
        _flow = contender.IsNode ? node.Number : flow;
        _ended = ended;
        _retry = contender.Retry();
        _deadline = timeline.Now + contender.Budget;
        _server = contender.HasAgent ? node.Take(timeline.Now) : null;
    }

    /// <summary>Begins a run.</summary>
    /// <param name="timeline">The time.</param>
    /// <param name="servers">The load balancer gives each connection to any of them.</param>
    /// <param name="contender">Which provider.</param>
    /// <param name="node">Where it runs.</param>
    /// <param name="flow">The ServiceAccount of the pod.</param>
    /// <param name="ended">Called once, with whether it has the credentials.</param>
    public static void Start(
        Timeline timeline, ApiServer[] servers, Contender contender, Node node, int flow, Action<bool> ended)
    {
        var run = new ProviderRun(timeline, servers, contender, node, flow, ended);
        timeline.At(run._deadline, () => run.End(hasCredentials: false));
        run.Connect();
    }

    /// <summary>A round trip for TCP, one for TLS 1.3.</summary>
    private void Connect()
    {
        if (_server is not null)
        {
            _timeline.After(Costs.RoundTrip, Ask);
            return;
        }

        _server = _servers[_timeline.Random.Next(_servers.Length)];
        _timeline.After(Costs.RoundTrip, () => _server.Handshake(() => _timeline.After(Costs.RoundTrip * 2, Ask)));
    }

    private void Ask()
    {
        if (_isOver)
        {
            return;
        }

        _request = new Request(
            _contender.Steps[_step][_index], _flow, _contender.QueueWait(_deadline - _timeline.Now), TakeAnswer);
        (_contender.IsNode ? _server!.System : _server!.WorkloadLow).Arrive(_request);
    }

    private void TakeAnswer(TimeSpan? retryAfter)
    {
        if (_isOver)
        {
            return;
        }

        if (retryAfter is { } told)
        {
            TakeRejection(told);
        }
        else if (++_index < _contender.Steps[_step].Length)
        {
            // It was sent with the one before, so it is there already.
            Ask();
        }
        else if (++_step < _contender.Steps.Length)
        {
            _index = 0;
            _timeline.After(Costs.RoundTrip, Ask);
        }
        else
        {
            End(hasCredentials: true);
        }
    }

    private void TakeRejection(TimeSpan retryAfter)
    {
        if (_retry(retryAfter) is not { } wait)
        {
            End(hasCredentials: false);
            return;
        }

        // With answers that are still to come the plugin closes the connection (ApiExchange.Run).
        if (!_contender.KeepsRejectedConnection && _index + 1 < _contender.Steps[_step].Length)
        {
            _server = null;
        }

        _index = _contender.StartsOver ? 0 : _index;
        _timeline.After(wait, () =>
        {
            if (!_isOver)
            {
                Connect();
            }
        });
    }

    private void End(bool hasCredentials)
    {
        if (_isOver)
        {
            return;
        }

        _isOver = true;
        if (_request is { State: RequestState.Waiting or RequestState.Executing })
        {
            (_contender.IsNode ? _server!.System : _server!.WorkloadLow).Abandon(_request);
        }

        if (hasCredentials && _contender.HasAgent)
        {
            _node.Keep(_server!, _timeline.Now);
        }

        _ended(hasCredentials);
    }
}
