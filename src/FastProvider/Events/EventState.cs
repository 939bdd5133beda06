using System;
using System.Globalization;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Events;

/// <summary>
/// What was told about one pod for one reason: the node may write Events and not read them, so it is kept in a file here. Open,
/// it is locked, so that two runs of a pod tell one after the other.
/// </summary>
internal sealed class EventState : IDisposable
{
    /// <summary>At most one try to tell, successful or not, for a pod and a reason.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>The API server forgets Events after an hour (kube-apiserver --event-ttl).</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private const int MaxBytes = 4096, MaxSwept = 10_000;

    private static ReadOnlySpan<byte> DirectoryName => "events\0"u8;

    private readonly LockFile _file;

    private EventState(LockFile file) => _file = file;

    /// <summary>The Event that was written last.</summary>
    public string Name { get; private set; } = "";

    /// <summary>How often what it says has happened.</summary>
    public int Count { get; private set; }

    /// <summary>When it was last tried to write or patch it.</summary>
    private DateTime TriedAt { get; set; }

    public static Result<EventState> Open(string lockDirectory, PodEvent about, Deadline bound)
    {
        var path = $"{lockDirectory.TrimEnd('/')}/events";
        // The one above first, as a missing directory is made with one above it and no more.
        var above = OwnedDirectory.Open("lock directory", lockDirectory);
        if (!above.IsOk)
        {
            return above.Failure;
        }

        above.Value.Dispose();
        var opened = OwnedDirectory.Open("lock directory", path);
        if (!opened.IsOk)
        {
            return opened.Failure;
        }

        using (var directory = opened.Value)
        {
            var failure = LockFile.Take(directory, EventDocument.Hash($"{about.Pod.Uid}\n{(int)about.Reason}"), bound,
                out var file);
            if (file is null)
            {
                return failure ?? new Failure($"other runs hold {path}");
            }

            var state = new EventState(file);
            state.Load();
            return state;
        }
    }

    /// <summary>
    /// Counts what happened now, and remembers it before it is told: a try that fails or is killed counts, too.
    /// </summary>
    /// <param name="name">The name of its Event.</param>
    /// <param name="now">In UTC.</param>
    /// <returns>False if it is too early to tell again.</returns>
    public bool Add(string name, DateTime now)
    {
        // After an hour the Event is gone, and what happened before it is not its business.
        Count = name == Name && FileAge.IsRecent(TriedAt, Memory, now) ? Count + 1 : 1;
        Name = name;
        var isDue = !FileAge.IsRecent(TriedAt, Pause, now);
        TriedAt = isDue ? now : TriedAt;
        var text = $"{(TriedAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond} {Count} {Name}\n";
        _ = Libc.Replace(_file.Fd, Encoding.ASCII.GetBytes(text));
        return isDue;
    }

    /// <summary>Removes what nobody has written to for an hour, and what was written before the clock was set back.</summary>
    /// <param name="locks">The lock directory.</param>
    /// <param name="now">The clock, in UTC.</param>
    /// <param name="bound">When to leave the rest to a later run.</param>
    public static void Sweep(OwnedDirectory locks, DateTime now, Deadline bound)
    {
        if (locks.OpenBelow(DirectoryName) is not { } opened)
        {
            return;
        }

        using var directory = opened;
        var seen = 0;
        foreach (var entry in directory.List())
        {
            if (seen++ == MaxSwept || bound.IsOver)
            {
                return;
            }

            if (entry.MayBeFile)
            {
                LockFile.RemoveIfForgotten(directory, entry.NulTerminatedName, Memory, now);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private void Load()
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        var length = Libc.Read(_file.Fd, buffer);
        var words = Encoding.ASCII.GetString(buffer[..Math.Max(length, 0)]).TrimEnd('\n').Split(' ');
        if (words.Length == 3
            && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var triedAt)
            && triedAt < 253_402_300_800_000
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < int.MaxValue)
        {
            (TriedAt, Count, Name) = (DateTime.UnixEpoch.AddMilliseconds(triedAt), count, words[2]);
        }
        else
        {
            TriedAt = DateTime.UnixEpoch;
        }
    }
}
