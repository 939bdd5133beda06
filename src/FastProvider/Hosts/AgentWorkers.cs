using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Hosts;

/// <summary>
/// The threads that carry runs out: one for each that runs now, kept for a while for those that follow. A run waits for the API
/// server and for locks, so the runtime's own pool would make too few. They are woken through a pipe: a monitor or a queue would
/// cost static objects at each start of the program.
/// </summary>
/// <param name="most">How many at once.</param>
/// <param name="run">What one does with a connection.</param>
internal sealed class AgentWorkers(int most, Action<AgentConversation> run) : IDisposable
{
    private const int StackBytes = 512 * 1024;

    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(10);

    private readonly Libc.PipeEnds _wakes = Libc.OpenPipe();
    private readonly Lock _gate = new();
    private AgentConversation? _first, _last;
    private int _idle, _busy, _waiting;
    private bool _isOver;

    /// <summary>How many run now, or are about to.</summary>
    public int Busy
    {
        get
        {
            lock (_gate)
            {
                return _busy;
            }
        }
    }

    /// <summary>Starts a run at once, or not at all.</summary>
    public bool TryStart(AgentConversation conversation)
    {
        lock (_gate)
        {
            if (_busy == most || _isOver)
            {
                return false;
            }

            _busy++;
            if (_idle > _waiting)
            {
                _waiting++;
                _ = _last is null ? _first = conversation : _last.Next = conversation;
                _last = conversation;
                return Libc.WriteAll(_wakes.Writing, "."u8) == 0;
            }
        }

        try
        {
            new Thread(() => Work(conversation), StackBytes) { IsBackground = true }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            Ended(); // the kernel gives no more threads (pids.max)
            return false;
        }
    }

    /// <summary>No run is started any more.</summary>
    public void TakeNoMore()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    /// <summary>Waits until all runs have ended.</summary>
    public void End(Deadline bound)
    {
        while (Busy > 0 && !bound.IsOver)
        {
            Thread.Sleep(Pause);
        }
    }

    public void Dispose()
    {
        Libc.Close(_wakes.Reading);
        Libc.Close(_wakes.Writing);
    }

    private void Work(AgentConversation? conversation)
    {
        while (conversation is not null)
        {
            run(conversation);
            Ended();
            conversation = Next();
        }
    }

    private void Ended()
    {
        lock (_gate)
        {
            _busy--;
        }
    }

    private AgentConversation? Next()
    {
        lock (_gate)
        {
            _idle++;
        }

        var until = Deadline.After(LongestIdle);
        Span<byte> wake = stackalloc byte[1];
        while (true)
        {
            var isWoken = Libc.Wait(_wakes.Reading, Libc.POLLIN, until.RemainingMs) && Libc.Read(_wakes.Reading, wake) == 1;
            lock (_gate)
            {
                if (isWoken && _first is { } next)
                {
                    _first = next.Next;
                    _last = _first is null ? null : _last;
                    _waiting--;
                    _idle--;
                    return next;
                }

                // One that waits has counted on an idle worker, so the last ones do not go before it is taken.
                if (until.IsOver && _idle > _waiting)
                {
                    _idle--;
                    return null;
                }
            }
        }
    }
}
