using FastProvider.Bench.Fleet.Plugin;
using FastProvider.Bench.Fleet.Server;
using FastProvider.Transport;

namespace FastProvider.Bench.Fleet;

/// <summary>A credential provider, and how it reads Secrets.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Steps">
/// What it asks. The requests of a step are sent together; the API server answers one after the other.
/// </param>
/// <param name="Budget">After this time a run gives up.</param>
/// <param name="Retry">Makes the rule by which a run asks again.</param>
internal sealed record Contender(
    string Name, RequestKind[][] Steps, TimeSpan Budget, Func<WaitAfterRejection> Retry)
{
    public static Contender GoProvider { get; } = new(
        "Go provider", [[RequestKind.GoList]], Costs.KubeletPatience, Retries.OfClientGo);

    /// <summary>Two types of Secrets, a LIST for each.</summary>
    public static Contender Namespace { get; } =
        OfPlugin("namespace", [[RequestKind.CachedList, RequestKind.CachedList]]) with { StartsOver = true };

    /// <summary>
    /// The mirror needs no credentials, and no Secret is for it. So the store is asked as well (NamespaceSecrets.Fetch).
    /// </summary>
    public static Contender NamespaceInVain { get; } = OfPlugin(
        "namespace, no Secret matches",
        [[RequestKind.CachedList, RequestKind.CachedList], [RequestKind.ConsistentList, RequestKind.ConsistentList]])
        with { StartsOver = true, NeedsCredentials = false };

    public static Contender Annotation { get; } = OfPlugin("annotation", [[RequestKind.Get]]);

    /// <summary>The pod, and then the Secret that it names.</summary>
    public static Contender Pod { get; } = OfPlugin("pod", [[RequestKind.Get], [RequestKind.Get]], isNode: true);

    public static IReadOnlyList<Contender> All { get; } =
    [
        GoProvider,
        Namespace, Namespace.WithAgent(), NamespaceInVain,
        Annotation, Annotation.WithAgent(),
        Pod, Pod.WithAgent(),
    ];

    /// <summary>After a rejection all requests of the step are sent again, those that were answered too.</summary>
    public bool StartsOver { get; private init; }

    /// <summary>The node asks, not the ServiceAccount of the pod.</summary>
    public bool IsNode { get; private init; }

    /// <summary>Connections are kept for the next pull.</summary>
    public bool HasAgent { get; private init; }

    /// <summary>A rejection leaves the connection open, whatever was sent behind the request. Not so with the plugin.</summary>
    public bool KeepsRejectedConnection { get; init; }

    /// <summary>If not, the pod goes on after a run that failed: the kubelet pulls all the same.</summary>
    public bool NeedsCredentials { get; private init; } = true;

    public bool IsPlugin { get; private init; }

    /// <summary>How long a request may wait in a queue of the API server.</summary>
    /// <param name="left">Of the budget.</param>
    public TimeSpan QueueWait(TimeSpan left) => IsPlugin
        ? TimeSpan.FromSeconds(Math.Max(1, (int)(left / Costs.ServerBudgetPart).TotalSeconds)) / Costs.QueueWaitPart
        : Costs.RequestTimeout / Costs.QueueWaitPart;

    public Contender WithAgent() => this with { Name = $"{Name}, agent", HasAgent = true };

    public Contender WithBudget(TimeSpan budget) =>
        this with { Budget = budget, Retry = IsPlugin ? PluginRetry(budget, IsNode) : Retry };

    private static Contender OfPlugin(string name, RequestKind[][] steps, bool isNode = false) =>
        new(name, steps, Costs.PluginBudget, PluginRetry(Costs.PluginBudget, isNode)) { IsPlugin = true, IsNode = isNode };

    private static Func<WaitAfterRejection> PluginRetry(TimeSpan budget, bool isNode) =>
        () => Retries.OfPlugin(budget, isNode ? Patience.Node : Patience.Workload);
}
