using System;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>What is asked of the API server in one exchange, and what is done with the answers.</summary>
internal interface IApiQuestions
{
    /// <summary>How many there are, <see cref="ApiExchange.MaxQuestions"/> at most.</summary>
    int Count { get; }

    /// <summary>
    /// The answers count together or not at all: before another try all of them are forgotten and asked for again. Otherwise what
    /// was taken stays taken.
    /// </summary>
    bool StartOver { get; }

    /// <summary>Appends the bytes of one request.</summary>
    /// <param name="requests">Where to; it may hold a token.</param>
    /// <param name="index">Which of the questions.</param>
    /// <param name="serverBudget">After this the API server should give up by itself; whole seconds count.</param>
    void Append(SecretBuffer requests, int index, TimeSpan serverBudget);

    /// <summary>Whether an answer with this status is one to take. Any other is asked for again, or ends the exchange.</summary>
    /// <param name="index">Which of the questions.</param>
    /// <param name="status">Of the answer.</param>
    bool Takes(int index, int status);

    /// <summary>
    /// Whether a refusal answers the question for now, as it is to be put in another way. It was read to its end, or its
    /// connection is closed.
    /// </summary>
    /// <param name="index">Which of the questions.</param>
    /// <param name="refusal">The refusal.</param>
    bool TakesRefusal(int index, in ApiEnd refusal) => false;

    /// <summary>Takes one answer and reads its body to the end.</summary>
    ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body);

    /// <summary>Drops what was taken: another try follows. Called only where they <see cref="StartOver"/>.</summary>
    void Forget();
}

/// <summary>The body of one answer, which is read within the deadline of its exchange.</summary>
internal readonly struct ApiBody(ApiServerLink link, Deadline deadline)
{
    /// <inheritdoc cref="HttpConnection.ReadBody"/>
    public ConnectionFault? Read(Span<byte> into, out int count) => link.ReadBody(into, deadline, out count);
}
