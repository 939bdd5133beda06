namespace FastProvider.Bench.Fleet.Server;

/// <summary>
/// A priority level of API priority and fairness (Kubernetes documentation, "API Priority and Fairness"): seats, queues by
/// shuffle sharding, fair queuing between them. A request that finds its queue full or waits there for too long is rejected.
/// </summary>
/// <param name="timeline">The time.</param>
/// <param name="processor">What executes requests.</param>
/// <param name="seats">How many seats requests may have at once.</param>
/// <param name="queueCount">How many queues there are.</param>
internal sealed class PriorityLevel(Timeline timeline, Processor processor, int seats, int queueCount)
{
    private readonly FairQueue[] _queues = [.. Enumerable.Range(0, queueCount).Select(_ => new FairQueue())];
    private readonly Dictionary<int, FairQueue[]> _hands = [];
    private readonly List<FairQueue> _waiting = [];
    private readonly RetryAfterHint _retryAfter = new();
    private double _given;

    public int Seats => seats;

    public int SeatsInUse { get; private set; }

    public int MostSeatsInUse { get; private set; }

    public int Arrived { get; private set; }

    public int Served { get; private set; }

    public int Rejected { get; private set; }

    public int Abandoned { get; private set; }

    public void Arrive(Request request)
    {
        Arrived++;
        var queue = HandOf(request.Flow).MinBy(one => one.Count)!;
        if (queue.Count >= Costs.QueueLength)
        {
            Reject(request);
            return;
        }

        if (queue.Count == 0)
        {
            queue.Given = Math.Max(queue.Given, _given);
            _waiting.Add(queue);
        }

        request.Queue = queue;
        queue.Add(request);
        Dispatch();
        if (request.State is RequestState.Waiting)
        {
            timeline.After(request.QueueWait, () =>
            {
                if (request.State is RequestState.Waiting)
                {
                    LeaveQueue(request);
                    Reject(request);
                }
            });
        }
    }

    /// <summary>The client has gone. A request that is executed takes its seats to its end.</summary>
    public void Abandon(Request request)
    {
        if (request.State is RequestState.Waiting)
        {
            LeaveQueue(request);
        }

        Abandoned++;
        request.State = RequestState.Abandoned;
    }

    private void LeaveQueue(Request request)
    {
        request.Queue!.Leave();
        if (request.Queue.Count == 0)
        {
            _waiting.Remove(request.Queue);
        }
    }

    private void Reject(Request request)
    {
        Rejected++;
        request.State = RequestState.Rejected;
        _retryAfter.Reject(timeline.Now);
        var retryAfter = _retryAfter.Value;
        processor.Do(Costs.RejectionCpu, () => request.Answered(retryAfter));
    }

    /// <summary>The queue that was given least comes next. If there are too few seats for it, all wait.</summary>
    private void Dispatch()
    {
        while (_waiting.Count > 0)
        {
            var queue = _waiting.MinBy(one => one.Given)!;
            var request = queue.Peek();
            if (SeatsInUse + request.Kind.Seats > seats)
            {
                return;
            }

            LeaveQueue(request);
            Execute(request, queue);
        }
    }

    private void Execute(Request request, FairQueue queue)
    {
        _given = queue.Given;
        queue.Given += request.Kind.Seats * Costs.ExpectedService.TotalSeconds;
        SeatsInUse += request.Kind.Seats;
        MostSeatsInUse = Math.Max(MostSeatsInUse, SeatsInUse);
        request.State = RequestState.Executing;
        request.BeganAt = timeline.Now;
        timeline.After(request.Kind.Wait(timeline.Now), () => processor.Do(request.Kind.Cpu, () => Finish(request, queue)));
    }

    private void Finish(Request request, FairQueue queue)
    {
        var service = timeline.Now - request.BeganAt;
        queue.Given += request.Kind.Seats * (service - Costs.ExpectedService).TotalSeconds;
        SeatsInUse -= request.Kind.Seats;
        if (request.State is RequestState.Executing)
        {
            Served++;
            request.State = RequestState.Served;
            request.Answered(null);
        }

        Dispatch();
    }

    /// <summary>The queues that a flow may use: for each flow others, and always the same.</summary>
    private FairQueue[] HandOf(int flow)
    {
        if (!_hands.TryGetValue(flow, out var hand))
        {
            var indices = Enumerable.Range(0, queueCount).ToArray();
            new Random(flow).Shuffle(indices);
            _hands.Add(flow, hand = [.. indices.Take(Costs.HandSize).Select(index => _queues[index])]);
        }

        return hand;
    }
}
