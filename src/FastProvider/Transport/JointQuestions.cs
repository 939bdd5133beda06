using System;
using FastProvider.Native;

namespace FastProvider.Transport;

/// <summary>Two sets of questions in one exchange, so that the second costs no round trip.</summary>
/// <param name="first">Whose answers come first.</param>
/// <param name="second">What is asked behind them.</param>
internal sealed class JointQuestions(IApiQuestions first, IApiQuestions second) : IApiQuestions
{
    public int Count => first.Count + second.Count;

    public bool StartOver => first.StartOver || second.StartOver;

    public void Append(SecretBuffer requests, int index, TimeSpan serverBudget) =>
        Of(ref index).Append(requests, index, serverBudget);

    public bool Takes(int index, int status) => Of(ref index).Takes(index, status);

    public bool TakesRefusal(int index, in ApiEnd refusal) => Of(ref index).TakesRefusal(index, refusal);

    public ApiEnd TakeAnswer(int index, in HttpHead head, ApiBody body) => Of(ref index).TakeAnswer(index, head, body);

    public void Forget()
    {
        first.Forget();
        second.Forget();
    }

    private IApiQuestions Of(ref int index)
    {
        if (index < first.Count)
        {
            return first;
        }

        index -= first.Count;
        return second;
    }
}
