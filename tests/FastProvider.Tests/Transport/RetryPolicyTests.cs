using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>When a server is asked again.</summary>
public sealed class RetryPolicyTests
{
    /// <summary>The runs of a node that were all refused at once do not come back at once.</summary>
    [Fact]
    public void The_first_wait_is_a_tenth_of_a_second_more_or_less_for_each_run()
    {
        var waits = new TimeSpan[16];
        Parallel.For(0, waits.Length, new ParallelOptions { MaxDegreeOfParallelism = waits.Length }, i =>
        {
            var policy = new RetryPolicy(Deadline.After(TimeSpan.FromMinutes(1)));
            Assert.True(policy.WaitAfter(503, retryAfter: null));
            waits[i] = policy.Waited;
        });

        Assert.All(waits, wait => Assert.InRange(wait, TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(150)));
        Assert.InRange(waits.Max() - waits.Min(), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100));
    }
}
