using CsCheck;
using FastProvider.Bench.Fleet.Server;

namespace FastProvider.Bench.Fleet.Tests;

/// <summary>What API priority and fairness promises, of a priority level alone.</summary>
public sealed class PriorityLevelLawTests
{
    private const int ManyCores = 1_000;

    private static readonly TimeSpan Service = TimeSpan.FromMilliseconds(100), LongWait = TimeSpan.FromMinutes(10);

    private static readonly RequestKind OneSeat = new(1, Service, _ => TimeSpan.Zero);

    /// <summary>
    /// Before a lone request come, at the most, those that have seats, and of each queue of the other flow one. All of them have
    /// the same service time, and there are more seats than such queues.
    /// </summary>
    [Fact]
    public void A_flow_alone_does_not_wait_for_what_others_have_queued() =>
        Gen.Select(Gen.Int[Costs.HandSize + 1, 40], Gen.Int[1, 600], Gen.Int[1, 1_000], Gen.Int[0, 250]).Sample(
            (seats, others, flow, arrivesMs) =>
            {
                var timeline = new Timeline(seed: 1);
                var level = new PriorityLevel(timeline, new Processor(timeline, ManyCores), seats, Costs.WorkloadLowQueues);
                for (var i = 0; i < others; i++)
                {
                    timeline.At(TimeSpan.Zero, () => level.Arrive(new Request(OneSeat, flow: 0, LongWait, _ => { })));
                }

                var arrivesAt = TimeSpan.FromMilliseconds(arrivesMs);
                var servedAt = TimeSpan.MaxValue;
                timeline.At(arrivesAt, () => level.Arrive(new Request(OneSeat, flow, LongWait, rejected =>
                    servedAt = rejected is null ? timeline.Now : TimeSpan.MaxValue)));
                timeline.Run();
                Assert.True(servedAt - arrivesAt <= Service * 3, $"It took {servedAt - arrivesAt}.");
            });

    [Fact]
    public void A_flow_has_its_seats_and_its_queues_and_no_more() => Gen.Int[1, 50].Sample(seats =>
    {
        var timeline = new Timeline(seed: 1);
        var level = new PriorityLevel(timeline, new Processor(timeline, ManyCores), seats, Costs.WorkloadLowQueues);
        var room = seats + Costs.HandSize * Costs.QueueLength;
        for (var i = 0; i < room + 7; i++)
        {
            timeline.At(TimeSpan.Zero, () => level.Arrive(new Request(OneSeat, flow: 3, LongWait, _ => { })));
        }

        timeline.Run();
        Assert.Equal((room, 7, seats), (level.Served, level.Rejected, level.MostSeatsInUse));
    });

    [Fact]
    public void Who_waits_for_too_long_is_rejected_at_that_time()
    {
        var timeline = new Timeline(seed: 1);
        var level = new PriorityLevel(timeline, new Processor(timeline, ManyCores), seats: 1, Costs.WorkloadLowQueues);
        var wait = Service / 2;
        var rejectedAt = TimeSpan.Zero;
        level.Arrive(new Request(OneSeat, flow: 1, wait, _ => { }));
        level.Arrive(new Request(OneSeat, flow: 2, wait, _ => rejectedAt = timeline.Now));
        timeline.Run();
        Assert.Equal((1, 1, wait + Costs.RejectionCpu), (level.Served, level.Rejected, rejectedAt));
    }

    [Fact]
    public void Who_leaves_its_queue_takes_no_seat()
    {
        var timeline = new Timeline(seed: 1);
        var level = new PriorityLevel(timeline, new Processor(timeline, ManyCores), seats: 1, Costs.WorkloadLowQueues);
        var second = new Request(OneSeat, flow: 1, LongWait, _ => Assert.Fail("It has gone."));
        level.Arrive(new Request(OneSeat, flow: 1, LongWait, _ => { }));
        level.Arrive(second);
        var servedAt = TimeSpan.Zero;
        level.Arrive(new Request(OneSeat, flow: 1, LongWait, _ => servedAt = timeline.Now));
        level.Abandon(second);
        timeline.Run();
        Assert.Equal((2, 1, Service * 2), (level.Served, level.Abandoned, servedAt));
    }

    [Fact]
    public void Retry_After_grows_while_requests_are_rejected_and_sinks_when_hardly_any_are()
    {
        var hint = new RetryAfterHint();
        Assert.Equal(Costs.FirstRetryAfter, hint.Value);
        var highest = TimeSpan.Zero;
        for (var at = TimeSpan.Zero; at < TimeSpan.FromMinutes(3); at += Service)
        {
            hint.Reject(at);
            Assert.InRange(hint.Value, Costs.FirstRetryAfter, Costs.LongestRetryAfter);
            Assert.True(hint.Value >= highest);
            highest = hint.Value;
        }

        Assert.Equal(Costs.LongestRetryAfter, highest);
        for (var at = TimeSpan.FromMinutes(10); at < TimeSpan.FromHours(2); at += TimeSpan.FromMinutes(1))
        {
            hint.Reject(at);
        }

        Assert.Equal(Costs.FirstRetryAfter, hint.Value);
    }
}
