namespace FastProvider.Tests.ApiServer;

/// <summary>Which reads of Secrets the API server answers while its watch cache is being filled.</summary>
public enum CacheState
{
    /// <summary>All.</summary>
    Filled,

    /// <summary>Those that ask the store: no LIST with <c>resourceVersion=0</c>.</summary>
    Filling,

    /// <summary>
    /// GETs alone. So it is since consistent LISTs come from the cache, too (Kubernetes 1.31, storage/cacher/delegator.go): with
    /// a field selector they are not handed on to the store.
    /// </summary>
    FillingForEveryList,
}

/// <summary>
/// What reads with <c>resourceVersion=0</c> are answered from. It is as new as the store, unless a test lets it lag.
/// </summary>
public sealed class WatchCache
{
    private readonly IReadOnlyDictionary<string, IEnumerable<Secret>> _store;
    private volatile IReadOnlyDictionary<string, IEnumerable<Secret>> _seen;

    internal WatchCache(IReadOnlyDictionary<string, IEnumerable<Secret>> store) => _seen = _store = store;

    public CacheState State { get; set; }

    /// <summary>From now on changes reach the store alone.</summary>
    public void Lag() => _seen = new Dictionary<string, IEnumerable<Secret>>(_store);

    /// <summary>It has seen all of the store again, and goes on to.</summary>
    public void CatchUp() => _seen = _store;

    internal IEnumerable<Secret> SecretsOf(string @namespace) => _seen.GetValueOrDefault(@namespace) ?? [];

    internal bool Refuses(bool isConsistent) =>
        isConsistent ? State is CacheState.FillingForEveryList : State is not CacheState.Filled;
}
