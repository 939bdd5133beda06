namespace FastProvider.Bench.Fleet.Server;

/// <summary>What is asked, and what it takes.</summary>
/// <param name="Seats">Of the priority level, while it is executed.</param>
/// <param name="Cpu">Of the API server.</param>
/// <param name="Wait">How long it waits for the store before that, by the time at which it begins.</param>
internal sealed record RequestKind(int Seats, TimeSpan Cpu, Func<TimeSpan, TimeSpan> Wait)
{
    /// <summary>A LIST with resourceVersion=0: the cache answers at once.</summary>
    public static RequestKind CachedList { get; } = new(Costs.ListSeats, Costs.CachedListCpu, _ => TimeSpan.Zero);

    /// <summary>A LIST without resourceVersion: the cache must first have caught up with the store.</summary>
    public static RequestKind ConsistentList { get; } = new(Costs.ListSeats, Costs.ConsistentListCpu, UntilNextTick);

    /// <summary>Consistent, too.</summary>
    public static RequestKind GoList { get; } = new(Costs.ListSeats, Costs.GoListCpu, UntilNextTick);

    public static RequestKind Get { get; } = new(Costs.GetSeats, Costs.GetCpu, _ => Costs.StoreWait);

    private static TimeSpan UntilNextTick(TimeSpan now) =>
        Costs.CacheTick - TimeSpan.FromTicks(now.Ticks % Costs.CacheTick.Ticks);
}
