using System.Text;
using FastProvider.Base;
using FastProvider.Commands.Stats;
using FastProvider.Pulls;

namespace FastProvider.Tests.Commands.Stats;

public sealed class PullStatisticsTests
{
    [Fact]
    public void Outcomes_and_causes_are_counted_by_their_words_and_new_words_as_others()
    {
        var causes = Enum.GetValues<FailureCause>().Skip(1).ToArray();
        var statistics = Count(
        [
            .. Enum.GetValues<PullOutcome>().SkipLast(1).Select(o => Export.Pull(Encoding.ASCII.GetString(o.Word()))),
            .. causes.Select(c => Export.Pull("failed", ("FAST_PROVIDER_CAUSE", Encoding.ASCII.GetString(c.Word())))),
            Export.Pull("failed", ("FAST_PROVIDER_CAUSE", "of-tomorrow")),
            Export.Pull("of-tomorrow", ("FAST_PROVIDER_CAUSE", "forbidden")),
        ]);

        Assert.All(causes, cause => Assert.Equal(1, statistics[cause]));
        Assert.Equal(2, statistics[FailureCause.None]); // one has no cause at all
        Assert.Equal([1, 1, 1, 1, causes.Length + 2, 1], Enum.GetValues<PullOutcome>().Select(o => statistics[o]));
        Assert.Equal(Enum.GetValues<PullOutcome>().Sum(o => statistics[o]), statistics.Pulls);
    }

    [Fact]
    public void What_does_not_say_what_it_should_is_counted_apart()
    {
        var statistics = Count(
            Export.Pull("written"),
            Export.Entry(("__REALTIME_TIMESTAMP", "1"), ("SYSLOG_IDENTIFIER", "fast-provider"), ("MESSAGE", "a line of old")),
            Export.Pull(""),
            Export.Pull("written").Replace("SCHEMA=1", "SCHEMA=2", StringComparison.Ordinal),
            Export.Pull("written").Replace("SCHEMA=1", "SCHEMA=1.1", StringComparison.Ordinal),
            Export.Pull("written").Replace("SCHEMA=1", "SCHEMA=-1", StringComparison.Ordinal),
            Export.Pull("written").Replace("_UID=0", "_UID=1000", StringComparison.Ordinal),
            Export.Pull("written").Replace("=fast-provider", "=slow-provider", StringComparison.Ordinal),
            Export.Pull("written").Replace("__REALTIME_TIMESTAMP=", "__REALTIME_TIMESTAMP=x", StringComparison.Ordinal));

        Assert.Equal(
            (1, 2, 3, 1, 2),
            (statistics.Pulls, statistics.WithoutFields, statistics.OtherSchema, statistics.NotOfRoot, statistics.Foreign));
    }

    [Fact]
    public void Only_the_window_counts()
    {
        var start = new DateTime(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);
        var statistics = new PullStatistics(Export.MicrosecondsOf(start));
        Add(statistics,
            Export.PullAt(start.AddMicroseconds(-1), "none"), Export.PullAt(start.AddHours(2), "written"),
            Export.PullAt(start, "written"),
            Export.PullAt(start.AddDays(-1), "written").Replace("_UID=0", "_UID=7", StringComparison.Ordinal));

        Assert.Equal((2, 2, 0), (statistics.Pulls, statistics[PullOutcome.Written], statistics.NotOfRoot));
        Assert.Equal((start, start.AddHours(2)), (statistics.First, statistics.Last));
        Assert.Equal((null, null), (Count().First, Count().Last));
    }

    [Theory]
    [InlineData("0", 1, 0)]
    [InlineData("9223372036854775807", 1, long.MaxValue)]
    [InlineData("9223372036854775808", 0, 0)]
    [InlineData("-1", 0, 0)]
    [InlineData("1.5", 0, 0)]
    [InlineData("1 ", 0, 0)]
    [InlineData("", 0, 0)]
    public void A_number_is_one_or_is_not_there(string text, int count, long largest)
    {
        var total = Count(Export.Pull("written", ("FAST_PROVIDER_TOTAL_US", text)))[PullField.Total];
        Assert.Equal((count, largest), (total.Count, total.Max));
    }

