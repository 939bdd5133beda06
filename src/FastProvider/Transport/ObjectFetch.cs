using System;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>Takes the answer for one object.</summary>
/// <param name="index">Which of the paths it is for.</param>
/// <param name="isThere">False if there is no such object (404).</param>
/// <param name="json">The object, UTF-8.</param>
/// <returns>A failure ends the fetch.</returns>
internal delegate Failure? ObjectTaker(int index, bool isThere, ReadOnlySpan<byte> json);

/// <summary>
/// GETs objects of the API server: the requests for all of them side by side on one connection. What got no answer, or one that may
/// be another in a moment (403, 429, 5xx), is asked again; what was answered is not.
/// </summary>
/// <param name="link">The way to the server.</param>
/// <param name="server">The server.</param>
/// <param name="token">Of who asks, or empty where the link's client certificate says it.</param>
/// <param name="deadline">When to give up.</param>
internal sealed class ObjectFetch(
    ApiServerLink link, ApiServerTarget server, ReadOnlyMemory<byte> token, Deadline deadline) : IDisposable
{
    /// <summary>etcd takes no object over 1.5 MiB (its --max-request-bytes).</summary>
    private const int MaxObjectBytes = 4 * 1024 * 1024;

    private const int PieceBytes = 16 * 1024;

    /// <summary>For all that is fetched together: what was waited for one is not waited again for the next.</summary>
    private RetryPolicy _retry = new(deadline, isNode: token.IsEmpty);

    private readonly SecretBuffer _requests = new();
    private readonly SecretBuffer _body = new();

    /// <summary>What was asked so far.</summary>
    public ApiUse Use => new(link.BytesRead, _retry.Tries, _retry.Waited);

    /// <summary>Fetches one object for each path.</summary>
    public FetchEnd Get(ReadOnlySpan<string> paths, ObjectTaker take)
    {
        var triesBefore = _retry.Tries - 1;
        var before = default(FetchEnd);
        var left = paths.Length;
        Span<bool> isAnswered = new bool[left];
        while (left > 0)
        {
            var end = AskRound(paths, isAnswered, ref left, take);
            if (end.Failure is not null)
            {
                return end;
            }

            // A kept connection that ends without a word was over before we asked (as in NamespaceSecrets).
            var wasStale = end.IsUnanswered && link.HasAnswered;
            if (end.Fault is not null)
            {
                link.Close();
            }

            if (end.IsDone || wasStale)
            {
                continue;
            }

            var isWorthIt = end.Fault is { } fault ? _retry.WaitAfter(fault) : _retry.WaitAfter(end.Status, end.RetryAfter);
            if (!isWorthIt)
            {
                var tries = _retry.Tries - triesBefore;
                var isCutShort = end.Fault?.Kind is FaultKind.Late && tries > 1;
                return (isCutShort ? before : end) with { Tries = tries };
            }

            before = end;
        }

        return new FetchEnd { IsDone = true };
    }

    public void Dispose()
    {
        _requests.Dispose();
        _body.Dispose();
    }

    /// <summary>Asks for all that is left and reads the answers; a server may close the connection after any of them.</summary>
    private FetchEnd AskRound(ReadOnlySpan<string> paths, Span<bool> isAnswered, ref int left, ObjectTaker take)
    {
        if (Ask(paths, isAnswered, left) is { } unasked)
        {
            return new FetchEnd { Fault = unasked, IsUnanswered = unasked.Kind is FaultKind.Broken };
        }

        var end = new FetchEnd { IsDone = true };
        for (var i = 0; i < paths.Length && link.PendingAnswers > 0; i++)
        {
            if (isAnswered[i])
            {
                continue;
            }

            var answer = ReadAnswer(i);
            if (answer.Status is 200 or 404)
            {
                isAnswered[i] = true;
                left--;
                if (take(i, answer.Status == 200, _body.WrittenSpan) is { } failure)
                {
                    return answer with { Failure = failure };
                }
            }
            else if (answer.Fault is not null)
            {
                // An answer that said to wait counts for more than a connection that ended after it.
                link.Close();
                return end.IsDone ? answer : end;
            }
            else if (answer.Failure is not null || answer.Status is not (403 or 429 or >= 500))
            {
                return answer;
            }
            else if (end.IsDone)
            {
                end = answer;
            }
        }

        return end;
    }

    private ConnectionFault? Ask(ReadOnlySpan<string> paths, ReadOnlySpan<bool> isAnswered, int left)
    {
        // Room for one more try when the API server gives up: it answers 504 after its budget, not after ours.
        var serverBudget = deadline.Remaining / 2;
        _requests.Clear();
        for (var i = 0; i < paths.Length; i++)
        {
            if (!isAnswered[i])
            {
                ObjectRequest.AppendGet(_requests, server.Url, paths[i], token.Span, serverBudget);
            }
        }

        var fault = link.Ask(_requests.WrittenSpan, left, deadline);
        _requests.Clear();
        return fault;
    }

    /// <summary>Reads one answer whole, so that the connection can carry the next.</summary>
    private FetchEnd ReadAnswer(int index)
    {
        _body.Clear();
        if (link.ReadHead(deadline, out var head) is { } fault)
        {
            return new FetchEnd { Index = index, Fault = fault, IsUnanswered = fault.Kind is FaultKind.Broken };
        }

        if (head.Status is 200 or 404 && (head.IsEncoded || !head.IsJson))
        {
            return NotTheApiServer(index, head.IsEncoded ? "a compressed body" : "something other than JSON");
        }

        while (true)
        {
            if (link.ReadBody(_body.GetSpan(PieceBytes), deadline, out var count) is { } cut)
            {
                return new FetchEnd { Index = index, Fault = cut };
            }

            if (count == 0)
            {
                link.EndAnswer();
                return new FetchEnd { Index = index, Status = head.Status, RetryAfter = head.RetryAfter };
            }

            _body.Advance(count);
            if (_body.Length > MaxObjectBytes)
            {
                return NotTheApiServer(index, $"an object longer than {MaxObjectBytes} bytes");
            }
        }
    }

    private FetchEnd NotTheApiServer(int index, string what) =>
        new() { Index = index, Failure = ApiServerFailure.NotTheApiServer(server, what) };
}

/// <summary>How a fetch ended: done, or with what its last try met.</summary>
internal readonly struct FetchEnd
{
    public bool IsDone { get; init; }

    /// <summary>Which of the paths the rest is about.</summary>
    public int Index { get; init; }

    public ConnectionFault? Fault { get; init; }

    /// <summary>The connection ended before the answer began.</summary>
    public bool IsUnanswered { get; init; }

    public int Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    public int Tries { get; init; }

    /// <summary>What no other try would change.</summary>
    public Failure? Failure { get; init; }
}
