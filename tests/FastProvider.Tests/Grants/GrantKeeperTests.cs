using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsCheck;
using FastProvider.Base;
using FastProvider.Grants;
using FastProvider.Native;
using FastProvider.Tests.EndToEnd;
using FastProvider.Tests.Slot;

namespace FastProvider.Tests.Grants;

/// <summary>The keeper of all grants, with its thread, its watch, its bounds and its time.</summary>
public sealed class GrantKeeperTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Lifetime = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _node = Directory.CreateTempSubdirectory("fast-provider-keeper-");

    private readonly GrantKeeper _keeper = new();

    private string AuthDir => Path.Combine(_node.FullName, "auth");

    private string LockDir => Path.Combine(_node.FullName, "run");

    private string FilePath => EndToEnd.AuthFile.PathOf(AuthDir, PullScene.Namespace, PullScene.Image);

    private Crio Crio => new(AuthDir);

    [Fact]
    public void Of_pods_that_start_together_each_pull_finds_its_file() =>
        Gen.Select(Gen.Int[0, 15], Gen.Bool).Array[2, 12].Sample(pods =>
        {
            var hasFile = new bool[pods.Length];
            var threads = pods.Select((pod, i) => new Thread(() =>
            {
                Add($"uid-{i}", pod.Item2 ? "{\"auths\":{}}" : "{\"auths\":{\"a\":{}}}");
                Thread.Sleep(pod.Item1);
                hasFile[i] = SpinWait.SpinUntil(() => Crio.TryTake(PullScene.Image) is not null, Patience);
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            return Array.TrueForAll(hasFile, has => has) && SpinWait.SpinUntil(() => _keeper.Grants == 0, Patience)
                && !File.Exists(FilePath);
        }, iter: 20, threads: 1);

    [Fact]
    public void The_directory_is_watched_also_where_the_first_run_made_it()
    {
        Assert.False(Directory.Exists(AuthDir));

        Add("uid-1");

        Assert.True(IsWatched());
        Directory.Delete(AuthDir, recursive: true);
        Add("uid-2");
        Assert.True(IsWatched());
        Assert.True(File.Exists(FilePath));
    }

    [Fact]
    public void A_grant_is_not_as_old_as_the_rest_before_it()
    {
        var lifetime = TimeSpan.FromSeconds(2);
        Thread.Sleep(lifetime + TimeSpan.FromMilliseconds(100)); // nobody asked for so long
        var age = Stopwatch.StartNew();

        Add("uid-1", lifetime: lifetime);

        Assert.True(SpinWait.SpinUntil(() => _keeper.Grants == 0, Patience));
        Assert.True(age.Elapsed > lifetime - TimeSpan.FromMilliseconds(100), $"It ended after {age.Elapsed}.");
        Assert.Equal(1, _keeper.Counts.ExpiredTotal);
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public void A_lifetime_does_not_run_while_a_pull_is_under_way()
    {
        var pull = PullOfAnotherImage();
        var lifetime = TimeSpan.FromSeconds(1);
        Add("uid-1", lifetime: lifetime);

        Assert.True(SpinWait.SpinUntil(() => _keeper.OldestAge > lifetime * 3, Patience));
        Assert.Equal(1, _keeper.Grants);
        Assert.True(File.Exists(FilePath));

        File.Delete(pull);
        Assert.True(SpinWait.SpinUntil(() => _keeper.Grants == 0, Patience));
        Assert.False(File.Exists(FilePath));
    }

    [Fact]
    public async Task A_run_that_finds_nothing_waits_for_the_pulls_of_others_and_leaves_no_file()
    {
        var pull = PullOfAnotherImage(); // the pulls of this one may stand behind it
        Add("uid-1", "{\"auths\":{\"a\":{}}}");
        Add("uid-2");
        var withdrawn = Task.Run(() => _keeper.Withdraw(Name(), "uid-1", Lifetime, Deadline.After(Patience)));

        Assert.True(SpinWait.SpinUntil(() => _keeper.Grants == 1, Patience));
        Assert.False(withdrawn.IsCompleted);
        Assert.NotNull(Crio.TryTake(PullScene.Image)); // that of uid-2 was there still, and it pulled

        Assert.Equal(GrantOutcome.Kept, (await withdrawn).Outcome);
        Assert.Equal(0, _keeper.Grants);
        Assert.False(File.Exists(FilePath));
        File.Delete(pull);
    }

    [Theory]
    [InlineData("uid-1", 1)]
    [InlineData("", 2)]
    public void A_run_that_finds_nothing_ends_no_grant_of_another_pod_that_is_known(string pod, int left)
    {
        Add("");
        Add("uid-1");
        Add("uid-2");

        Assert.Equal(GrantOutcome.Kept, _keeper.Withdraw(Name(), pod, Lifetime, Deadline.After(Patience)).Outcome);

        Assert.Equal(left, _keeper.Grants);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(FilePath), Patience)); // a pull of uid-2 finds it again
    }

    [Fact]
    public void There_are_ten_thousand_grants_and_a_pod_that_asks_again_needs_none()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(GrantOutcome.Kept, Add($"uid-{i % 5000}", image: $"{i / 5000}").Outcome);
        }

        Assert.Equal(10_000, _keeper.Grants);
        Assert.Equal(GrantOutcome.Full, Add("uid-5000", image: "0").Outcome);
        Assert.Equal(GrantOutcome.Full, Add("", image: "2").Outcome);
        Assert.False(File.Exists(PathOf("2")));
        Assert.Equal(GrantOutcome.Kept, Add("uid-17", "{\"auths\":{\"new\":{}}}", image: "1").Outcome);
        Assert.Equal(10_000, _keeper.Grants);
        Assert.Equal("{\"auths\":{\"new\":{}}}", File.ReadAllText(PathOf("1")));
    }

    [Fact]
    public void Contents_take_sixteen_megabytes_at_most_and_those_that_are_the_same_are_kept_once()
    {
        var mebibyte = new string('x', 1 << 20);
        string Content(int number) => string.Concat($"{number:00}", mebibyte.AsSpan(2));
        for (var i = 0; i < 16; i++)
        {
            Assert.Equal(GrantOutcome.Kept, Add($"uid-{i}", Content(i)).Outcome);
        }

        Assert.Equal(GrantOutcome.Full, Add("uid-16", "y").Outcome);
        Assert.Equal(GrantOutcome.Kept, Add("uid-16", Content(15)).Outcome);
        Assert.Equal(17, _keeper.Grants);
        for (var left = 16; left >= 15; left--)
        {
            Assert.Equal(GrantOutcome.Full, Add("uid-17", "y").Outcome);
            Assert.True(SpinWait.SpinUntil(() => Crio.TryTake(PullScene.Image) is not null, Patience));
            Assert.True(SpinWait.SpinUntil(() => _keeper.Grants == left, Patience));
        }

        Assert.Equal(GrantOutcome.Kept, Add("uid-17", "y").Outcome);
    }

    [Fact]
    public void At_its_end_the_file_stays_and_the_turn_is_free()
    {
        using (var keeper = new GrantKeeper())
        {
            var answer = keeper.Add(Name(), "uid-1", "{}"u8, Lifetime, Deadline.After(Patience));
            Assert.Equal(GrantOutcome.Kept, answer.Outcome);
            Assert.Null(HeldLock.TryTake(Assert.Single(Directory.GetFiles(LockDir))));
        }

        Assert.True(File.Exists(FilePath));
        // A process that another test starts has the descriptor, too, until it runs its program.
        var path = Assert.Single(Directory.GetFiles(LockDir));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                using var turn = HeldLock.TryTake(path);
                return turn is not null;
            }, Patience));
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _node.Delete(recursive: true);
    }

    private GrantAnswer Add(string pod, string content = "{\"auths\":{}}", TimeSpan? lifetime = null, string? image = null)
    {
        var answer = _keeper.Add(
            Name(image), pod, Encoding.UTF8.GetBytes(content), lifetime ?? Lifetime, Deadline.After(Patience));
        Assert.Null(answer.Failure);
        return answer;
    }

    /// <returns>Where its file is in use.</returns>
    private string PullOfAnotherImage()
    {
        const string image = "registry.invalid/other";
        Assert.Equal(GrantOutcome.Kept, Add("uid-0", image: "other").Outcome);
        var taken = Crio.TryTake(image);
        Assert.NotNull(taken);
        Assert.True(SpinWait.SpinUntil(() => _keeper.Grants == 0, Patience));
        return taken;
    }

    private GrantSlotName Name(string? image = null) =>
        new(AuthDir, Path.GetFileName(image is null ? FilePath : PathOf(image)), LockDir);

    private string PathOf(string image) => EndToEnd.AuthFile.PathOf(AuthDir, PullScene.Namespace, $"registry.invalid/{image}");

    /// <summary>proc_pid_fdinfo(5) says what is watched, by the inode in hexadecimal digits.</summary>
    private bool IsWatched()
    {
        Assert.Equal(Errno.None, Libc.Status(Libc.AT_FDCWD, FileBytes.NulTerminated(AuthDir), out var status));
        var watched = string.Create(CultureInfo.InvariantCulture, $" ino:{status.Inode:x} ");
        return Directory.GetFiles("/proc/self/fdinfo").Any(path =>
        {
            try
            {
                return File.ReadLines(path).Any(line =>
                    line.StartsWith("inotify ", StringComparison.Ordinal) && line.Contains(watched, StringComparison.Ordinal));
            }
            catch (IOException)
            {
                return false; // closed by another test
            }
        });
    }
}
