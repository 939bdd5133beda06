using System;
using System.Text;
using System.Threading;
using FastProvider.Agent;
using FastProvider.Base;
using FastProvider.Events;
using FastProvider.Grants;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Pulls;
using FastProvider.Reports;
using FastProvider.Response;

namespace FastProvider.Hosts;

/// <summary>What the agent does for one plugin that connected.</summary>
internal sealed class AgentConversation
{
    private const int JournalStackBytes = 4096;

    /// <summary>A plugin sends its question at once, and its last word when the kubelet has read the answer.</summary>
    private static readonly TimeSpan QuestionWait = TimeSpan.FromSeconds(1), ConfirmationWait = TimeSpan.FromSeconds(3);

    private readonly AgentStream _stream;
    private readonly AgentState _state;
    private readonly Lock _gate = new();
    private bool _isWorking = true;
    private PodEvent? _podEvent;
    private AgentSettings? _settings;
    private int _parentId;

    public AgentConversation(AgentStream stream, AgentState state)
    {
        _stream = stream;
        _state = state;
    }

    /// <summary>The one that waits for a worker behind this one.</summary>
    public AgentConversation? Next { get; set; }

    /// <summary>The one that came before, of those that are under way.</summary>
    public AgentConversation? Older { get; set; }

    /// <summary>Says that the question will be read.</summary>
    /// <returns>False if the plugin has gone.</returns>
    public bool Begin() => _stream.TrySend([AgentMark.Begun], default);

    /// <summary>There is no room for it.</summary>
    public void Decline()
    {
        _ = _stream.TrySend([AgentMark.Full], default);
        _stream.Dispose();
    }

    /// <summary>Says that the run goes on, unless its reply is on the way.</summary>
    public void SayWorking()
    {
        lock (_gate)
        {
            if (_isWorking)
            {
                _ = _stream.TrySend([AgentMark.Working], default);
            }
        }
    }

    /// <summary>Reads the question, does what is asked, and replies.</summary>
    public void Run()
    {
        _state.Metrics.Began();
        try
        {
            Answer();
        }
        finally
        {
            Leave();
            _state.Metrics.Ended();
        }
    }

    private void Answer()
    {
        using SecretBuffer question = new();
        if (!_stream.TryReadFrame(question, Deadline.After(QuestionWait)))
        {
            return;
        }

        var reader = new FrameReader(question.WrittenSpan);
        var kind = (AgentQuestion)reader.Number();
        var version = reader.Text();
        // People may ask with any version, and nothing comes of it. What has no version was not asked by any.
        var isOurs = version.SequenceEqual(Encoding.UTF8.GetBytes(BuildVersion.Value));
        if (!isOurs && !version.IsEmpty && kind is not AgentQuestion.Status)
        {
            _state.Metrics.Decline(AloneReason.OtherVersion);
            Mark(AgentMark.OtherVersion);
            _state.OnOtherVersion?.Invoke();
            return;
        }

        var isDone = !version.IsEmpty && kind switch
        {
            AgentQuestion.Run => RunRequest.TryRead(ref reader, out var run) && Carry(run),
            AgentQuestion.Grant => GrantRequest.TryRead(ref reader, out var grant) && Grant(grant),
            AgentQuestion.Status => reader.IsWhole && Status(),
            AgentQuestion.Keep => _state.Answers.Take(ref reader) && Kept(),
            _ => false,
        };
        if (!isDone)
        {
            _state.Metrics.Decline(AloneReason.Declined);
            Mark(AgentMark.Declined);
        }
    }

    /// <summary>What follows when the plugin has gone: nobody waits for it.</summary>
    public void Finish()
    {
        if (_podEvent is not null)
        {
            EventProcess.Write(_podEvent, _settings!.Options, _settings.Variable, _parentId);
        }
    }

    private bool Carry(in RunRequest run)
    {
        if (_state.Settings(run.Settings) is not { } settings)
        {
            return false;
        }

        _state.Note();
        (_settings, _parentId) = (settings, run.ParentId);
        var turns = new GrantTurns(_state.Keeper);
        var budget = Deadline.After(run.BudgetLeft);
        using var pull = new Pull(new PullInput
        {
            Options = settings.Options,
            Variable = settings.Variable,
            Run = budget,
            Kubelet = KubeletHint.Parent(run.ParentId),
            Resources = _state.Resources,
            Node = _state.Node,
            Turns = turns,
            // Providers are run by runs, as the kubelet starts them: a service is kept from what they may need.
            Answers = _state.Answers,
        });
        Failure? failure;
        try
        {
            failure = pull.Decide(run.Request);
            if (failure is null && pull.LacksProvider)
            {
                _state.Metrics.Decline(AloneReason.Providers);
                Mark(AgentMark.Providers);
                return true;
            }

            failure ??= pull.Commit();
        }
        catch (Exception exception)
        {
            failure = PullEnd.FailureOf(exception);
        }

        if (turns.IsFull)
        {
            _state.Metrics.Decline(AloneReason.Full);
            Mark(AgentMark.Full);
            return true;
        }

        if (failure is not null && MayBeOfThisProcess(failure.Cause))
        {
            return false;
        }

        var record = failure is null ? pull.End(failure: null) : PullEnd.Fail(pull, failure);
        Reply(pull, record);
        if (Unanswered(budget) is { } unanswered)
        {
            record = PullEnd.Fail(pull, CredentialProviderResponse.NotWritten(unanswered));
            Reply(pull, record);
        }

        _state.Metrics.Count(record);
        if (record.AuthDirectory is { } directory)
        {
            _state.NoteDirectory(directory, settings.Options);
        }

        _podEvent = settings.Options.Events ? PodEvent.Of(record) : null;
        return true;
    }

