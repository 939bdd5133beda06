using System;
using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FastProvider.Base;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Transport;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>
/// Fetches the registry Secrets of the pod's namespace as the workload and offers them to the endpoints while they arrive.
/// One LIST for each type, written back to back on one connection: the second costs no round trip, and Secrets of other
/// types never travel (a single LIST with <c>type!=</c> terms would carry every type that nobody thought of excluding).
/// </summary>
/// <remarks>
/// They are answered from the API server's watch cache, without a wait. Only where that has nothing for the pull, or is not
/// filled yet, the store is asked: consistent LISTs, whose answer counts alone.
/// </remarks>
internal sealed class NamespaceSecrets : IApiQuestions, IRefusalWords, IResettable, IDisposable
{
    /// <summary>A TLS record, of which a read gives one at most (RFC 8446 section 5.1).</summary>
    private const int PieceBytes = 16 * 1024;

    /// <summary>
    /// A Secret's data is at most 1 MiB (k8s.io/api/core/v1, MaxSecretSize), a third more in base64. What is wanted of a value is
    /// kept until all of it has come, so this bounds the memory.
    /// </summary>
    private const int MaxValueBytes = 4 * 1024 * 1024;

    private readonly AuthDocument _documents;
    private readonly SecretListReader _list;
    private readonly ApiExchange _exchange = new();
    private readonly SecretNotices _noNotices = new();

    private SecretSearch _search;
    private int _earlierNotices, _secretCount;
    private bool _isConsistent, _isCacheUnready;

    public NamespaceSecrets()
    {
        _documents = new AuthDocument([], _noNotices);
        _list = new SecretListReader(_documents, _noNotices);
    }

    /// <summary>How many LISTs.</summary>
    public int Count => _search.WithPodmanSecrets ? 3 : 2;

    /// <summary>What a broken list offered may be gone from the next, and an offer cannot be taken back alone.</summary>
    public bool StartOver => true;

    /// <summary>Reads them for one pull; before another, <see cref="TryReset"/> is called.</summary>
    public FetchedSecrets Fetch(ApiServerLinks links, in SecretSearch search, Deadline deadline)
    {
        var taken = links.Take(search.Server);
        if (!taken.IsOk)
        {
            return taken.Failure;
        }

        // The lease ends with the fetch: what comes after it may wait for half a minute.
        using var lease = taken.Value;
        _search = search;
        _earlierNotices = search.Notices.Count;
        _documents.Reset(search.Endpoints, search.Notices);
        _list.Reset(search.Notices, search.Asker.Claims.Namespace);
        _exchange.Start(lease.Link, deadline);
        using var shared = search.HasShared ? new NamedSecrets(search, new SecretNames().WithShared(search.Shared)) : null;
        var end = Run(shared, lease.Link);
        if (end.IsDone && (_isCacheUnready || !search.IsServed))
        {
            // A Secret may be younger than the cache. An old value must not stand beside a new one.
            Forget();
            _isConsistent = true;
            // What was read is offered once more, beside what the store has; what is not for the pod is not asked for again.
            using var again = shared is null ? null : new NamedSecrets(search, shared.NamesRead);
            end = Run(again, lease.Link);
        }

        return new FetchedSecrets
        {
            Failure = ApiServerFailure.Of(search.Server.Target, end, this),
            Count = _secretCount + (shared?.Count ?? 0),
            ConsistentReads = _isConsistent ? 1 : 0,
            Use = _exchange.Use,
            Shared = shared?.Shared,
        };
    }

    private ApiEnd Run(NamedSecrets? shared, ApiServerLink link)
    {
        using var objects = shared?.Questions(link, _search.Asker.Token);
        return _exchange.Run(objects is null or { Count: 0 } ? this : new JointQuestions(this, objects));
    }

