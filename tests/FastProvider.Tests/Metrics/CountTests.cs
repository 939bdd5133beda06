using System.Text;
using CsCheck;
using FastProvider.Metrics;
using FastProvider.Pulls;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Tests.Metrics;

/// <summary>The counts themselves: bounded in number, exact with any threads, and without garbage.</summary>
public sealed class CountTests
{
    [Fact]
    public void So_many_namespaces_are_named_and_all_others_count_together()
    {
        var counts = new NamespaceCounts();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 1_000; i++)
            {
                counts.Add(Encoding.ASCII.GetBytes($"team-{i}"), PullOutcome.Written);
            }
        }

        counts.Add("team-0"u8, PullOutcome.Failed);
        counts.Add(default, PullOutcome.Failed);

        var named = Named(counts);
        Assert.Equal(NamespaceCounts.MaxNamed, named.Count);
        Assert.All(named, n => Assert.Equal(2, n.Value[PullOutcome.Written]));
        Assert.Equal(1, named["team-0"][PullOutcome.Failed]);
        Assert.Equal(2 * (1_000 - NamespaceCounts.MaxNamed), counts.Others[PullOutcome.Written]);
        Assert.Equal(1, counts.Others[PullOutcome.Failed]);
    }

    /// <summary>Law: whatever threads add, all of it is counted, each namespace once, and never more than there may be.</summary>
    [Fact]
    public void Threads_lose_nothing() =>
        Gen.Int[0, 299].Array[1, 2_000].Array[4].Sample(names =>
        {
            var counts = new NamespaceCounts();
            Parallel.ForEach(names, some =>
            {
                foreach (var name in some)
                {
                    counts.Add(Encoding.ASCII.GetBytes($"n{name}"), PullOutcome.Written);
                }
            });

            var named = Named(counts); // throws where a name is there twice
            return named.Count <= NamespaceCounts.MaxNamed
                && named.Values.Sum(c => c[PullOutcome.Written]) + counts.Others[PullOutcome.Written] == names.Sum(n => n.Length)
                && named.All(n => n.Value[PullOutcome.Written] <= names.Sum(some => some.Count(i => $"n{i}" == n.Key)));
        }, iter: 200);

    /// <summary>Law: a time counts in the first part whose bound it does not exceed.</summary>
    [Fact]
    public void A_time_counts_below_the_first_bound_that_it_does_not_exceed() =>
        Gen.Long[0, 200_000_000].Sample(us =>
        {
            var histogram = new TimeHistogram();
            histogram.Add(TimeSpan.FromMicroseconds(us));
            var expected = Enumerable.Range(0, TimeHistogram.Bounds).Count(part => TimeHistogram.BoundUs(part) < us);
            return histogram.CountOf(expected) == 1 && histogram.SumUs() == us
                && Enumerable.Range(0, TimeHistogram.Bounds + 1).Sum(part => histogram.CountOf(part)) == 1;
        });

    [Fact]
    public void A_pull_of_a_known_namespace_allocates_nothing()
    {
        var metrics = new AgentMetrics();
        var record = Record();
        for (var i = 0; i < 100; i++)
        {
            metrics.Count(record);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        metrics.Count(record);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(101, metrics.Pulls[PullOutcome.Written]);
    }

    private static Dictionary<string, OutcomeCounts> Named(NamespaceCounts counts) =>
        Enumerable.Range(0, NamespaceCounts.Places).Select(place => counts[place]).OfType<OutcomeCounts>()
            .ToDictionary(c => Encoding.ASCII.GetString(c.Name));

    private static PullRecord Record() => new()
    {
        Outcome = PullOutcome.Written,
        Failure = null,
        Unsought = Unsought.No,
        Request = default,
        Claims = default,
        Registry = null,
        Read = new SecretsRead { Mode = SecretsMode.Namespace, Count = 3 },
        Endpoints = [],
        WrittenPath = "/etc/crio/auth/x",
        AuthDirectory = "/etc/crio/auth",
        IsPrivate = true,
        WaitedInVain = false,
        NothingNamed = null,
        Notices = new SecretNotices(),
        Times = new PhaseTimes(null),
        Total = TimeSpan.FromMilliseconds(3),
    };
}
