using System;
using System.IO.Pipelines;
using System.Text;
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
internal sealed class NamespaceSecrets : IDisposable
{
    private const int PieceBytes = 32 * 1024;

    /// <summary>A Secret's data is at most 1 MiB (k8s.io/api/core/v1, MaxSecretSize), a third more in base64. What cannot be decoded yet is kept, so this bounds the memory.</summary>
    private const int MaxValueBytes = 4 * 1024 * 1024;

    private static readonly ObjectPool<NamespaceSecrets> Pool = new DefaultObjectPoolProvider().Create<NamespaceSecrets>();
    private static readonly Warnings NoWarnings = new();

    private readonly AuthDocument _documents = new([], NoWarnings);
    private readonly SecretListReader _list;
    private readonly SecretBuffer _requests = new();

    // Written and read in turn by one thread: no thresholds, no scheduler, and blocks large enough for a TLS record.
    private readonly Pipe _pipe = new(new PipeOptions(
        new ZeroingMemoryPool(), PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0,
        minimumSegmentSize: PieceBytes, useSynchronizationContext: false));

    private ApiServerTarget _server = null!;
    private HttpProxy? _proxy;
    private TokenClaims _claims;
    private ReadOnlyMemory<byte> _token;
    private EndpointCredential[] _endpoints = [];
    private Warnings _warnings = NoWarnings;
    private int _earlierWarnings;
    private int _listCount;

    /// <summary>For the pool; see <see cref="Take"/>.</summary>
    public NamespaceSecrets() => _list = new SecretListReader(_documents, NoWarnings);

    /// <summary>How many Secrets were read.</summary>
    public int Count { get; private set; }

    /// <summary>What was asked for them.</summary>
    public ApiUse Use { get; private set; }

    /// <summary>Takes pipe, readers and buffers from the pool for one pull; disposing gives them back, zeroed.</summary>
    public static NamespaceSecrets Take(
        ApiServerTarget server, HttpProxy? proxy, in TokenClaims claims, ReadOnlyMemory<byte> token, bool podmanSecrets,
        EndpointCredential[] endpoints, Warnings warnings)
    {
        var secrets = Pool.Get();
        secrets._server = server;
        secrets._proxy = proxy;
        secrets._claims = claims;
        secrets._token = token;
        secrets._endpoints = endpoints;
        secrets._warnings = warnings;
        secrets._earlierWarnings = warnings.Count;
        secrets._listCount = podmanSecrets ? 3 : 2;
        secrets._documents.Serve(endpoints, warnings);
        secrets._list.Serve(warnings, claims.Namespace);
        return secrets;
    }

    public Failure? Fetch(Deadline deadline)
    {
        Count = 0;
        Use = default;
        var failure = ApiServerLink.Take(_server, _proxy, out var link) ?? Fetch(link, deadline);
        link.Return();
        return failure;
    }

    public void Dispose()
    {
        EmptyPipe();
        _list.Dispose();
        _documents.Dispose();
        _requests.Dispose();
        _claims = default;
        _token = default;
        _endpoints = [];
        Pool.Return(this);
    }

    private Failure? Fetch(ApiServerLink link, Deadline deadline)
    {
        var retry = new RetryPolicy(deadline);
        var failure = Fetch(link, ref retry, deadline);
        Use = new ApiUse(link.BytesRead, retry.Tries, retry.Waited);
        return failure;
    }

    private Failure? Fetch(ApiServerLink link, ref RetryPolicy retry, Deadline deadline)
    {
        var before = default(Outcome);
        var done = 0;
        while (done < _listCount)
        {
            var outcome = FetchNext(link, done, deadline);
            if (outcome.IsDone)
            {
                done++;
                continue;
            }

            // A kept connection that ends without a word was over before we asked: the rest is asked on another. This ends, as
            // a connection must have brought an answer to be treated so.
            var wasStale = outcome.IsUnanswered && link.HasAnswered;
            link.Close();
            if (outcome.Failure is { } failure)
            {
                return failure;
            }

            if (!wasStale)
            {
                var isWorthIt = outcome.Fault is { } fault
                    ? retry.WaitAfter(fault)
                    : retry.WaitAfter(outcome.Status, outcome.RetryAfter);
                if (!isWorthIt)
                {
                    // A last try that ran out of time says less than what the tries before it were told.
                    var isCutShort = outcome.Fault?.Kind is FaultKind.Late && retry.Tries > 1;
                    return Explain(isCutShort ? before : outcome, retry.Tries);
                }

                before = outcome;
                done = 0;
                Forget();
            }
        }

        return null;
    }

