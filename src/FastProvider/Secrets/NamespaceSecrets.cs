using System;
using System.IO.Pipelines;
using System.Text;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Token;
using FastProvider.Transport;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Secrets;

/// <summary>
/// Fetches the registry Secrets of the pod's namespace as the workload and offers them to the endpoints while they arrive.
/// One LIST for each type, written back to back on one connection: the second costs no round trip, and Secrets of other
/// types never travel (a single LIST with <c>type!=</c> terms would carry every type that nobody thought of excluding).
/// </summary>
internal sealed class NamespaceSecrets : IApiQuestions, IDisposable
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>A Secret's data is at most 1 MiB (k8s.io/api/core/v1, MaxSecretSize), a third more in base64. What cannot be decoded yet is kept, so this bounds the memory.</summary>
    private const int MaxValueBytes = 4 * 1024 * 1024;

    private static readonly ObjectPool<NamespaceSecrets> Pool = new DefaultObjectPoolProvider().Create<NamespaceSecrets>();
    private static readonly SecretNotices NoWarnings = new();

    private readonly AuthDocument _documents = new([], NoWarnings);
    private readonly SecretListReader _list;
    private readonly ApiExchange _exchange = new();

    // Written and read in turn by one thread: no thresholds, no scheduler, and blocks large enough for a TLS record.
    private readonly Pipe _pipe = new(new PipeOptions(
        new ZeroingMemoryPool(), PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0,
        minimumSegmentSize: PieceBytes, useSynchronizationContext: false));

    private ApiServerTarget _server = null!;
    private ProxyServer? _proxy;
    private TokenClaims _claims;
    private ReadOnlyMemory<byte> _token;
    private EndpointCredential[] _endpoints = [];
    private SecretNotices _warnings = NoWarnings;
    private int _earlierWarnings;

    /// <summary>For the pool; see <see cref="Take"/>.</summary>
    public NamespaceSecrets() => _list = new SecretListReader(_documents, NoWarnings);

    /// <summary>How many Secrets were read.</summary>
    public int SecretCount { get; private set; }

    /// <summary>What was asked for them.</summary>
    public ApiUse Use { get; private set; }

    /// <summary>How many LISTs.</summary>
    public int Count { get; private set; }

    /// <summary>What a broken list offered may be gone from the next, and an offer cannot be taken back alone.</summary>
    public bool StartOver => true;

    /// <summary>Takes pipe, readers and buffers from the pool for one pull; disposing gives them back, zeroed.</summary>
    public static NamespaceSecrets Take(
        ApiServerTarget server, ProxyServer? proxy, in TokenClaims claims, ReadOnlyMemory<byte> token, bool podmanSecrets,
        EndpointCredential[] endpoints, SecretNotices warnings)
    {
        var secrets = Pool.Get();
        secrets._server = server;
        secrets._proxy = proxy;
        secrets._claims = claims;
        secrets._token = token;
        secrets._endpoints = endpoints;
        secrets._warnings = warnings;
        secrets._earlierWarnings = warnings.Count;
        secrets.Count = podmanSecrets ? 3 : 2;
        secrets._documents.Serve(endpoints, warnings);
        secrets._list.Serve(warnings, claims.Namespace);
        return secrets;
    }

    public Failure? Fetch(Deadline deadline)
    {
        SecretCount = 0;
        Use = default;
        if (ApiServerLink.Open(_server, _proxy, client: null, out var link) is { } unusable)
        {
            return unusable;
        }

        // The connection ends with the fetch: what comes after it may wait for half a minute.
        using (link)
        {
            _exchange.Start(link!, deadline);
            var end = _exchange.Run(this);
            Use = _exchange.Use;
            return Explain(end);
        }
    }

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget)
    {
        var type = index switch
        {
            0 => SecretTypes.Config,
            1 => SecretTypes.LegacyConfig,
            _ => SecretTypes.PodmanConfig,
        };
        SecretListRequest.Append(requests, _server.Url, _claims.Namespace.Span, type, _token.Span, serverBudget);
    }

    public bool Takes(int status) => status == 200;

    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body) => head.IsJson && !head.IsEncoded
        ? ReadList(body)
        : NotTheApiServer(head.IsEncoded ? "a compressed body" : "something other than JSON");

    /// <summary>Before another try: what a broken answer offered may be gone from the next.</summary>
    public void Forget()
    {
        SecretCount = 0;
        _warnings.Truncate(_earlierWarnings);
        foreach (var endpoint in _endpoints)
        {
            endpoint.Clear();
        }
    }

    public void Dispose()
    {
        EmptyPipe();
        _list.Dispose();
        _documents.Dispose();
        _exchange.Dispose();
        _claims = default;
        _token = default;
        _endpoints = [];
        Pool.Return(this);
    }

    /// <summary>Carries the body from the connection through the pipe to the reader of the list.</summary>
    private ApiEnd ReadList(ApiBody body)
    {
        _list.Start();
        while (true)
        {
            var fault = body.Read(_pipe.Writer.GetSpan(PieceBytes), out var count);
            if (fault is not null)
            {
                EmptyPipe();
                return ApiEnd.Broken(fault);
            }

            _pipe.Writer.Advance(count);
            Flush();
            _pipe.Reader.TryRead(out var piece);
            var isList = _list.Read(piece.Buffer, isLast: count == 0, out var consumed);
            var isEndless = isList && piece.Buffer.Slice(consumed).Length > MaxValueBytes;
            _pipe.Reader.AdvanceTo(isList && !isEndless ? consumed : piece.Buffer.End, piece.Buffer.End);
            if (isEndless)
            {
                return NotTheApiServer($"a value longer than {MaxValueBytes} bytes");
            }

            if (!isList || count == 0)
            {
                if (isList && _list.IsWhole)
                {
                    SecretCount += _list.Count;
                    return ApiEnd.Done;
                }

                return NotTheApiServer("something other than a whole SecretList");
            }
        }
    }

    /// <summary>
    /// Empties the pipe of a body that broke off. Not by reading: what was examined before is not offered again until more comes,
    /// and would stand before the next answer.
    /// </summary>
    private void EmptyPipe()
    {
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
        _pipe.Reset();
    }

    private void Flush()
    {
        var flush = _pipe.Writer.FlushAsync();
        if (!flush.IsCompletedSuccessfully)
        {
            throw new InvalidOperationException("a pipe without a threshold has waited");
        }

        _ = flush.Result;
    }

    private ApiEnd NotTheApiServer(string what) => ApiEnd.Hopeless(ApiServerFailure.NotTheApiServer(_server, what));

    private Failure? Explain(in ApiEnd end)
    {
        switch (end.Status)
        {
            case 401:
                return ApiServerFailure.TokenRefused(_server, _claims);
            case 403:
                var ns = Encoding.UTF8.GetString(_claims.Namespace.Span);
                var account = Encoding.UTF8.GetString(_claims.ServiceAccount.Span);
                return ApiServerFailure.Forbidden($"ServiceAccount {ns}/{account} may not list Secrets in namespace {ns}", end,
                    $"; allow it with a Role and a RoleBinding: kubectl -n {ns} create role registry-secrets --verb=list"
                    + $" --resource=secrets && kubectl -n {ns} create rolebinding registry-secrets-{account}"
                    + $" --role=registry-secrets --serviceaccount={ns}:{account}");
            default:
                return ApiServerFailure.Of(_server, end);
        }
    }
}
