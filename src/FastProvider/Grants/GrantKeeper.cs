using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Grants;

/// <summary>
/// Keeps every pod's file: the grants of all slots, and the thread that puts the next file there when a pull took one. It is told
/// by inotify(7), and looks by itself where that is not to be had. Safe for several threads.
/// </summary>
internal sealed class GrantKeeper : IDisposable
{
    /// <summary>Between looks where inotify tells; it may lose what it has no room for.</summary>
    private const int LookMs = 250;

    /// <summary>Between looks where nothing tells: most pulls of pods that start together are further apart.</summary>
    private const int LookUntoldMs = 5;

    private const int EventBufferBytes = 16 * 1024, EventHeadBytes = 16;

    private static readonly TimeSpan AgeStep = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, GrantSlot> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _watched = [];
    private readonly GrantBounds _bounds = new();
    private readonly int _watch, _waker;
    private readonly Thread _thread;
    private volatile bool _isOver;
    private bool _isTold;
    private long _lastGrantAtMs = Environment.TickCount64;

    public GrantKeeper()
    {
        _watch = Libc.OpenNameWatch();
        _waker = Libc.OpenWaker();
        _isTold = _watch >= 0;
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    /// <summary>What was seen since the start.</summary>
    public GrantCounts Counts { get; } = new();

    /// <summary>How many grants there are now.</summary>
    public int Grants => _bounds.Grants;

    /// <summary>Since when there are no grants; zero while there are.</summary>
    public TimeSpan IdleTime => Grants > 0
        ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _lastGrantAtMs));

    /// <summary>How long the oldest grant has waited; zero without grants.</summary>
    public TimeSpan OldestAge
    {
        get
        {
            var oldest = TimeSpan.Zero;
            foreach (var slot in Slots())
            {
                oldest = slot.OldestAge() is { } age && age > oldest ? age : oldest;
            }

            return oldest;
        }
    }

    /// <inheritdoc cref="GrantSlot.Add"/>
    public GrantAnswer Add(in GrantSlotName slot, string pod, ReadOnlySpan<byte> content, TimeSpan untakenLifetime, Deadline bound)
    {
        while (true)
        {
            var found = Slot(slot);
            var answer = found.Add(pod, content, untakenLifetime, bound);
            if (answer.Outcome is not GrantOutcome.Over)
            {
                Touch();
                if (Watch(slot.Directory))
                {
                    found.Look(); // what was taken before it was watched is not told
                }

                Libc.Wake(_waker);
                return answer;
            }
        }
    }

    /// <inheritdoc cref="GrantSlot.Withdraw"/>
    public GrantAnswer Withdraw(in GrantSlotName slot, string pod, TimeSpan untakenLifetime, Deadline bound)
    {
        while (true)
        {
            var answer = Slot(slot).Withdraw(pod, untakenLifetime, bound);
            if (answer.Outcome is not GrantOutcome.Over)
            {
                return answer;
            }
        }
    }

    /// <summary>Whether a slot has grants.</summary>
    public bool Has(in GrantSlotName slot)
    {
        lock (_slots)
        {
            return _slots.TryGetValue(slot.Key, out var found) && !found.IsOver;
        }
    }

    /// <summary>Lets go of all grants; the files that lie there stay.</summary>
    public void Dispose()
    {
        _isOver = true;
        Libc.Wake(_waker);
        _thread.Join();
        foreach (var slot in Slots())
        {
            slot.Leave();
        }

        Libc.Close(_watch);
        Libc.Close(_waker);
    }

    private GrantSlot Slot(in GrantSlotName name)
    {
        lock (_slots)
        {
            var key = name.Key;
            if (!_slots.TryGetValue(key, out var slot) || slot.IsOver)
            {
                _slots[key] = slot = new GrantSlot(name, _bounds, Counts);
            }

            return slot;
        }
    }

    private GrantSlot[] Slots()
    {
        lock (_slots)
        {
            return [.. _slots.Values];
        }
    }

    /// <summary>For each grant, as only then the directory is there, and may be another than before.</summary>
    /// <returns>Whether it was not watched before.</returns>
    private bool Watch(string directory)
    {
        lock (_slots)
        {
            if (!_isTold)
            {
                return false;
            }

            var number = Libc.WatchNames(_watch, FileBytes.NulTerminated(directory));
            if (number >= 0)
            {
                return _watched.TryAdd(number, directory);
            }

            _isTold = Libc.ErrorOf(number) is Errno.ENOENT; // otherwise max_user_watches, say
            return false;
        }
    }

    private void Run()
    {
        Libc.GoFirst(); // between a take and the next file a pull finds none
        var buffer = new byte[EventBufferBytes];
        var agedAt = Environment.TickCount64;
        while (!_isOver)
        {
            var isIdle = Grants == 0;
            Libc.WaitForEither(_watch, _waker, isIdle ? -1 : _isTold ? LookMs : LookUntoldMs);
            agedAt = isIdle ? Environment.TickCount64 : agedAt; // a grant is not as old as the rest before it
            _ = Libc.Read(_waker, buffer.AsSpan(0, sizeof(ulong)));
            if (!LookAtTold(buffer))
            {
                foreach (var slot in Slots())
                {
                    slot.Look();
                }
            }

            if (Environment.TickCount64 - agedAt is var elapsedMs && elapsedMs >= AgeStep.TotalMilliseconds)
            {
                agedAt += elapsedMs;
                Age(TimeSpan.FromMilliseconds(elapsedMs));
            }

            DropEnded();
        }
    }

    /// <summary>Looks at the slots whose files were moved away.</summary>
    /// <returns>False if nothing was told, or not all: then every slot is to be looked at.</returns>
    private bool LookAtTold(Span<byte> buffer)
    {
        var count = _watch < 0 ? 0 : Libc.Read(_watch, buffer);
        if (count <= 0)
        {
            return false;
        }

        var isAll = true;
        // struct inotify_event: the directory's number, the mask, a cookie, the length of the name, the name with NULs behind it.
        for (var rest = (ReadOnlySpan<byte>)buffer[..count]; rest.Length >= EventHeadBytes;)
        {
            var number = BinaryPrimitives.ReadInt32LittleEndian(rest);
            var nameBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[12..]);
            var name = rest.Slice(EventHeadBytes, nameBytes).TrimEnd((byte)0);
            rest = rest[(EventHeadBytes + nameBytes)..];
            isAll &= number >= 0;
            GrantSlot? slot = null;
            lock (_slots)
            {
                if (_watched.TryGetValue(number, out var directory))
                {
                    _slots.TryGetValue(GrantSlotName.KeyOf(directory, Encoding.UTF8.GetString(name)), out slot);
                }
            }

            slot?.Look();
        }

        return isAll;
    }

    private void Age(TimeSpan elapsed)
    {
        foreach (var slot in Slots())
        {
            slot.Age(elapsed);
        }
    }

    private void DropEnded()
    {
        lock (_slots)
        {
            foreach (var (key, slot) in _slots)
            {
                if (slot.IsOver)
                {
                    _slots.Remove(key);
                    Touch();
                }
            }

            if (!_isTold && _slots.Count == 0 && _watch >= 0)
            {
                _isTold = true; // watches may be to be had again
            }
        }
    }

    private void Touch() => Volatile.Write(ref _lastGrantAtMs, Environment.TickCount64);
}
