using System.Diagnostics;
using FastProvider.Tests.Clock;

namespace FastProvider.Tests.Slot;

/// <summary>
/// The time of a simulated node. It goes as the machine's does while a run of the provider is under way, as the machine is what
/// such a run is played on; when all that a node does is to wait (for the end of a back-off or of a pull), it goes to the end of
/// that at once. The runs see the same time, so what they remember for ten seconds is as long ago for them as for the kubelet.
/// </summary>
/// <param name="clock">The clock of the runs.</param>
internal sealed class SimulatedTime(NodeClock clock)
{
    private const int LookMs = 2, WorthwhileMs = 60;

    private readonly Lock _lock = new();
    private readonly Stopwatch _real = Stopwatch.StartNew();
    private readonly List<(long DueMs, TaskCompletionSource End)> _sleepers = [];
    private long _skippedMs;
    private int _active;

    public long NowMs => _real.ElapsedMilliseconds + Volatile.Read(ref _skippedMs);

    /// <summary>Somebody does something until he says otherwise; as long as anybody does, no time is skipped.</summary>
    public void Begin() => Interlocked.Increment(ref _active);

    public void End() => Interlocked.Decrement(ref _active);

    /// <summary>Who has begun sleeps.</summary>
    public Task DelayAsync(long ms)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _sleepers.Add((NowMs + ms, end));
            End();
        }

        return end.Task;
    }

    /// <summary>Wakes the sleepers in their time.</summary>
    public async Task GoOnAsync(CancellationToken isOver)
    {
        while (!isOver.IsCancellationRequested)
        {
            lock (_lock)
            {
                WakeAndSkip();
            }

            await Task.Delay(LookMs, CancellationToken.None);
        }
    }

    private void WakeAndSkip()
    {
        foreach (var sleeper in _sleepers.Where(s => s.DueMs <= NowMs).OrderBy(s => s.DueMs).ToList())
        {
            _sleepers.Remove(sleeper);
            Begin();
            sleeper.End.SetResult();
        }

        var idleMs = _sleepers.Count > 0 && Volatile.Read(ref _active) == 0 ? _sleepers.Min(s => s.DueMs) - NowMs : 0;
        if (idleMs > WorthwhileMs)
        {
            clock.Step(TimeSpan.FromMilliseconds(idleMs - (WorthwhileMs / 2)));
            Volatile.Write(ref _skippedMs, _skippedMs + idleMs - (WorthwhileMs / 2));
        }
    }
}
