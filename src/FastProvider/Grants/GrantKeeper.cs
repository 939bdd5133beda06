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

    private readonly Lock _gate = new();
    private readonly Dictionary<int, string> _watched = [];
    private readonly GrantBounds _bounds = new();

    /// <summary>
    /// The slots that have grants, the newest first: a dictionary of them would cost each start of the program.
    /// </summary>
    private GrantSlot? _newest;

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
            for (var slot = Newest(); slot is not null; slot = slot.Older)
            {
                oldest = slot.OldestAge() is { } age && age > oldest ? age : oldest;
            }

            return oldest;
        }
    }

    /// <summary>A run of a pod came to this content: the pull of the pod is to find it.</summary>
    /// <param name="slot">Which slot.</param>
    /// <param name="pod">Its uid; empty where nothing names it, and then each run has a grant of its own.</param>
    /// <param name="content">What the file is to hold.</param>
    /// <param name="untakenLifetime">For how long it may lie there; zero for ever.</param>
    /// <param name="bound">How long to wait for a run that has the slot's lock.</param>
    public GrantAnswer Add(
        in GrantSlotName slot, string pod, ReadOnlySpan<byte> content, TimeSpan untakenLifetime, Deadline bound)
    {
        var spread = bound.OrAfter(GrantSlot.LongestSpread);
        while (true)
        {
            var found = Slot(slot);
            var answer = found.Add(pod, content, untakenLifetime, bound, spread);
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

    /// <summary>Goes on with what agents before this one have left.</summary>
    /// <param name="lockDirectory">Where the locks of slots are.</param>
    public void GoOn(string lockDirectory)
    {
        foreach (var slot in GrantRecord.Find(lockDirectory))
        {
            lock (_gate)
            {
                _newest = GrantSlot.LeftBehind(slot, _bounds, Counts, _newest);
            }

            _ = Watch(slot.Directory);
        }

        Libc.Wake(_waker);
    }

    /// <summary>Whether a slot has grants.</summary>
    public bool Has(in GrantSlotName slot)
    {
        lock (_gate)
        {
            return Find(slot.Directory, slot.Name) is not null;
        }
    }

    /// <summary>Lets go of all grants; the files that lie there stay.</summary>
    public void Dispose()
    {
        _isOver = true;
        Libc.Wake(_waker);
        _thread.Join();
        for (var slot = Newest(); slot is not null; slot = slot.Older)
        {
            slot.Leave();
        }

        Libc.Close(_watch);
        Libc.Close(_waker);
    }

    private GrantSlot Slot(in GrantSlotName name)
    {
        lock (_gate)
        {
            return Find(name.Directory, name.Name)
                ?? (_newest = new GrantSlot(name, _bounds, Counts) { Older = _newest });
        }
    }

    /// <summary>The slot that has grants; call it with the lock.</summary>
    private GrantSlot? Find(string directory, string name)
    {
        for (var slot = _newest; slot is not null; slot = slot.Older)
        {
            if (!slot.IsOver && slot.Name == name && slot.DirectoryPath == directory)
            {
                return slot;
            }
        }

        return null;
    }

    /// <summary>The newest; those that end meanwhile still lead to the ones before them.</summary>
    private GrantSlot? Newest()
    {
        lock (_gate)
        {
            return _newest;
        }
    }

    /// <summary>For each grant, as only then the directory is there, and may be another than before.</summary>
    /// <returns>Whether it was not watched before.</returns>
    private bool Watch(string directory)
    {
        lock (_gate)
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
            var isLeftBehind = IsAnyLeftBehind();
            var isIdle = Grants == 0 && !isLeftBehind;
            Libc.WaitForEither(_watch, _waker, isIdle ? -1 : _isTold && !isLeftBehind ? LookMs : LookUntoldMs);
            agedAt = isIdle ? Environment.TickCount64 : agedAt; // a grant is not as old as the rest before it
            _ = Libc.Read(_waker, buffer.AsSpan(0, sizeof(ulong)));
            if (!LookAtTold(buffer))
            {
                for (var slot = Newest(); slot is not null; slot = slot.Older)
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

    private bool IsAnyLeftBehind()
    {
        for (var slot = Newest(); slot is not null; slot = slot.Older)
        {
            if (slot is { IsLeftBehind: true, IsOver: false })
            {
                return true;
            }
        }

        return false;
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
            lock (_gate)
            {
                if (_watched.TryGetValue(number, out var directory))
                {
                    slot = Find(directory, Encoding.UTF8.GetString(name));
                }
            }

            slot?.Look();
        }

        return isAll;
    }

    private void Age(TimeSpan elapsed)
    {
        for (var slot = Newest(); slot is not null; slot = slot.Older)
        {
            slot.Age(elapsed);
        }
    }

    private void DropEnded()
    {
        lock (_gate)
        {
            GrantSlot? newer = null;
            for (var slot = _newest; slot is not null; slot = slot.Older)
            {
                if (!slot.IsOver)
                {
                    newer = slot;
                    continue;
                }

                _ = newer is null ? _newest = slot.Older : newer.Older = slot.Older;
                Touch();
            }

            if (!_isTold && _newest is null && _watch >= 0)
            {
                _isTold = true; // watches may be to be had again
            }
        }
    }

    private void Touch() => Volatile.Write(ref _lastGrantAtMs, Environment.TickCount64);
}
