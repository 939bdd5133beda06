using System;
using System.Text;
using System.Threading;
using FastProvider.Base;
using FastProvider.Kubelet;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.Chain;

/// <summary>One provider that is asked for one endpoint, on a thread of its own.</summary>
/// <param name="entry">Which provider.</param>
/// <param name="program">Its program.</param>
/// <param name="environment">Its variables, each as NAME=VALUE; none for who does not run it.</param>
/// <param name="endpoint">Who gets the credential.</param>
/// <param name="repository">The name of that.</param>
/// <param name="kubeletId">The process that ran the provider, if it is known.</param>
internal sealed class ChainedRun(
    ProviderEntry entry, string program, string[] environment, EndpointCredential endpoint, string repository, int? kubeletId)
    : IDisposable
{
    /// <summary>A program may be where no signal ends it, as on a file system that is gone: its thread is left behind.</summary>
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);

    private readonly SecretBuffer _output = new();
    private readonly ChainedAnswer _answer = new();
    private Thread? _thread;
    private string? _fault;
    private bool _isLeft;

    public string Name => entry.Name;

    public EndpointCredential Endpoint => endpoint;

    public string Repository => repository;

    /// <summary>
    /// Which provider it is, as a digest: one of another program, with other args or variables, may answer something else. What
    /// it has of the kubelet's variables stays the same for as long as that process runs; another kubelet has answers of its own.
    /// </summary>
    public string Identity
    {
        get
        {
            Span<byte> digest = stackalloc byte[32];
            var text = Encoding.UTF8.GetBytes(
                string.Join('\0', [program, entry.ApiVersion, $"{kubeletId}", .. entry.Arguments, "", .. entry.Assignments]));
            OpenSsl.Sha256(text, digest);
            return Convert.ToHexStringLower(digest);
        }
    }

    /// <summary>It has answered as a kubelet takes it.</summary>
    public bool HasAnswer { get; private set; }

    /// <summary>What the answer has for the endpoint; null if there is nothing.</summary>
    public ChainedLogin? Login { get; private set; }

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
    /// <param name="deadline">That of the start.</param>
    /// <returns>Null if there is an answer that a kubelet would take.</returns>
    public string? Finish(Deadline deadline)
    {
        _isLeft = _thread is not null && !_thread.Join(deadline.Remaining + LongestEnd);
        if (_isLeft)
        {
            return "cannot be ended";
        }

        HasAnswer = _fault is null;
        Login = HasAnswer ? _answer.Find(repository) : null;
        return _fault;
    }

    /// <summary>Takes an answer that was kept, instead of asking.</summary>
    /// <returns>False if there is none.</returns>
    public bool TryRecall(KeptAnswers kept)
    {
        _output.Clear();
        _fault = kept.TryFind(Identity, repository, _output) ? _answer.Read(_output.WrittenSpan, entry.ApiVersion)
            : "was not asked before";
        return _fault is null;
    }

    /// <summary>An answer was wanted for a pull before, and nobody had one that could be kept.</summary>
    public bool IsKnownToLack(KeptAnswers kept) => kept.IsKnownToLack(Identity, repository);

    /// <summary>Remembers that, for the pulls that follow.</summary>
    public void NoteLack(KeptAnswers kept) => kept.NoteLack(Identity, repository);

    /// <summary>Appends the answer for who keeps it, if it may be kept at all.</summary>
    /// <param name="answers">Where to.</param>
    /// <returns>Whether it did.</returns>
    public bool TryRemember(SecretBuffer answers)
    {
        var time = _answer.CacheDuration ?? ChainedAnswer.TimeOf(entry.DefaultCacheDuration ?? "");
        if (time <= TimeSpan.Zero || _output.Length > KeptAnswers.MaxAnswerBytes)
        {
            return false;
        }

        KeptAnswers.Write(answers, Identity, _answer.Scope, repository, time, _output.WrittenSpan);
        return true;
    }

    /// <summary>Gives the endpoint the credential.</summary>
    /// <param name="login">Of this run's answer.</param>
    public void Serve(ChainedLogin login) =>
        endpoint.TakeAnswer(Name, _answer[login.Key], _answer[login.User], _answer[login.Password]);

    public void Dispose()
    {
        if (!_isLeft)
        {
            _answer.Dispose();
            _output.Dispose();
        }
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
    private byte[] Request() => Encoding.ASCII.GetBytes(
        $"{{\"kind\":\"CredentialProviderRequest\",\"apiVersion\":\"{entry.ApiVersion}\",\"image\":\"{repository}\"}}\n");
}
