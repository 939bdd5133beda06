namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Which requests are answered otherwise than normally. The first rule that takes a request answers it. Rules may be added while
/// the server runs.
/// </summary>
public sealed class Script
{
    private readonly Lock _lock = new();
    private readonly List<(Func<ReceivedRequest, bool> Takes, Answer Answer)> _rules = [];

    /// <summary>Every request.</summary>
    public Script Always(Answer answer) => When(_ => true, answer);

    /// <summary>The request of this number, 1 for the server's first.</summary>
    public Script Request(int number, Answer answer) => When(r => r.Number == number, answer);

    /// <summary>The first <paramref name="count"/> attempts of each path and field selector; what follows is normal.</summary>
    public Script FirstAttempts(int count, Answer answer) => When(r => r.Attempt <= count, answer);

    /// <summary>The requests that <paramref name="takes"/> chooses.</summary>
    public Script When(Func<ReceivedRequest, bool> takes, Answer answer)
    {
        lock (_lock)
        {
            _rules.Add((takes, answer));
        }

        return this;
    }

    internal Answer For(ReceivedRequest request)
    {
        lock (_lock)
        {
            return _rules.Find(rule => rule.Takes(request)).Answer ?? Respond.Normally();
        }
    }
}
