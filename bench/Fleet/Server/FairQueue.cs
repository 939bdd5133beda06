namespace FastProvider.Bench.Fleet.Server;

/// <summary>One of the queues of a priority level. What it was given so far says when it is its turn.</summary>
internal sealed class FairQueue
{
    private readonly Queue<Request> _requests = new();

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Seats times seconds that its requests had. A queue that was empty begins with what the level is at: it saves nothing up.
    /// </summary>
    public double Given { get; set; }

    public void Add(Request request)
    {
        _requests.Enqueue(request);
        Count++;
    }

    /// <summary>The first that still waits; there is one.</summary>
    public Request Peek()
    {
        while (_requests.Peek().State is not RequestState.Waiting)
        {
            _requests.Dequeue();
        }

        return _requests.Peek();
    }

    /// <summary>One of its requests waits no more, wherever it is in the queue.</summary>
    public void Leave() => Count--;
}
