using System;
using System.Diagnostics;
using System.Numerics;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>
/// Asks the API server and has the answers taken: the one place for what is asked again, when, and how often. All requests are
/// sent back to back on one connection and the answers read in their order, so more than one costs no more round trips.
/// </summary>
internal sealed class ApiExchange : IDisposable
{
    /// <summary>So many fit into the word that says which are still to be answered.</summary>
    public const int MaxQuestions = 64;

    private readonly SecretBuffer _requests = new();
    private readonly StatusReader _status = new();

    private ApiServerLink _link = null!;
    private Deadline _deadline;
    private long _startedAt;

    /// <summary>
    /// A connection ended while answers were still to come. The next one is asked for a single answer first (RFC 9112 section
    /// 9.3.2): a server that closes over requests that it has not read resets the connection, and the answer before them is lost.
    /// </summary>
    private bool _asksSingly;

    /// <summary>
    /// Until then the first answer on a connection that was kept has to begin. The server was told to give up by then, so where
    /// it says nothing it has gone without a word (a node without power, a load balancer that forgot the connection).
    /// </summary>
    private Deadline _answerBegins;

    /// <summary>For all that is asked together: what was waited for one is not waited again for the next.</summary>
    private RetryPolicy _retry;

    /// <summary>What was asked so far.</summary>
    public ApiStatistics Use => new(_link.BytesRead, _retry.Tries, _retry.Waited);

    /// <summary>Begins anew.</summary>
    /// <param name="link">The way to the server.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="patience">What for; by default as the one whom the link is for reads.</param>
    public void Start(ApiServerLink link, Deadline deadline, Patience? patience = null)
    {
        _link = link;
        _deadline = deadline;
        _retry = new RetryPolicy(deadline, patience ?? (link.IsNode ? Patience.Node : Patience.Workload));
        _startedAt = Stopwatch.GetTimestamp();
        _asksSingly = false;
    }

    /// <summary>Asks until all is answered, or until another try makes no sense.</summary>
    public ApiEnd Run(IApiQuestions questions)
    {
        var all = ulong.MaxValue >> (MaxQuestions - questions.Count);
        var left = questions.Count == 0 ? 0 : all;
        var triesBefore = _retry.Tries - 1;
        var before = default(ApiEnd);
        while (left != 0)
        {
            var end = AskForAll(questions, ref left);
            if (_link.PendingAnswers > 0 || end.Kind is ApiEndKind.Broken)
            {
                _link.Close();
            }

            // A stale connection is replaced at once. That ends: it must have brought an answer to count as stale.
            if (end.IsDone || end.WasStale)
            {
                continue;
            }

            if (end.Kind is ApiEndKind.Hopeless)
            {
                return end;
            }

            if (!IsWorthAnotherTry(end))
            {
                var tries = _retry.Tries - triesBefore;
                return (end.Fault?.Kind is FaultKind.Late ? ExplainLate(end, before, tries) : end) with { Tries = tries };
            }

            before = end;
            if (questions.StartOver)
            {
                questions.Forget();
                left = all;
            }
        }

        return ApiEnd.Done;
    }

    /// <summary>Forgets what was asked and on which link, and gives the memory back.</summary>
    public void Reset()
    {
        _link = null!;
        _requests.Release();
        _status.Release();
    }

    public void Dispose() => Reset();

    private bool IsWorthAnotherTry(in ApiEnd end) =>
        end.Fault is { } fault ? _retry.WaitAfter(fault) : _retry.WaitAfter(end.Status, end.RetryAfter);

    /// <summary>A last try that ran out of time says less than what the tries before it were told.</summary>
    private ApiEnd ExplainLate(in ApiEnd end, in ApiEnd before, int tries)
    {
        var elapsed = Stopwatch.GetElapsedTime(_startedAt);
        var onThisNode = elapsed - _link.Waited - _retry.Waited;
        return onThisNode > elapsed / 2 ? ApiEnd.Hopeless(ApiServerFailure.SlowNode(_link, elapsed, onThisNode))
            : tries > 1 ? before
            : end;
    }

    /// <summary>Asks for all that is left and reads the answers; a server may close the connection after any of them.</summary>
    private ApiEnd AskForAll(IApiQuestions questions, ref ulong left)
    {
        var asked = _asksSingly ? left & ~(left - 1) : left;
        _asksSingly = true;
        if (Ask(questions, asked) is { } unasked)
        {
            return ApiEnd.Broken(unasked) with { WasStale = IsStale(unasked) };
        }

        var end = ApiEnd.Done;
        for (var open = asked; open != 0 && _link.PendingAnswers > 0; open &= open - 1)
        {
            var index = BitOperations.TrailingZeroCount(open);
            var answer = ReadAnswer(questions, index) with { Index = index };
            switch (answer.Kind)
            {
                case ApiEndKind.Done:
                    left &= ~(1UL << index);
                    break;
                case ApiEndKind.Refused when RetryPolicy.MayPass(answer.Status) && !questions.StartOver:
                    end = end.IsDone ? answer : end;
                    break;
                case ApiEndKind.Broken when !end.IsDone:
                    // An answer that said to wait counts for more than a connection that ended after it.
                    _link.Close();
                    return end;
                default:
                    return answer;
            }
        }

        _asksSingly = !_link.IsOpen;
        return end;
    }

    private ConnectionFault? Ask(IApiQuestions questions, ulong asked)
    {
        // Room for one more try when the API server gives up: it answers 504 after its budget, not after ours.
        var serverBudget = _deadline.Remaining / 2;
        _requests.Clear();
        for (var open = asked; open != 0; open &= open - 1)
        {
            questions.Append(_requests, BitOperations.TrailingZeroCount(open), serverBudget);
        }

        _answerBegins = _link.IsUnproven ? Deadline.After(serverBudget) : _deadline;
        var fault = _link.Ask(_requests.WrittenSpan, BitOperations.PopCount(asked), _deadline);
        _requests.Clear();
        return fault;
    }

    private ApiEnd ReadAnswer(IApiQuestions questions, int index)
    {
        if (_link.ReadHead(_answerBegins, out var head) is { } fault)
        {
            var isSilent = fault.Kind is FaultKind.Late && !_deadline.IsOver;
            return ApiEnd.Broken(fault) with { WasStale = isSilent || IsStale(fault) };
        }

        _answerBegins = _deadline;

        if (!questions.Takes(index, head.Status))
        {
            var message = _status.ReadMessage(_link, _deadline);
            var refusal = ApiEnd.Refused(head, message, head.Status == 429 && _status.SaysCacheIsUnready);
            return questions.TakesRefusal(index, refusal) ? ApiEnd.Done : refusal;
        }

        var end = questions.TakeAnswer(index, head, new ApiBody(_link, _deadline));
        if (end.IsDone)
        {
            _link.EndAnswer();
        }

        return end;
    }

    private bool IsStale(ConnectionFault fault) => fault.Kind is FaultKind.Broken && _link.HasAnswered;
}
