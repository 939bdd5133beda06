using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace FastProvider.Tests.Clock;

/// <summary>
/// The clock of a node, as its runs of the published binary see it, and the times of the files that they write. <c>clock.c</c>
/// beside this file stands between the binary and the C library, so it is the released binary that is tested, and the clock costs
/// it nothing.
/// </summary>
internal sealed class NodeClock : IDisposable
{
    private const int FirstStep = 8 * sizeof(long), StepBytes = 2 * sizeof(long), MaxSteps = 4000;
    private const int TickAt = 8, NapAt = 16, PatienceAt = 24, ReadingsAt = 32, PeerWaitsAt = 40, CountAt = 56;
    private const long NsPerTick = TimeSpan.NanosecondsPerTick;

    private static readonly Lazy<string> Library = new(Compile);

    private readonly string _path = Path.GetTempFileName();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _shared;

    private NodeClock(DateTime? standsAt)
    {
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.Open, null, FirstStep + (MaxSteps * StepBytes));
        _shared = _file.CreateViewAccessor();
        _shared.Write(0, standsAt is { } at ? Nanoseconds(at) : 0);
        _shared.Write(TickAt, Nanoseconds(TimeSpan.FromMicroseconds(2)));
        _shared.Write(NapAt, Nanoseconds(TimeSpan.FromMilliseconds(1)));
        _shared.Write(PatienceAt, Nanoseconds(TimeSpan.FromSeconds(10)));
        AwaitFileTime(DateTime.UtcNow);
    }

    /// <summary>What the binary's environment must have.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string> { ["LD_PRELOAD"] = Library.Value, ["NODE_CLOCK"] = _path };

    /// <summary>
    /// For how long the machine really waits for a peer before the clock goes to the end of that wait; 10 s unless set.
    /// </summary>
    public TimeSpan Patience
    {
        set => _shared.Write(PatienceAt, Nanoseconds(value));
    }

    /// <summary>
    /// For how long the machine really waits for nothing but time, or for a thread, before the clock goes to the end of that
    /// wait; 1 ms unless set.
    /// </summary>
    public TimeSpan Nap
    {
        set => _shared.Write(NapAt, Nanoseconds(value));
    }

    /// <summary>
    /// How far each reading moves a clock that stands: 2 µs unless set, as the runtime measures its own speed until it sees some.
    /// </summary>
    public TimeSpan Tick
    {
        set => _shared.Write(TickAt, Nanoseconds(value));
    }

    /// <summary>Each step so far: one for each wait that nothing ended, and the test's own.</summary>
    public IReadOnlyList<TimeSpan> Steps =>
        [.. Enumerable.Range(0, (int)_shared.ReadInt64(CountAt))
            .Select(i => TimeSpan.FromTicks(_shared.ReadInt64(FirstStep + (i * StepBytes) + sizeof(long)) / NsPerTick))];

    /// <summary>How many waits for a peer, the kubelet among them, began where the clock stands.</summary>
    public long PeerWaits => _shared.ReadInt64(PeerWaitsAt);

    private TimeSpan Moved =>
        Steps.Aggregate(TimeSpan.Zero, (sum, step) => sum + step)
        + TimeSpan.FromTicks(_shared.ReadInt64(ReadingsAt) * _shared.ReadInt64(TickAt) / NsPerTick);

    /// <summary>A clock that only goes on when a run waits: by the wait, and at once.</summary>
    public static NodeClock Standing() => new(DateTime.UtcNow);

    /// <summary>A clock that goes as the machine's does, and by steps of the test.</summary>
    public static NodeClock Running() => new(null);

    /// <summary>For how long the runs in <paramref name="during"/> waited, by a clock that stands.</summary>
    /// <returns>To 5 ms: what they did beside waiting took less.</returns>
    public async Task<TimeSpan> WaitedAsync(Func<Task> during)
    {
        var before = Moved;
        await during();
        return TimeSpan.FromMilliseconds(5 * Math.Round((Moved - before).TotalMilliseconds / 5));
    }

    /// <summary>Moves the clock. Not while a run may move it, too.</summary>
    public void Step(TimeSpan by)
    {
        var count = _shared.ReadInt64(CountAt);
        Assert.InRange(count, 0, MaxSteps - 1);
        var now = DateTime.UtcNow;
        _shared.Write(FirstStep + (count * StepBytes), Nanoseconds(now));
        _shared.Write(FirstStep + (count * StepBytes) + sizeof(long), Nanoseconds(by));
        _shared.Write(CountAt, count + 1);
        AwaitFileTime(now);
    }

    /// <summary>Makes the clock reachable below another root, under the same paths.</summary>
    public void PutInto(string root)
    {
        foreach (var path in Environment.Values)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(root + path)!);
            if (path == _path)
            {
                Assert.Equal((0, path), (link(path, root + path), path));
            }
            else
            {
                File.Copy(path, root + path);
            }
        }
    }

    public void Dispose()
    {
        _shared.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    /// <summary>The kernel gives files the time of its last tick: waits until that is a later one.</summary>
    private static void AwaitFileTime(DateTime now)
    {
        const int realtimeCoarse = 5;
        var time = new long[2];
        do
        {
            Thread.Sleep(1);
            Assert.Equal(0, clock_gettime(realtimeCoarse, time));
        }
        while (DateTime.UnixEpoch.AddSeconds(time[0]).AddTicks(time[1] / NsPerTick) <= now);
    }

    private static long Nanoseconds(DateTime utc) => Nanoseconds(utc - DateTime.UnixEpoch);

    private static long Nanoseconds(TimeSpan time) => time.Ticks * NsPerTick;

    private static string Compile()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "Clock", $"clock-{System.Environment.ProcessId}.so");
        var source = Path.Combine(AppContext.BaseDirectory, "Clock", "clock.c");
        using var compiler = Process.Start(
            "cc", ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", library, source]);
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => File.Delete(library);
        return library;
    }

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, long[] time);

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int link(string existing, string name);
}
