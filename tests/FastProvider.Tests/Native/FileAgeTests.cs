using System.Text;
using CsCheck;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Tests.Native;

/// <summary>
/// Nobody can set a change time, so here the clock is behind instead: the files are of now, and are looked at with a clock that
/// was set back.
/// </summary>
public sealed class FileAgeTests : IDisposable
{
    private static readonly TimeSpan
        Back = TimeSpan.FromDays(400), Bound = TimeSpan.FromMinutes(10), LongEnough = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fast-provider-age-");
    private readonly AuthDirectory _auth;

    public FileAgeTests()
    {
        _auth = AuthDirectory.Open(Path.Combine(_root.FullName, "auth")).Value!;
    }

    private static DateTime Now => DateTime.UtcNow - Back;

    private string InUse => Directory.CreateDirectory(Path.Combine(_auth.FullPath, "in-use")).FullName;

    private string LockDir => Path.Combine(_root.FullName, "run");

    public void Dispose()
    {
        _auth.Dispose();
        _root.Delete(recursive: true);
    }

    [Fact]
    public void A_file_of_the_past_is_as_old_as_its_change_time()
    {
        var path = Write("a.json");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-5)); // which changes the file now

        Assert.InRange(DateTime.UtcNow - Since("a.json", DateTime.UtcNow), TimeSpan.Zero, LongEnough);
        Assert.Equal(
            TimeSpan.FromHours(-5).TotalMinutes,
            (File.GetLastWriteTimeUtc(path) - DateTime.UtcNow).TotalMinutes, 1.0); // untouched
    }

    [Fact]
    public void A_file_ahead_of_the_clock_counts_from_when_it_was_first_seen_so()
    {
        Write("a.json");
        var first = Now;

        Assert.Equal(first, Since("a.json", first));
        Assert.Equal(first, Since("a.json", first + Bound), TimeSpan.FromTicks(1));
        Assert.Equal(first, Since("a.json", first + (2 * Bound)), TimeSpan.FromTicks(1));
    }

    [Fact]
    public void A_clock_that_is_set_back_again_makes_it_count_anew()
    {
        Write("a.json");
        _ = Since("a.json", Now);
        var again = Now - Back;

        Assert.Equal(again, Since("a.json", again));
    }

    [Fact]
    public void A_file_ahead_of_the_clock_that_was_modified_before_counts_from_then()
    {
        var modified = Now - Bound;
        File.SetLastWriteTimeUtc(Write("a.json"), modified);

        Assert.Equal(modified, Since("a.json", Now), TimeSpan.FromTicks(1));
    }

    [Fact]
    public void However_far_it_is_ahead_no_file_is_young_for_longer_than_the_bound_after_it_was_seen() =>
        Gen.Select(Gen.Int[2, 2_000_000], Gen.Int[1, 5]).Sample((backMinutes, looks) =>
        {
            Write("a.json");
            var first = DateTime.UtcNow.AddMinutes(-backMinutes);
            var youngUntil = Enumerable.Range(0, looks).Select(i => Since("a.json", first + (i * Bound / looks))).Max() + Bound;
            return youngUntil <= first + Bound + TimeSpan.FromTicks(1);
        }, iter: 100, threads: 1);

    [Fact]
    public void A_time_that_cannot_be_kept_makes_the_file_old_at_once()
    {
        Write("a.json");
        Assert.Equal(Errno.None, Libc.Status(_auth.Fd, "a.json\0"u8, out var status));
        File.Delete(Path.Combine(_auth.FullPath, "a.json")); // as on a file system that is read-only

        Assert.Equal(DateTime.MinValue, FileAge.Since(_auth.Fd, "a.json\0"u8, status, Now));
    }

    [Fact]
    public void A_pull_that_seems_to_go_on_in_the_future_ends_after_the_longest_pull()
    {
        File.WriteAllText(Path.Combine(InUse, "team-a-0-0.json"), "{}");
        var first = Now;

        Assert.True(PullsUnderWay.Find(_auth, first).IsAny); // it may be under way, as the clock may have been set back just now
        Assert.True(PullsUnderWay.Find(_auth, first + TimeSpan.FromSeconds(599)).IsAny);
        Assert.False(PullsUnderWay.Find(_auth, first + TimeSpan.FromMinutes(10)).IsAny);
        Assert.Equal("{}", File.ReadAllText(Path.Combine(InUse, "team-a-0-0.json")));
    }

    [Fact]
    public void A_pull_of_the_past_is_under_way_for_the_longest_pull()
    {
        File.WriteAllText(Path.Combine(InUse, "team-a-0-0.json"), "{}");

        Assert.True(PullsUnderWay.Find(_auth, DateTime.UtcNow).IsAny);
        Assert.False(PullsUnderWay.Find(_auth, DateTime.UtcNow + TimeSpan.FromMinutes(10)).IsAny);
    }

    [Theory]
    [InlineData("team-a-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.json")]
    [InlineData(".fast-provider-1-1.tmp")]
    public void An_untaken_file_of_the_future_goes_after_its_lifetime(string name)
    {
        var path = Write(name);
        var first = Now;

        Sweep(first);
        Sweep(first + Bound);
        Assert.True(File.Exists(path));
        Sweep(first + Bound + TimeSpan.FromSeconds(1));

        Assert.False(File.Exists(path));
    }

    private void Sweep(DateTime now) => UntakenFiles.Sweep(_auth.FullPath, LockDir, Bound, now, Deadline.After(LongEnough));

    private DateTime Since(string name, DateTime now)
    {
        byte[] nulTerminated = [.. Encoding.ASCII.GetBytes(name), 0];
        Assert.Equal(Errno.None, Libc.Status(_auth.Fd, nulTerminated, out var status));
        return FileAge.Since(_auth.Fd, nulTerminated, status, now);
    }

    private string Write(string name)
    {
        var path = Path.Combine(_auth.FullPath, name);
        File.WriteAllText(path, "{}");
        return path;
    }
}
