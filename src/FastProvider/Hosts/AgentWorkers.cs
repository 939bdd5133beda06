using System;
using System.Collections.Generic;
using System.Threading;
using FastProvider.Base;

namespace FastProvider.Hosts;

/// <summary>
/// The threads that carry runs out: one for each that runs now, kept for a while for those that follow. A run waits for the API
/// server and for locks, so the runtime's own pool would make too few.
/// </summary>
/// <param name="most">How many at once.</param>
internal sealed class AgentWorkers(int most)
{
    private const int StackBytes = 512 * 1024;

    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(10);

    private readonly Queue<Action> _queue = [];
    private int _idle, _busy;

    /// <summary>How many run now.</summary>
    public int Busy
    {
        get
        {
            lock (_queue)
            {
                return _busy;
            }
        }
    }

    /// <summary>Starts a run at once, or not at all.</summary>
    public bool TryStart(Action run)
    {
        lock (_queue)
        {
            if (_busy == most)
            {
                return false;
            }

            _busy++;
            if (_idle >= _queue.Count + 1)
            {
                _queue.Enqueue(run);
                Monitor.Pulse(_queue);
                return true;
            }
        }

        try
        {
            new Thread(() => Work(run), StackBytes) { IsBackground = true }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            Ended(); // the kernel gives no more threads (pids.max)
            return false;
        }
    }

    /// <summary>Waits until all runs have ended.</summary>
    public void End(Deadline bound)
    {
        lock (_queue)
        {
            while (_busy > 0 && !bound.IsOver)
            {
                Monitor.Wait(_queue, TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private void Work(Action? run)
    {
        while (run is not null)
        {
            run();
            Ended();
            run = Next();
        }
    }

    private void Ended()
    {
        lock (_queue)
        {
            _busy--;
        }
    }

    private Action? Next()
    {
        lock (_queue)
        {
            _idle++;
            var until = Deadline.After(LongestIdle);
            while (_queue.Count == 0 && !until.IsOver)
            {
                Monitor.Wait(_queue, until.Remaining);
            }

            _idle--;
            return _queue.TryDequeue(out var run) ? run : null;
        }
    }
}
