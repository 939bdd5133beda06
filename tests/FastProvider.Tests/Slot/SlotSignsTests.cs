using CsCheck;
using FastProvider.AuthFile;

namespace FastProvider.Tests.Slot;

/// <summary>The laws of the wait, on the signs alone: no files, no clock.</summary>
public sealed class SlotSignsTests
{
    private static readonly DateTime Now = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Dense around now, so that each rule's edges are met; also times ahead of the clock.
    private static readonly Gen<DateTime> Time = Gen.OneOf(
        Gen.Int[-700, 50].Select(ms => Now.AddMilliseconds(ms)), Gen.Int[-20_000, 5_000].Select(ms => Now.AddMilliseconds(ms)),
        Gen.Const(DateTime.MinValue));

    private static readonly Gen<SlotSigns> Signs = Gen.Select(Time, Time, Time, Gen.Bool, Time, Gen.Bool,
        (since, written, pull, isAny, inVain, hasInVain) => new SlotSigns(
            since < written ? since : written, written, new PullsUnderWay(isAny, pull), hasInVain ? inVain : null));

    [Fact]
    public void Without_a_pull_under_way_no_wait_is_longer_than_the_quiet_and_the_clocks_tolerance() => Signs.Sample(signs =>
        signs.Pulls.IsAny || Left(signs) <= TimeSpan.FromSeconds(1.5));

    [Fact]
    public void Only_a_pull_under_way_is_waited_for_without_an_end() => Signs.Sample(signs =>
        Left(signs) is not null || signs.Pulls.IsAny);

    [Fact]
    public void A_pull_under_way_is_waited_for_unless_a_wait_was_in_vain_since_it_began() => Signs.Sample(IsWaitedForOrInVain);

    [Fact]
    public void A_file_ahead_of_the_clock_does_not_end_the_memory_of_a_wait_in_vain()
    {
        var ahead = new SlotSigns(
            Now.AddSeconds(1), Now.AddSeconds(1), new PullsUnderWay(true, Now.AddSeconds(-7)), Now.AddSeconds(-1));

        Assert.NotNull(Left(ahead));
        Assert.True(IsWaitedForOrInVain(ahead));
        // just within the tolerance: a sign
        Assert.Null(Left(ahead with { UntakenSince = Now.AddTicks(TimeSpan.TicksPerSecond - 1) }));
    }

    [Fact]
    public void A_file_just_written_into_a_free_slot_is_waited_for() =>
        Time.Select(Time, Gen.Bool).Sample((pull, inVain, isAny) =>
            inVain >= Now || Left(new SlotSigns(Now, Now, new PullsUnderWay(isAny, pull), inVain)) is null or { Ticks: > 0 });

    [Fact]
    public void After_a_wait_in_vain_nobody_waits_longer_than_a_moment_until_a_pull_is_seen() => Signs.Sample(signs =>
    {
        var hopeless = signs with
        {
            UntakenSince = Now.AddSeconds(-3),
            Pulls = signs.Pulls with { LastChange = Now.AddSeconds(-4) },
            InVainAt = Now.AddSeconds(-2)
        };
        return Left(hopeless with { WrittenAt = Now }) <= TimeSpan.FromMilliseconds(100)
            && Left(hopeless with { WrittenAt = Now, Pulls = new PullsUnderWay(true, Now) }) is null
            && Left(hopeless with { WrittenAt = Now, UntakenSince = Now }) is null or { Milliseconds: 500 };
    });

    [Theory]
    [InlineData(9_999, 100)]
    [InlineData(10_000, 500)]
    public void Ten_seconds_later_it_is_forgotten(int sinceMs, int leftMs) => Assert.Equal(
        TimeSpan.FromMilliseconds(leftMs), Left(new SlotSigns(Now.AddSeconds(-20), Now, default, Now.AddMilliseconds(-sinceMs))));

    [Fact]
    public void Waiting_only_makes_what_is_left_shorter() => Signs.Select(Gen.Int[1, 20_000]).Sample((signs, laterMs) =>
    {
        // But for the end of the memory, after which a wait is whole again, and times ahead of the clock, which begin to count.
        var later = Now.AddMilliseconds(laterMs);
        if (signs.InVainAt is not null || signs.WrittenAt > Now || signs.Pulls.LastChange > Now || Left(signs) is not { } left)
        {
            return true;
        }

        return signs.WaitLeft(later, out _) <= left;
    });

    [Fact]
    public void Twelve_starts_from_the_cache_wait_less_than_a_second_in_all()
    {
        var since = Now;
        var clock = Now;
        var written = Now;
        DateTime? inVain = null;
        for (var run = 2; run <= 12; run++)
        {
            clock += new SlotSigns(since, written, default, inVain).WaitLeft(clock, out var isInRush)!.Value;
            inVain = isInRush ? inVain : clock;
            written = clock;
        }

        // the runs themselves take time, too
        Assert.InRange(clock - Now, TimeSpan.FromMilliseconds(675), TimeSpan.FromMilliseconds(750));
    }

    // A time from a second ahead of the clock on was written before the clock was set back: it is no sign that a pull took
    // anything.
    private static bool IsWaitedForOrInVain(SlotSigns signs) =>
        !signs.Pulls.IsAny
            || Left(signs) is null
            || signs.InVainAt >= signs.UntakenSince
            || signs.UntakenSince - Now >= TimeSpan.FromSeconds(1);

    private static TimeSpan? Left(SlotSigns signs) => signs.WaitLeft(Now, out _);
}
