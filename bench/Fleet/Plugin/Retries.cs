using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Bench.Fleet.Plugin;

/// <summary>How long a run waits after a 429 until it asks again.</summary>
/// <param name="retryAfter">What the API server says.</param>
/// <returns>Null if the run gives up.</returns>
internal delegate TimeSpan? WaitAfterRejection(TimeSpan retryAfter);

/// <summary>The rules by which the contenders ask again.</summary>
internal static class Retries
{
    private const int TooManyRequests = 429;

    /// <summary>The plugin's own code.</summary>
    public static WaitAfterRejection OfPlugin(TimeSpan budget, Patience patience)
    {
        var policy = new RetryPolicy(Deadline.After(budget), patience);
        return retryAfter => policy.WaitAfter(TooManyRequests, retryAfter) ? Timeline.Current.LastSleep : null;
    }

    /// <summary>The same rule, told a Retry-After that is longer by a random part of it, this at most.</summary>
    public static WaitAfterRejection Spread(WaitAfterRejection rule, double part) =>
        retryAfter => rule(retryAfter * (1 + part * Timeline.Current.Random.NextDouble()));

    /// <summary>The same rule, told no Retry-After, so that it waits as after a broken connection.</summary>
    public static WaitAfterRejection Deaf(WaitAfterRejection rule) => _ => rule(TimeSpan.Zero);

    /// <summary>What the Go provider has from client-go: it obeys the API server, so many times.</summary>
    public static WaitAfterRejection OfClientGo()
    {
        var tries = 0;
        return retryAfter => tries++ < Costs.ClientGoRetries ? retryAfter : null;
    }
}