    /// <summary>
    /// A LIST of one type, always with a field selector: without one it would carry every Secret of the namespace over the wire.
    /// </summary>
    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget)
    {
        ReadOnlySpan<byte> start = "/api/v1/namespaces/"u8, end = "/secrets"u8, ns = _search.Asker.Claims.Namespace.Span;
        Span<byte> path = stackalloc byte[start.Length + NamespaceName.MaxLength + end.Length];
        start.CopyTo(path);
        ns.CopyTo(path[start.Length..]);
        end.CopyTo(path[(start.Length + ns.Length)..]);
        new ApiRequest("GET"u8, path[..(start.Length + ns.Length + end.Length)])
        {
            Query = SecretTypes.Selector(index), FromCache = !_isConsistent, Token = _search.Asker.Token.Span,
        }.AppendTo(requests, _search.Server.Target.Url, serverBudget);
    }

    public bool Takes(int index, int status) => status == 200;

    /// <summary>
    /// A cache that is not filled yet is passed by, not waited for. To a consistent LIST the same refusal is one like others: an
    /// API server that answers those from its cache, too, can only be asked again later.
    /// </summary>
    public bool TakesRefusal(int index, in ApiEnd refusal)
    {
        var isTaken = refusal.IsCacheUnready && !_isConsistent;
        _isCacheUnready |= isTaken;
        return isTaken;
    }

    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body) => head.IsJson && !head.IsEncoded
        ? ReadList(body)
        : NotTheApiServer(head.IsEncoded ? "a compressed body" : "something other than JSON");

    /// <summary>Before another try: what a broken answer offered may be gone from the next.</summary>
    public void Forget()
    {
        _secretCount = 0;
        _isCacheUnready = false;
        _search.Notices.Truncate(_earlierNotices);
        foreach (var endpoint in _search.Endpoints)
        {
            endpoint.Clear();
        }
    }

    public Failure NotKnown() => ApiServerFailure.TokenRefused(_search.Server.Target, _search.Asker.Claims);

    public Denial NotAllowed(int index)
    {
        var ns = Encoding.UTF8.GetString(_search.Asker.Claims.Namespace.Span);
        var account = Encoding.UTF8.GetString(_search.Asker.Claims.ServiceAccount.Span);
        return new Denial(
            $"ServiceAccount {ns}/{account} may not list Secrets in namespace {ns}",
            $"; allow it with a Role and a RoleBinding: kubectl -n {ns} create role registry-secrets --verb=list"
            + $" --resource=secrets && kubectl -n {ns} create rolebinding registry-secrets-{account}"
            + $" --role=registry-secrets --serviceaccount={ns}:{account}");
    }

    /// <summary>Forgets the pull, and zeroes what was read for it.</summary>
    public bool TryReset()
    {
        _search = default;
        _secretCount = 0;
        _isConsistent = _isCacheUnready = false;
        _documents.Reset([], _noNotices);
        _list.Reset(_noNotices, default);
        _exchange.Reset();
        return true;
    }

    public void Dispose() => TryReset();

    /// <summary>Hands the body to the reader of the list, a piece after the other from the same memory.</summary>
    private ApiEnd ReadList(ApiBody body)
    {
        _list.Start();
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (true)
            {
                if (body.Read(piece, out var count) is { } fault)
                {
                    return ApiEnd.Broken(fault);
                }

                var isList = _list.Read(piece.AsSpan(0, count), isLast: count == 0);
                if (isList && _list.CutValueBytes > MaxValueBytes)
                {
                    return NotTheApiServer($"a value longer than {MaxValueBytes} bytes");
                }

                if (isList && count > 0)
                {
                    continue;
                }

                if (isList && _list.IsWhole)
                {
                    _secretCount += _list.Count;
                    return ApiEnd.Done;
                }

                return NotTheApiServer("something other than a whole SecretList");
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(piece);
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private ApiEnd NotTheApiServer(string what) => ApiEnd.Hopeless(ApiServerFailure.NotTheApiServer(_search.Server.Target, what));
}