    [Fact]
    public void A_bar_ends_with_its_bound()
    {
        var bounds = PullStatistics.TimeBounds;
        var times = bounds.SelectMany(b => new[] { b, b + 1 }).Prepend(0);
        var statistics = Count([.. times.Select(t => Export.Pull("written", ("FAST_PROVIDER_TOTAL_US", $"{t}")))]);

        Assert.Equal([.. Enumerable.Repeat(2L, bounds.Length), 1], statistics.TotalTimes.ToArray());
    }

    [Fact]
    public void Waits_warnings_tries_beyond_the_first_and_consistent_reads_are_counted()
    {
        var statistics = Count(
            Export.Pull("written", ("FAST_PROVIDER_WAITED_IN_VAIN", "1"), ("FAST_PROVIDER_API_TRIES", "4")),
            Export.Pull("written", ("FAST_PROVIDER_WARNINGS", "3")),
            Export.Pull("written", ("FAST_PROVIDER_WARNINGS", "0"), ("FAST_PROVIDER_API_TRIES", "1")),
            Export.Pull("none", ("FAST_PROVIDER_API_TRIES", "0"), ("FAST_PROVIDER_CONSISTENT_READS", "1")),
            Export.Pull("none", ("FAST_PROVIDER_API_TRIES", "1"), ("FAST_PROVIDER_CONSISTENT_READS", "1")),
            Export.Pull("none", ("FAST_PROVIDER_API_TRIES", "1"), ("FAST_PROVIDER_CONSISTENT_READS", "0")));

        Assert.Equal(
            (1, 1, 3, 2),
            (statistics.WaitedInVain, statistics.WithWarnings, statistics.ApiRetries, statistics.ConsistentReads));
    }

    [Fact]
    public void Namespaces_have_a_bound_and_what_is_beyond_is_counted_together()
    {
        static string Failure(string name) =>
            Export.Pull("failed", ("FAST_PROVIDER_CAUSE", "forbidden"), ("FAST_PROVIDER_NAMESPACE", name));
        var statistics = Count([
            Failure("b"), Failure("a"), Failure("c"), Failure("c"), Export.Pull("written", ("FAST_PROVIDER_NAMESPACE", "d")),
            Export.Pull("failed"), .. Enumerable.Range(0, 1500).Select(i => Failure($"z{i}")), Failure("a"), Failure("b")]);

        Assert.Equal(["a 2", "b 2", "c 2"], statistics.Namespaces.Take(3).Select(t => $"{t.Name} {t.Count}"));
        Assert.Equal(1000, statistics.Namespaces.Count);
        Assert.Equal(statistics[FailureCause.Forbidden], statistics.Namespaces.Sum(t => t.Count) + statistics.FailuresElsewhere);
    }

    [Fact]
    public void Ten_thousand_pulls_make_no_garbage()
    {
        var entry = Encoding.UTF8.GetBytes(Export.Pull("written", [
            .. Enumerable.Range(0, 30).Select(i => ($"OTHER_{i}", new string('x', 60))),
            .. Enum.GetValues<PullField>().Where(f => f >= PullField.Request).Select(f => (Export.NameOf(f), "4711"))]));
        var (reader, statistics) = (new JournalExportReader(), new PullStatistics(0));
        Read(reader, statistics, entry);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i < 10_000; i++)
        {
            Read(reader, statistics, entry);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal((10_000, 10_000), (statistics.Pulls, statistics[PullField.SecretsRead].Count));
    }

    private static PullStatistics Count(params string[] entries)
    {
        var statistics = new PullStatistics(0);
        Add(statistics, entries);
        return statistics;
    }

    private static void Add(PullStatistics statistics, params string[] entries) =>
        Read(new JournalExportReader(), statistics, Encoding.UTF8.GetBytes(string.Concat(entries)));

    private static void Read(JournalExportReader reader, PullStatistics statistics, ReadOnlySpan<byte> bytes)
    {
        while (reader.ReadEntry(ref bytes))
        {
            statistics.Add(reader);
        }
    }
}
