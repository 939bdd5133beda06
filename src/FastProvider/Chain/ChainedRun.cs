using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Kubelet;
using FastProvider.Names;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.Chain;

/// <summary>One provider that is asked for one endpoint, on a thread of its own.</summary>
internal sealed class ChainedRun(
    ProviderEntry entry, string program, string[] environment, EndpointCredential endpoint, string repository) : IDisposable
{
    private readonly SecretBuffer _output = new();
    private readonly ChainedAnswer _answer = new();
    private Thread? _thread;
    private string? _fault;

    public string Name => entry.Name;

    /// <summary>Which provider it is: one of another program, with other args or variables, may answer something else.</summary>
    public string Identity => string.Join('\0', [program, entry.ApiVersion, .. entry.Arguments, "", .. environment]);

    public EndpointCredential Endpoint => endpoint;

    public string Repository => repository;

    /// <summary>Begins; the run ends by itself at the deadline.</summary>
    public void Start(Deadline deadline, int stackBytes)
    {
        _thread = new Thread(() => _fault = Ask(deadline), stackBytes) { IsBackground = true };
        try
        {
            _thread.Start();
        }
        catch (OutOfMemoryException)
        {
            _thread = null; // also where the kernel gives no more threads (pids.max)
            _fault = "is not asked: this process gets no more threads";
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>Null if there is an answer that a kubelet would take.</returns>
    public string? Finish()
    {
        _thread?.Join();
        return _fault;
    }

    /// <summary>Takes an answer that was kept, instead of asking.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryRecall(KeptAnswers kept)
    {
        _output.Clear();
        return kept.TryFind(Identity, repository, _output) && _answer.Read(_output.WrittenSpan, entry.ApiVersion) is null;
    }

    /// <summary>Appends the answer for who keeps it, if it may be kept at all.</summary>
    /// <param name="answers">Where to.</param>
    /// <returns>Whether it did.</returns>
    public bool TryRemember(SecretBuffer answers)
    {
        var time = _answer.CacheDuration
            ?? (GoDuration.TryParse(entry.DefaultCacheDuration ?? "", out var duration) ? duration : TimeSpan.Zero);
        if (time <= TimeSpan.Zero || _output.Length > KeptAnswers.MaxAnswerBytes)
        {
            return false;
        }

        KeptAnswers.Write(answers, Identity, _answer.Scope, repository, time, _output.WrittenSpan);
        return true;
    }

    /// <summary>Gives the endpoint the credential that the answer has for it, if it has one.</summary>
    public void Offer(SecretNotices notices)
    {
        if (!_answer.TryFind(repository, out var key, out var user, out var password) || (user.IsEmpty && password.IsEmpty))
        {
            return;
        }

        if (user.Contains((byte)':'))
        {
            notices.Add($"credential provider {Name} answered with a user that has a colon, which no auth file can hold"
                + $" (asked for {repository})");
            return;
        }

        endpoint.TakeAnswer(Name, key, user, password);
    }

    public void Dispose()
    {
        _answer.Dispose();
        _output.Dispose();
    }

    private string? Ask(Deadline deadline)
    {
        try
        {
            return ChainedProcess.Run(program, entry.Arguments, environment, Request(), deadline, _output)
                ?? _answer.Read(_output.WrittenSpan, entry.ApiVersion);
        }
        catch (Exception exception)
        {
            return $"cannot be asked ({exception.GetType().Name})";
        }
    }

    /// <summary>A CredentialProviderRequest as the kubelet writes one without a token. Both texts need no escapes.</summary>
    private byte[] Request() => System.Text.Encoding.ASCII.GetBytes(
        $"{{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"{entry.ApiVersion}\",\"image\":\"{repository}\"}}\n");
}
