using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Tests.Native;

/// <summary>flock(2) goes by open files, so threads that open a lock each exclude each other as processes do.</summary>
public sealed class LockFileTests : IDisposable
{
    private const string Name = "team-a-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-01234567.lock";

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("fast-provider-locks-").FullName;
    private readonly OwnedDirectory _locks;

    public LockFileTests()
    {
        var opened = OwnedDirectory.Open("lock directory", Path.Combine(_root, "run"));
        Assert.Null(opened.Failure);
        _locks = opened.Value!;
    }

    private string LockPath => Path.Combine(_locks.Path, Name);

    public void Dispose()
    {
        _locks.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public void No_two_hold_one_name_at_once_while_all_that_is_free_is_swept()
    {
        const int threads = 8, times = 150;
        var (holders, atOnce, swept, isOver) = (0, 0, 0, false);
        var sweeper = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                // Two hours on, every lock is older than what is remembered.
                StaleLocks.Sweep(_locks, DateTime.UtcNow.AddHours(2), Deadline.After(LongEnough));
                swept += File.Exists(LockPath) ? 0 : 1;
            }
        });
        var takers = Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < times; i++)
            {
                Assert.Null(LockFile.Take(_locks, Name, Deadline.After(LongEnough), out var taken));
                using (taken)
                {
                    Assert.NotNull(taken);
                    atOnce = Math.Max(atOnce, Interlocked.Increment(ref holders));
                    Thread.Yield();
                    Interlocked.Decrement(ref holders);
                }

                Thread.SpinWait(200);
            }
        })).ToArray();

        sweeper.Start();
        Array.ForEach(takers, t => t.Start());
        Array.ForEach(takers, t => t.Join());
        Volatile.Write(ref isOver, true);
        sweeper.Join();

        Assert.Equal(1, atOnce);
        Assert.NotEqual(0, swept);
    }

    /// <summary>Two directories on one node are two worlds, and one directory is one however it is spelled.</summary>
    [Theory]
    [InlineData("/var/lib/b", true)]
    [InlineData("/var/lib/a/", false)]
    public void A_slot_has_a_lock_for_each_auth_directory(string other, bool isFree)
    {
        const string slot = "team-a-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json";
        Assert.Null(SlotLock.Take(_locks, "/var/lib/a", slot, Deadline.After(TimeSpan.Zero), out var held));
        Assert.Null(SlotLock.Take(_locks, other, slot, Deadline.After(TimeSpan.Zero), out var second));
        using (held)
        using (second)
        {
            Assert.Equal((true, isFree), (held is not null, second is not null));
        }

        Assert.All(Directory.EnumerateFiles(_locks.Path), path =>
            Assert.True(SlotLock.IsName(Encoding.ASCII.GetBytes(Path.GetFileName(path)))));
    }

    [Theory]
    [InlineData("team-a-HEX-01234567.lok")]
    [InlineData("team-a-HEX-0123456.lock")]
    [InlineData("team-a-HEX-0123456G.lock")]
    [InlineData("team-a-HEX_01234567.lock")]
    [InlineData("team-a-HEX01234567.lock")]
    [InlineData("team-a-01234567.lock")]
    [InlineData("HEX-01234567.lock")]
    [InlineData("-01234567.lock")]
    [InlineData("01234567.lock")]
    [InlineData("x.lock")]
    public void A_name_that_lacks_a_part_of_a_locks_is_none(string name) =>
        Assert.False(SlotLock.IsName(Encoding.ASCII.GetBytes(name.Replace(
            "HEX", new string('a', 64), StringComparison.Ordinal))));

    [Fact]
    public void A_sweep_looks_at_ten_thousand_names_and_leaves_the_rest()
    {
        for (var i = 0; i < 10_100; i++)
        {
            File.WriteAllText(Path.Combine(_locks.Path, $"team-a-{i:x64}-01234567.lock"), "");
        }

        StaleLocks.Sweep(_locks, DateTime.UtcNow.AddHours(2), Deadline.After(LongEnough));

        Assert.InRange(Directory.EnumerateFiles(_locks.Path).Count(), 100, 102); // "." and ".." are names, too
    }

    [Fact]
    public void The_sweep_leaves_a_lock_that_is_held()
    {
        using var held = Take();

        StaleLocks.Sweep(_locks, DateTime.UtcNow.AddHours(2), Deadline.After(LongEnough));

        Assert.True(File.Exists(LockPath));
        Assert.Null(TryTake());
    }

    [Fact]
    public void A_lock_whose_file_its_holder_removed_is_free_for_the_next()
    {
        using var removed = Take();
        removed.Remove(_locks);

        using var next = TryTake();

        Assert.NotNull(next);
        Assert.False(next.Status.IsSameFile(removed.Status));
    }

    [Fact]
    public void To_wait_too_long_is_no_failure_and_not_to_be_able_to_lock_is_one()
    {
        using (Take())
        {
            Assert.Null(LockFile.Take(_locks, Name, Deadline.After(TimeSpan.FromMilliseconds(50)), out var late));
            Assert.Null(late);
        }

        Directory.CreateDirectory(LockPath + "-planted");
        var failure = LockFile.Take(_locks, Name + "-planted", Deadline.After(LongEnough), out var taken);

        Assert.Equal($"cannot open lock file {LockPath}-planted: is a directory (EISDIR)", failure?.Message);
        Assert.Null(taken);
    }

    [Fact]
    public void A_link_in_the_place_of_a_lock_is_not_followed()
    {
        var elsewhere = Path.Combine(_root, "elsewhere");
        File.CreateSymbolicLink(LockPath, elsewhere);

        var failure = LockFile.Take(_locks, Name, Deadline.After(LongEnough), out var taken);

        Assert.StartsWith($"cannot open lock file {LockPath}: ", failure?.Message, StringComparison.Ordinal);
        Assert.EndsWith("(ELOOP)", failure?.Message, StringComparison.Ordinal);
        Assert.Null(taken);
        Assert.False(File.Exists(elsewhere));
    }

    [Fact]
    public void Nothing_is_made_where_only_what_is_there_is_to_be_locked()
    {
        Assert.Null(LockFile.TryTake(_locks, [.. Encoding.ASCII.GetBytes(Name), 0]));

        Assert.False(File.Exists(LockPath));
    }

    private LockFile Take()
    {
        Assert.Null(LockFile.Take(_locks, Name, Deadline.After(LongEnough), out var taken));
        return taken!;
    }

    private LockFile? TryTake()
    {
        Assert.Null(LockFile.Take(_locks, Name, Deadline.After(TimeSpan.Zero), out var taken));
        return taken;
    }
}
