using System;
using System.Globalization;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Native;

namespace FastProvider.Events;

/// <summary>
/// What was told about one pod for one reason: the node may write Events and not read them, so it is kept in a file here. Open, it
/// is locked, so that two runs of a pod tell one after the other.
/// </summary>
internal sealed class EventState : IDisposable
{
    /// <summary>At most one Event or patch of one for a pod and a reason.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>The API server forgets Events after an hour (kube-apiserver --event-ttl).</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private const uint OwnerOnlyFile = 0x180; // 0600
    private const int MaxBytes = 4096, MaxSwept = 256;

    private readonly OwnedDirectory _directory;
    private readonly int _fd;

    private EventState(OwnedDirectory directory, int fd)
    {
        _directory = directory;
        _fd = fd;
    }

    /// <summary>The Event that was written last.</summary>
    public string Name { get; private set; } = "";

    /// <summary>How often what it says has happened.</summary>
    public int Count { get; private set; }

    /// <summary>When it was written or patched last.</summary>
    private DateTime ToldAt { get; set; }

    public static Failure? Open(string lockDirectory, PodEvent about, out EventState? state)
    {
        state = null;
        var path = $"{lockDirectory.TrimEnd('/')}/events";
        // The one above first, as a missing directory is made with one above it and no more.
        if (OwnedDirectory.Open("lock directory", lockDirectory, out var above) is { } unusable)
        {
            return unusable;
        }

        above!.Dispose();
        if (OwnedDirectory.Open("lock directory", path, out var directory) is { } unusableBelow)
        {
            return unusableBelow;
        }

        var name = EventDocument.Hash($"{about.Pod.Uid}\n{(int)about.Reason}");
        var fd = Libc.Open(
            directory!.Fd, FileBytes.NulTerminated(name), Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW | Libc.O_NONBLOCK, OwnerOnlyFile);
        if (fd < 0)
        {
            directory.Dispose();
            return new Failure($"cannot open {path}/{name}: {Libc.Explain(-fd)}");
        }

        _ = Libc.Lock(fd, wait: true);
        state = new EventState(directory, fd);
        state.Load();
        return null;
    }

    /// <summary>Counts what happened now.</summary>
    /// <param name="name">The name of its Event.</param>
    /// <param name="now">In UTC.</param>
    /// <returns>False if it is too early to tell again.</returns>
    public bool Add(string name, DateTime now)
    {
        // After an hour the Event is gone, and what happened before it is not its business.
        Count = name == Name && now - ToldAt < Memory ? Count + 1 : 1;
        Name = name;
        return now - ToldAt >= Pause || ToldAt > now;
    }

    /// <summary>Remembers the count, and that it was told.</summary>
    public void Save(DateTime? toldAt)
    {
        ToldAt = toldAt ?? ToldAt;
        var text = $"{(ToldAt - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond} {Count} {Name}\n";
        _ = Libc.Replace(_fd, Encoding.ASCII.GetBytes(text));
    }

    /// <summary>Removes what nobody has written to for an hour, of a bounded number of files.</summary>
    public void Sweep(DateTime now)
    {
        if (Libc.OpenDirectory(FileBytes.NulTerminated(_directory.Path), out var listing) != 0)
        {
            return;
        }

        for (var seen = 0; seen < MaxSwept && Libc.ReadDirectory(listing, out var name, out var kind); seen++)
        {
            if (kind is Libc.DT_REG or Libc.DT_UNKNOWN)
            {
                RemoveIfOld(name, now);
            }
        }

        Libc.CloseDirectory(listing);
    }

    public void Dispose()
    {
        Libc.Close(_fd);
        _directory.Dispose();
    }

    private void Load()
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        var length = Libc.Read(_fd, buffer);
        var words = Encoding.ASCII.GetString(buffer[..Math.Max(length, 0)]).TrimEnd('\n').Split(' ');
        if (words.Length == 3
            && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var toldAt) && toldAt < 253_402_300_800_000
            && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count < int.MaxValue)
        {
            (ToldAt, Count, Name) = (DateTime.UnixEpoch.AddMilliseconds(toldAt), count, words[2]);
        }
        else
        {
            ToldAt = DateTime.UnixEpoch;
        }
    }

    private void RemoveIfOld(ReadOnlySpan<byte> nulTerminatedName, DateTime now)
    {
        if (Libc.Status(_directory.Fd, nulTerminatedName, out var status) != 0 || status.Kind != Libc.S_IFREG
            || now - status.Modified.Utc < Memory)
        {
            return;
        }

        var fd = Libc.Open(_directory.Fd, nulTerminatedName, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        if (fd >= 0)
        {
            // Its own lock is held: one that is in use is not removed.
            if (Libc.Lock(fd, wait: false) == 0)
            {
                _ = Libc.Unlink(_directory.Fd, nulTerminatedName);
            }

            Libc.Close(fd);
        }
    }
}
