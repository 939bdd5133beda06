using static System.TimeSpan;

namespace FastProvider.Bench.Fleet;

/// <summary>
/// Every figure that the simulation goes by, with its source. "Measured" is what was seen of live clusters (kube-apiserver and
/// kubelet 1.36.2), outside of this repository. "Assumed" is a guess that no measurement backs.
/// </summary>
internal static class Costs
{
    /// <summary>
    /// CPU of the API server for a TLS handshake. Whole pulls were measured: namespace 2.6-2.9 ms, annotation 1.2-2.0, and on a
    /// kept connection two LISTs 1.2-1.3, one GET 0.5-0.8. This is the figure that agrees with all of them.
    /// </summary>
    public static readonly TimeSpan HandshakeCpu = FromMilliseconds(1.35);

    /// <summary>Measured: two LISTs with resourceVersion=0 on a kept connection take 0.7-1.5 ms of CPU.</summary>
    public static readonly TimeSpan CachedListCpu = FromMilliseconds(0.55);

    /// <summary>Measured: two LISTs without resourceVersion on a kept connection take 1.2-1.3 ms of CPU.</summary>
    public static readonly TimeSpan ConsistentListCpu = FromMilliseconds(0.625);

    /// <summary>Measured: a pull of the Go provider, its LIST and its handshake, takes 2.3-2.8 ms of CPU.</summary>
    public static readonly TimeSpan GoListCpu = FromMilliseconds(1.2);

    /// <summary>Measured: a GET on a kept connection takes 0.5-0.8 ms of CPU.</summary>
    public static readonly TimeSpan GetCpu = FromMilliseconds(0.65);

    /// <summary>Assumed: who asks has to be found out before the request is rejected.</summary>
    public static readonly TimeSpan RejectionCpu = FromMilliseconds(0.2);

    /// <summary>Measured: a GET by name takes 1.9 ms in the median; what is not CPU is the wait for etcd.</summary>
    public static readonly TimeSpan StoreWait = FromMilliseconds(1.25);

    /// <summary>Measured: a LIST without resourceVersion waits for the next of the ticks in which the cache catches up.</summary>
    public static readonly TimeSpan CacheTick = FromMilliseconds(100);

    /// <summary>Assumed: from a node to the API server and back, within a data centre.</summary>
    public static readonly TimeSpan RoundTrip = FromMilliseconds(1);

    /// <summary>
    /// A LIST costs up to 10 seats. Kubernetes (list_work_estimator.go) takes one for each 100 kB of all Secrets of the
    /// cluster, whatever the namespace, and never more than 10 (since 1.34). Assumed: the cluster has 1 MB of Secrets or more.
    /// </summary>
    public const int ListSeats = 10;

    /// <summary>Kubernetes (list_work_estimator.go).</summary>
    public const int GetSeats = 1;

    /// <summary>Kubernetes documentation: --max-requests-inflight 400 and --max-mutating-requests-inflight 200.</summary>
    public const int TotalSeats = 600;

    /// <summary>
    /// Kubernetes documentation, suggested configuration: the shares of system, node-high, leader-election, workload-high,
    /// workload-low, global-default and catch-all.
    /// </summary>
    public const int AllShares = 30 + 40 + 10 + 40 + 100 + 20 + 5;

    /// <summary>Kubernetes documentation: requests of ServiceAccounts.</summary>
    public const int WorkloadLowShares = 100, WorkloadLowQueues = 128;

    /// <summary>Kubernetes documentation: requests of nodes.</summary>
    public const int SystemShares = 30, SystemQueues = 64;

    /// <summary>Kubernetes documentation, for both levels: the queues of a flow, and the requests of a queue.</summary>
    public const int HandSize = 6, QueueLength = 50;

    /// <summary>Kubernetes (queueset.go): what a request is thought to take, until it is over.</summary>
    public static readonly TimeSpan ExpectedService = FromMilliseconds(3);

    /// <summary>Kubernetes (priority-and-fairness.go): a request waits in its queue for a quarter of its own timeout.</summary>
    public const int QueueWaitPart = 4;

    /// <summary>
    /// Measured: Retry-After is 1 s. Kubernetes (dropped_requests_tracker.go): it doubles while requests are rejected, up to
    /// this.
    /// </summary>
    public static readonly TimeSpan FirstRetryAfter = FromSeconds(1), LongestRetryAfter = FromSeconds(32);

    /// <summary>Assumed: a control plane of three behind a load balancer, each with four cores free for this.</summary>
    public const int ApiServers = 3, CoresPerApiServer = 4;

    /// <summary>The plugin's --timeout (Options.Timeout).</summary>
    public static readonly TimeSpan PluginBudget = FromSeconds(20);

    /// <summary>The plugin asks the API server to give up after this part of what is left (ApiExchange.Ask).</summary>
    public const int ServerBudgetPart = 2;

    /// <summary>How long an agent keeps a connection that nobody uses, and how many (ApiServerLinks, AgentState).</summary>
    public static readonly TimeSpan KeptIdle = FromSeconds(60);

    /// <inheritdoc cref="KeptIdle"/>
    public const int KeptLinks = 8;

    /// <summary>Measured: the kubelet kills a provider after this time. It is the timeout of the Go provider, too.</summary>
    public static readonly TimeSpan KubeletPatience = FromSeconds(60);

    /// <summary>Kubernetes documentation: --request-timeout of the API server, where the client names none.</summary>
    public static readonly TimeSpan RequestTimeout = FromSeconds(60);

    /// <summary>Kubernetes (client-go, rest.Request): how often a request is sent again.</summary>
    public const int ClientGoRetries = 10;

    /// <summary>Measured: after a failed pull the kubelet runs the provider again within a second.</summary>
    public static readonly TimeSpan SecondRunWithin = FromSeconds(1);

    /// <summary>Measured: in ImagePullBackOff the provider runs every 10-15 s.</summary>
    public static readonly TimeSpan ShortestBackOff = FromSeconds(10), LongestBackOff = FromSeconds(15);

    /// <summary>Assumed: a pod that has no credentials after this time counts as failed.</summary>
    public static readonly TimeSpan PodPatience = FromMinutes(10);

    /// <summary>Kubernetes documentation: kube-controller-manager's --kube-api-qps, so many pods a second.</summary>
    public const int PodsCreatedPerSecond = 20;

    /// <summary>Kubernetes documentation: the wait before a container starts again, doubled up to five minutes.</summary>
    public static readonly TimeSpan[] RestartWaits =
        [FromSeconds(10), FromSeconds(20), FromSeconds(40), FromSeconds(80), FromSeconds(160), FromSeconds(300)];

    /// <summary>Assumed: the containers of all nodes end within this time, as when a service that they need ends.</summary>
    public static readonly TimeSpan CrashesWithin = FromSeconds(1);

    /// <summary>Assumed: the nodes of a cold cluster come within this time, and the pods of a node within that.</summary>
    public static readonly TimeSpan NodesComeWithin = FromSeconds(60), PodsComeWithin = FromSeconds(5);

    /// <summary>
    /// Kubernetes documentation: 150,000 pods at most, 15 on each of 10,000 nodes. Assumed: 10 have a mirrored image, 4 of
    /// them of DaemonSets, and the others of a ServiceAccount out of so many.
    /// </summary>
    public const int MirroredPodsOfNode = 10, DaemonSets = 4, TenantAccounts = 1_000;
}
