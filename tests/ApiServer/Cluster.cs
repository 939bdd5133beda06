using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace FastProvider.Tests.ApiServer;

/// <summary>What the API server knows: Secrets by namespace, who may read them, and whose tokens it takes.</summary>
public sealed class Cluster
{
    private readonly ConcurrentDictionary<string, IEnumerable<Secret>> _secrets = new();
    private readonly ConcurrentDictionary<(string Verb, string Namespace, string User, string Name), bool> _grants = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), Pod> _pods = new();
    private readonly ConcurrentDictionary<(string Namespace, string Name), JsonObject> _events = new();

    private readonly ConcurrentDictionary<string, bool> _audiences = new();
    private readonly ConcurrentDictionary<string, bool> _namespaces = new();

    public Cluster() => WatchCache = new WatchCache(_secrets);

    public TokenIssuer Tokens { get; } = new();

    /// <summary>What reads of Secrets are answered from that do not ask for the newest.</summary>
    public WatchCache WatchCache { get; }

    /// <summary>The resourceVersion of every list.</summary>
    public int ResourceVersion { get; set; } = 641;

    /// <summary>Sets the namespace's Secrets. A lazy sequence is walked anew for each answer and must be in name order.</summary>
    public Cluster SetSecrets(string @namespace, IEnumerable<Secret> secrets)
    {
        _namespaces[@namespace] = true;
        // etcd answers in key order; an array is small enough to be put in that order here.
        _secrets[@namespace] = secrets is Secret[] array ? array.OrderBy(s => s.Name, StringComparer.Ordinal).ToArray() : secrets;
        return this;
    }

    /// <summary>
    /// Lets the ServiceAccount of the namespace <c>list</c> and <c>get</c> its Secrets (or only the verbs given).
    /// </summary>
    public Cluster Allow(string @namespace, string serviceAccount, params string[] verbs)
    {
        foreach (var verb in verbs.Length == 0 ? ["list", "get"] : verbs)
        {
            _grants[(verb, @namespace, new ServiceAccount(@namespace, serviceAccount).ToString(), "")] = true;
        }

        return this;
    }

    /// <summary>Lets the ServiceAccount <c>get</c> the Secrets of these names, as a Role with resourceNames does.</summary>
    public Cluster AllowGet(string @namespace, string serviceAccount, params string[] names)
    {
        foreach (var name in names)
        {
            _grants[("get", @namespace, new ServiceAccount(@namespace, serviceAccount).ToString(), name)] = true;
        }

        return this;
    }

    /// <summary>
    /// Lets all ServiceAccounts of a namespace <c>get</c> these Secrets of another, as a Role for their group does.
    /// </summary>
    public Cluster AllowGetToGroup(string @namespace, string namespaceOfTheGroup, params string[] names)
    {
        foreach (var name in names)
        {
            _grants[("get", @namespace, "system:serviceaccounts:" + namespaceOfTheGroup, name)] = true;
        }

        return this;
    }

    /// <summary>
    /// Lets all nodes ask for tokens of the audience, as the ClusterRole that <c>generate rbac</c> prints does.
    /// </summary>
    public Cluster AllowNodesAudience(string audience)
    {
        _audiences[audience] = true;
        return this;
    }

    /// <summary>Takes all grants away.</summary>
    public Cluster ForbidAll()
    {
        _grants.Clear();
        return this;
    }

    /// <summary>Adds the pod or replaces the one of its name.</summary>
    public Cluster SetPod(Pod pod)
    {
        _namespaces[pod.Namespace] = true;
        _pods[(pod.Namespace, pod.Name)] = pod;
        return this;
    }

    public Cluster RemovePod(string @namespace, string name)
    {
        _pods.TryRemove((@namespace, name), out _);
        return this;
    }

    /// <summary>The Events of all namespaces, by name.</summary>
    public IReadOnlyList<JsonObject> Events => [.. _events.OrderBy(e => e.Key.Name, StringComparer.Ordinal).Select(e => e.Value)];

    /// <summary>Forgets them, as the API server does after an hour.</summary>
    public void ForgetEvents() => _events.Clear();

    internal bool AddEvent(string @namespace, string name, JsonObject @event) => _events.TryAdd((@namespace, name), @event);

    internal JsonObject? FindEvent(string @namespace, string name) => _events.GetValueOrDefault((@namespace, name));

    internal void ReplaceEvent(string @namespace, string name, JsonObject @event) => _events[(@namespace, name)] = @event;

    internal bool IsAudienceForNodes(string audience) => _audiences.ContainsKey(audience);

    internal IEnumerable<Pod> Pods => _pods.Values;

    /// <summary>Whether anything was ever put into it.</summary>
    internal bool HasNamespace(string @namespace) => _namespaces.ContainsKey(@namespace);

    /// <summary>RBAC: a grant with a name does not hold for a list, which has none.</summary>
    internal bool IsAllowed(string verb, string @namespace, string user, string name) =>
        IsGranted(verb, @namespace, user, name)
        || (user.Split(':') is ["system", "serviceaccount", var home, _]
            && IsGranted(verb, @namespace, "system:serviceaccounts:" + home, name));

    private bool IsGranted(string verb, string @namespace, string subject, string name) =>
        _grants.ContainsKey((verb, @namespace, subject, ""))
        || (name.Length > 0 && _grants.ContainsKey((verb, @namespace, subject, name)));

    internal IEnumerable<Secret> SecretsOf(string @namespace, bool fromCache = false) =>
        fromCache ? WatchCache.SecretsOf(@namespace) : _secrets.GetValueOrDefault(@namespace) ?? [];
}
