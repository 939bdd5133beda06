namespace FastProvider.Bench.Fleet.Server;

/// <summary>
/// What a priority level says in Retry-After (Kubernetes, dropped_requests_tracker.go): in a second that has rejections the
/// value doubles if there were three for each of its seconds before, and sinks by one if there were hardly any.
/// </summary>
internal sealed class RetryAfterHint
{
    private const int RejectionsPerSecond = 3;

    private readonly Queue<(long Second, int Count)> _past = new();
    private long _second = -1, _raisedAt = long.MinValue / 2;
    private int _count;

    public TimeSpan Value { get; private set; } = Costs.FirstRetryAfter;

    public void Reject(TimeSpan now)
    {
        var second = (long)now.TotalSeconds;
        if (second == _second)
        {
            _count++;
            return;
        }

        _past.Enqueue((_second, _count));
        (_second, _count) = (second, 1);
        while (_past.TryPeek(out var oldest) && second - oldest.Second > (long)Costs.LongestRetryAfter.TotalSeconds)
        {
            _past.Dequeue();
        }

        var value = (long)Value.TotalSeconds;
        var rejected = _past.Where(one => second - one.Second <= value).Sum(one => one.Count);
        if (second - _raisedAt >= value && rejected >= RejectionsPerSecond * value)
        {
            Value = Value * 2 < Costs.LongestRetryAfter ? Value * 2 : Costs.LongestRetryAfter;
            _raisedAt = second;
        }
        else if (rejected < value && Value > Costs.FirstRetryAfter)
        {
            Value -= TimeSpan.FromSeconds(1);
        }
    }
}
