namespace FastProvider.Bench.Fleet.Server;

/// <summary>The cores of an API server. Work that finds none free waits in one line.</summary>
internal sealed class Processor(Timeline timeline, int cores)
{
    private readonly TimeSpan[] _freeAt = new TimeSpan[cores];

    /// <summary>All work that was done or is planned.</summary>
    public TimeSpan Busy { get; private set; }

    public void Do(TimeSpan work, Action done)
    {
        var next = Array.IndexOf(_freeAt, _freeAt.Min());
        var start = _freeAt[next] > timeline.Now ? _freeAt[next] : timeline.Now;
        _freeAt[next] = start + work;
        Busy += work;
        timeline.At(start + work, done);
    }
}