    private bool Grant(in GrantRequest grant)
    {
        var pod = Encoding.UTF8.GetString(grant.Pod);
        var bound = Deadline.After(grant.Wait);
        if (grant.Content.IsEmpty)
        {
            return Withdraw(grant, pod, bound);
        }

        _state.Note();
        var answer = _state.Keeper.Add(grant.Slot, pod, grant.Content, grant.UntakenLifetime, bound);
        if (answer.Outcome is GrantOutcome.Full)
        {
            return false;
        }

        var failed = answer.Failure?.Cause;

        Reply(new AgentReply
        {
            ExitStatus = answer.Failure?.ExitCode ?? 0,
            Output = default,
            Line = Encoding.UTF8.GetBytes(answer.Failure?.Message ?? ""),
            Entry = default,
        });
        if (answer.Failure is null && Unanswered(bound) is not null)
        {
            failed = FailureCause.Response;
            _ = _state.Keeper.Withdraw(grant.Slot, pod, grant.UntakenLifetime, bound);
            Reply(new AgentReply { ExitStatus = 0, Output = default, Line = default, Entry = default });
        }

        _state.Metrics.CountHandedOver(failed);
        return true;
    }

    /// <returns>False if nothing is kept there, or it cannot be done.</returns>
    private bool Withdraw(in GrantRequest grant, string pod, Deadline bound)
    {
        var isDone = _state.Keeper.Has(grant.Slot)
            && _state.Keeper.Withdraw(grant.Slot, pod, grant.UntakenLifetime, bound) is
                { Outcome: not GrantOutcome.Full, Failure: null };
        if (isDone)
        {
            Reply(new AgentReply { ExitStatus = 0, Output = default, Line = default, Entry = default });
        }

        return isDone;
    }

    private bool Kept()
    {
        Reply(new AgentReply { ExitStatus = 0, Output = default, Line = default, Entry = default });
        return true;
    }

    private bool Status()
    {
        var text = AgentStatus.Of(_state);
        Reply(new AgentReply { ExitStatus = 0, Output = text.Bytes, Line = default, Entry = default });
        return true;
    }

    /// <summary>
    /// A service may be kept from files that the plugin can use, or have been started in another way: what may be for that, the
    /// plugin tries by itself.
    /// </summary>
    private static bool MayBeOfThisProcess(FailureCause cause) => cause
        is FailureCause.RegistriesConf or FailureCause.NodeConfig or FailureCause.NodeIdentity or FailureCause.OpenSsl
        or FailureCause.AuthDir or FailureCause.AuthFile or FailureCause.OutOfMemory or FailureCause.Defect;

    private void Reply(Pull pull, PullRecord record)
    {
        using var answer = new SecretBuffer();
        if (record.Failure is null)
        {
            CredentialProviderResponse.Compose(pull.Image, pull.IsPrivate, answer);
        }

        var line = PullEnd.LineOf(record, _settings!.Options);
        var entry = new JournalEntry(PullLine.PriorityOf(record), stackalloc byte[JournalStackBytes]);
        if (line is not null)
        {
            PullEnd.Describe(ref entry, record, line, new PullHost(isAgent: true, AloneReason.None));
        }

        Reply(new AgentReply
        {
            ExitStatus = record.Failure?.ExitCode ?? 0,
            Output = answer.WrittenSpan,
            Line = line is null ? default : record.Failure is null ? line.WithNewLine() : line.Bytes,
            Entry = line is null ? default : entry.Bytes,
        });
        entry.Dispose();
    }

    private void Reply(in AgentReply reply)
    {
        using var frame = new SecretBuffer();
        AgentStream.Begin(frame);
        reply.WriteTo(frame);
        lock (_gate)
        {
            _isWorking = false;
            _ = _stream.TrySend([AgentMark.Reply], default)
                && _stream.TrySendFrame(frame, Deadline.After(AgentClient.LongestSilence));
        }
    }

    /// <summary>Why the kubelet has no answer, null if it has; a plugin that ended without a word could not give it.</summary>
    private Errno? Unanswered(Deadline budget)
    {
        var bound = budget.OrAfter(ConfirmationWait);
        return _stream.ReadMark(bound) switch
        {
            AgentMark.Answered => null,
            AgentMark.Unanswered => (Errno)(_stream.ReadMark(bound) ?? 0),
            _ => Errno.EPIPE,
        };
    }

    /// <summary>Its descriptor may be that of another connection at once, so nothing is said there any more.</summary>
    private void Leave()
    {
        lock (_gate)
        {
            _isWorking = false;
            _stream.Dispose();
        }
    }

    private void Mark(byte mark)
    {
        lock (_gate)
        {
            _isWorking = false;
            _ = _stream.TrySend([mark], default);
        }
    }
}
