namespace FastProvider.Tests.Slot;

/// <summary>
/// The kubelet's queue of pulls: one after the other (<c>serializeImagePulls</c>, its default), or so many at once
/// (<c>maxParallelImagePulls</c>). Who came first goes first.
/// </summary>
internal sealed class PullQueue(SimulatedTime time, int atOnce)
{
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private readonly Lock _lock = new();
    private int _free = atOnce;

    public Task EnterAsync()
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(turn);
            time.End();
            return turn.Task;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
            {
                time.Begin();
                next.SetResult();
            }
            else
            {
                _free++;
            }
        }
    }
}