    /// <summary>Asks for all that is left, unless that was done before, and reads the next answer.</summary>
    private Outcome FetchNext(ApiServerLink link, int done, Deadline deadline)
    {
        if (link.PendingAnswers == 0 && Ask(link, done, deadline) is { } unasked)
        {
            return new Outcome { Fault = unasked, IsUnanswered = unasked.Kind is FaultKind.Broken };
        }

        if (link.ReadHead(deadline, out var head) is { } fault)
        {
            return new Outcome { Fault = fault, IsUnanswered = fault.Kind is FaultKind.Broken };
        }

        if (head.Status != 200)
        {
            return new Outcome { Status = head.Status, RetryAfter = head.RetryAfter };
        }

        return head.IsJson && !head.IsEncoded
            ? ReadList(link, deadline)
            : new Outcome { Failure = NotTheApiServer(head.IsEncoded ? "a compressed body" : "something other than JSON") };
    }

    private ConnectionFault? Ask(ApiServerLink link, int from, Deadline deadline)
    {
        // Room for one more try when the API server gives up: it answers 504 after its budget, not after ours.
        var serverBudget = deadline.Remaining / 2;
        _requests.Clear();
        for (var i = from; i < _listCount; i++)
        {
            var type = i switch
            {
                0 => SecretTypes.Config,
                1 => SecretTypes.LegacyConfig,
                _ => SecretTypes.PodmanConfig,
            };
            SecretListRequest.Append(_requests, _server.Url, _claims.Namespace.Span, type, _token.Span, serverBudget);
        }

        var fault = link.Ask(_requests.WrittenSpan, _listCount - from, deadline);
        _requests.Clear();
        return fault;
    }

    /// <summary>Carries the body from the connection through the pipe to the reader of the list.</summary>
    private Outcome ReadList(ApiServerLink link, Deadline deadline)
    {
        _list.Start();
        while (true)
        {
            var fault = link.ReadBody(_pipe.Writer.GetSpan(PieceBytes), deadline, out var count);
            if (fault is not null)
            {
                EmptyPipe();
                return new Outcome { Fault = fault };
            }

            _pipe.Writer.Advance(count);
            Flush();
            _pipe.Reader.TryRead(out var piece);
            var isList = _list.Read(piece.Buffer, isLast: count == 0, out var consumed);
            var isEndless = isList && piece.Buffer.Slice(consumed).Length > MaxValueBytes;
            _pipe.Reader.AdvanceTo(isList && !isEndless ? consumed : piece.Buffer.End, piece.Buffer.End);
            if (isEndless)
            {
                return new Outcome { Failure = NotTheApiServer($"a value longer than {MaxValueBytes} bytes") };
            }

            if (!isList || count == 0)
            {
                if (isList && _list.IsWhole)
                {
                    link.EndAnswer();
                    Count += _list.Count;
                    return new Outcome { IsDone = true };
                }

                return new Outcome { Failure = NotTheApiServer("something other than a whole SecretList") };
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

    /// <summary>Before another try: what a broken answer offered may be gone from the next.</summary>
    private void Forget()
    {
        Count = 0;
        _warnings.Truncate(_earlierWarnings);
        foreach (var endpoint in _endpoints)
        {
            endpoint.Clear();
        }
    }

    private Failure NotTheApiServer(string what) => ApiServerFailure.NotTheApiServer(_server, what);

    private Failure Explain(in Outcome outcome, int tries)
    {
        if (outcome.Fault is { } fault)
        {
            return ApiServerFailure.Of(_server, fault, tries);
        }

        var ns = Encoding.UTF8.GetString(_claims.Namespace.Span);
        var account = Encoding.UTF8.GetString(_claims.ServiceAccount.Span);
        return outcome.Status switch
        {
            401 => ApiServerFailure.TokenRefused(_server, _claims),
            403 => ApiServerFailure.Forbidden($"ServiceAccount {ns}/{account} may not list Secrets in namespace {ns}", tries,
                $"; allow it with a Role and a RoleBinding: kubectl -n {ns} create role registry-secrets --verb=list --resource=secrets && kubectl -n {ns} create rolebinding"
                + $" registry-secrets-{account} --role=registry-secrets --serviceaccount={ns}:{account}"),
            _ => ApiServerFailure.Of(_server, outcome.Status, tries),
        };
    }

    /// <summary>What came of one request: done, a fault of the connection, a status other than 200, or an end to all tries.</summary>
    private readonly struct Outcome
    {
        public bool IsDone { get; init; }

        public ConnectionFault? Fault { get; init; }

        /// <summary>The connection ended before the answer began.</summary>
        public bool IsUnanswered { get; init; }

        public int Status { get; init; }

        public TimeSpan? RetryAfter { get; init; }

        public Failure? Failure { get; init; }
    }
}
