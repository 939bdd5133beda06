using System.Diagnostics;
using CsCheck;
using FastProvider.Grants;

namespace FastProvider.Tests.Grants;

/// <summary>How long runs wait for the pulls of runs before them, on a clock of the test's own.</summary>
public sealed class ExpectedPullsTests
{
    private readonly ExpectedPulls _pulls = new();

    private double _nowMs = 1000;

    private long Now => (long)(_nowMs / 1000 * Stopwatch.Frequency);

    [Fact]
    public void Nobody_waits_where_no_run_was_answered() => Assert.Equal(0, AnswerMs());

    [Fact]
    public void A_run_waits_for_the_pull_of_the_run_before_and_no_longer()
    {
        AnswerMs();

        Assert.Equal(20, AnswerMs((20, _pulls.Come)));
        Assert.Equal(60, AnswerMs((60, _pulls.Come)));
    }

    [Fact]
    public void Twelve_starts_from_the_cache_wait_a_fifth_of_a_second_in_all()
    {
        var begunMs = _nowMs;
        int[] waitsMs = [.. Enumerable.Range(0, 12).Select(_ => AnswerMs())];

        Assert.Equal([0, 100, 50, 25, 13, 7], waitsMs[..6]);
        Assert.InRange(_nowMs - begunMs, 195, 210);
    }

    [Fact]
    public void After_a_pull_that_came_the_first_wait_in_vain_shortens_nothing()
    {
        AnswerMs();
        Assert.Equal(100, AnswerMs());

        Assert.Equal(5, AnswerMs((5, _pulls.Come)));

        Assert.Equal(100, AnswerMs());
        Assert.Equal(100, AnswerMs());
        Assert.Equal(50, AnswerMs());
    }

    /// <summary>
    /// The pull of the run before comes late, when the next run was answered already: that one's is still to come.
    /// </summary>
    [Fact]
    public void A_pull_that_comes_late_is_not_taken_for_the_next()
    {
        AnswerMs(); // starts from the cache
        AnswerMs(); // its pull comes after 60 ms
        Assert.Equal(50, AnswerMs()); // its pull comes after 40 ms

        Assert.Equal(40, AnswerMs((10, _pulls.Come), (40, _pulls.Come)));
    }

    [Fact]
    public void Runs_that_come_one_by_one_do_not_wait_and_learn_nothing()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(0, AnswerMs());
            _nowMs += 101;
        }

        AnswerMs();
        Assert.Equal(100, AnswerMs());
    }

    /// <summary>
    /// Whichever runs start from the cache, and however long each pull takes to come: if it comes within the time that is waited
    /// for it, no other pull is on its way just then.
    /// </summary>
    [Fact]
    public void No_pull_that_comes_in_time_meets_another() =>
        Gen.Select(Gen.Int[1, 49], Gen.Frequency((4, Gen.Const(true)), (1, Gen.Const(false)))).Array[2, 12].Where(HasNoTwoStarts)
            .Sample(runs =>
            {
                var pulls = new ExpectedPulls();
                var comesAtMs = new List<int>();
                var nowMs = 0;
                foreach (var (gapMs, doesPull) in runs)
                {
                    for (; pulls.AreAtHand(At(nowMs)); nowMs++)
                    {
                        if (comesAtMs.Remove(nowMs))
                        {
                            pulls.Come(At(nowMs));
                        }
                    }

                    if (comesAtMs.Count > 0)
                    {
                        return false;
                    }

                    pulls.Add(At(nowMs));
                    if (doesPull)
                    {
                        comesAtMs.Add(nowMs + gapMs);
                    }
                }

                return true;
            });

    /// <summary>Of three starts in a row the third is waited for too short a time.</summary>
    private static bool HasNoTwoStarts((int GapMs, bool DoesPull)[] runs) =>
        runs.Zip(runs.Skip(1)).All(pair => pair.First.DoesPull || pair.Second.DoesPull);

    private static long At(int ms) => ms * Stopwatch.Frequency / 1000;

    /// <summary>A run comes, waits and is answered.</summary>
    /// <param name="meanwhile">What happens while it waits, and when.</param>
    /// <returns>How many milliseconds it waited.</returns>
    private int AnswerMs(params (int AfterMs, Action<long> Happens)[] meanwhile)
    {
        var waitedMs = 0;
        while (_pulls.AreAtHand(Now))
        {
            (_nowMs, waitedMs) = (_nowMs + 1, waitedMs + 1);
            foreach (var (_, happens) in meanwhile.Where(m => m.AfterMs == waitedMs))
            {
                happens(Now);
            }
        }

        _pulls.Add(Now);
        return waitedMs;
    }
}
