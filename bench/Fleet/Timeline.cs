namespace FastProvider.Bench.Fleet;

/// <summary>The simulated time, what is to happen in it, and its random numbers. One run of one scene, on one thread.</summary>
internal sealed class Timeline
{
    [ThreadStatic]
    private static Timeline? _current;

    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private long _order;

    public Timeline(int seed)
    {
        Random = new Random(seed);
        _current = this;
    }

    /// <summary>That of this thread: the plugin's code asks a clock that it need not be given.</summary>
    public static Timeline Current => _current ?? throw new InvalidOperationException("No simulation runs on this thread.");

    public TimeSpan Now { get; private set; }

    public Random Random { get; }

    /// <summary>How long the plugin's code wanted to sleep.</summary>
    public TimeSpan LastSleep { get; set; }

    public TimeSpan Between(TimeSpan from, TimeSpan to) => from + (to - from) * Random.NextDouble();

    /// <summary>Things at one moment happen in the order in which they were planned.</summary>
    public void At(TimeSpan time, Action what) => _events.Enqueue(what, (time, _order++));

    public void After(TimeSpan wait, Action what) => At(Now + wait, what);

    /// <summary>Lets time pass until nothing is left to happen.</summary>
    public void Run()
    {
        while (_events.TryDequeue(out var what, out var when))
        {
            Now = when.At;
            what();
        }
    }
}
