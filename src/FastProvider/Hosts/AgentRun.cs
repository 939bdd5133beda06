using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using FastProvider.Agent;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Chain;
using FastProvider.Grants;
using FastProvider.Journal;
using FastProvider.Native;
using FastProvider.Secrets;
using FastProvider.Settings;

namespace FastProvider.Hosts;

/// <summary>
/// What the process of one pull has of the agent: all of the pull, where one listens; or a place for the file, where none did and
/// the run would have to wait for its turn. Whatever the agent does not do, the run does alone.
/// </summary>
internal sealed class AgentRun(Options options, string[] args, int parentId, Deadline run) : ISlotTurns
{
    /// <summary>The agent that the file is handed to.</summary>
    private AgentClient? _grant;

    /// <summary>Why the run goes alone; none as long as no agent was needed.</summary>
    public AloneReason Alone { get; private set; }

    /// <summary>The run starts an agent if it would have to wait for its turn.</summary>
    public bool MayStartAgent => Alone is not (AloneReason.Off or AloneReason.Socket) && options.SlotWait > TimeSpan.Zero;

    /// <summary>The exit status of a run that the agent carried out.</summary>
    public int ExitStatus { get; private set; }

    /// <summary>Has the agent carry the pull out, and passes on what came of it.</summary>
    /// <param name="request">What the kubelet wrote.</param>
    /// <returns>False if the run goes alone.</returns>
    public bool TryServe(ReadOnlySpan<byte> request)
    {
        Alone = AgentClient.Open(options.AgentSocket, out var client);
        if (client is null)
        {
            return false;
        }

        using (client)
        {
            using SecretBuffer frame = new(), settings = new(), answer = new();
            AgentSettings.Write(args, settings);
            new RunRequest
            {
                BudgetLeft = run.Remaining, ParentId = parentId, Settings = settings.WrittenSpan, Request = request,
            }.WriteTo(frame);
            Alone = client.Ask(frame, answer, run);
            if (Alone is not AloneReason.None)
            {
                return false;
            }

            if (!AgentReply.TryRead(answer.WrittenSpan, out var reply))
            {
                Alone = AloneReason.Died;
                return false;
            }

            PassOn(client, reply);
            return true;
        }
    }

    public ISlotTurn Await(AuthFileSlot slot, in TurnWanted wanted)
    {
        if (wanted.ToEmpty)
        {
            return AwaitToEmpty(slot, wanted);
        }

        // One that was too busy, or has ended just now, is asked once more before the run waits for its turn, which it may have.
        if (wanted.Wait.Bound == TimeSpan.Zero || Alone is AloneReason.Off or AloneReason.Socket)
        {
            return slot.Await(wanted.Wait, toEmpty: false);
        }

        if (slot.TryTake(wanted.Wait) is { } atOnce)
        {
            return atOnce;
        }

        _grant = AgentStart.Open(options);
        return _grant is null ? slot.Await(wanted.Wait, toEmpty: false) : new HandedTurn(this, slot, wanted);
    }

    private SlotTurn AwaitToEmpty(AuthFileSlot slot, in TurnWanted wanted)
    {
        var bound = Deadline.After(wanted.Wait.Bound);
        if (Withdraw(slot, wanted, bound) is { } withdrawn)
        {
            return withdrawn;
        }

        // Nor may a pull find what an agent that was killed has kept for it.
        GrantRecord.Forget(new GrantSlotName(slot.Directory, slot.Name, wanted.Wait.LockDirectory));
        return slot.Await(new SlotWait(wanted.Wait.LockDirectory, bound.Remaining), toEmpty: true);
    }

    /// <summary>An agent that keeps files of this slot has its lock: it ends what it keeps for this pod.</summary>
    /// <returns>Null if there is none, or it keeps nothing here.</returns>
    private SlotTurn? Withdraw(AuthFileSlot slot, in TurnWanted wanted, Deadline bound)
    {
        if (bound.IsOver || Alone is AloneReason.Off or AloneReason.Socket)
        {
            return null;
        }

        if (Alone is AloneReason.Silent && !TryEndHung(slot, wanted.Wait, bound))
        {
            return null;
        }

        using SecretBuffer frame = new(), answer = new();
        new GrantRequest
        {
            Slot = new GrantSlotName(slot.Directory, slot.Name, wanted.Wait.LockDirectory),
            Pod = wanted.Pod,
            UntakenLifetime = wanted.UntakenLifetime,
            Wait = bound.Remaining,
            Content = default,
        }.WriteTo(frame);
        if (AgentClient.Open(options.AgentSocket, out var client) is not AloneReason.None)
        {
            return null;
        }

        using (client)
        {
            return client!.Ask(frame, answer, bound) is AloneReason.None
                && AgentReply.TryRead(answer.WrittenSpan, out var reply) && reply.ExitStatus == 0
                ? slot.NothingToEmpty : null;
        }
    }

    /// <summary>
    /// An agent that says nothing may have the lock of the slot: the run ends it, or it would wait for its longest.
    /// </summary>
    /// <returns>False if nobody has the lock: then the turn is free.</returns>
    private bool TryEndHung(AuthFileSlot slot, in SlotWait wait, Deadline bound)
    {
        if (wait.Bound <= HungAgent.Patience || !slot.IsLockedFor(new SlotWait(wait.LockDirectory, HungAgent.Patience)))
        {
            return false;
        }

        _ = HungAgent.TryEnd(options.AgentSocket, bound);
        return true;
    }

    private void ConnectAgain()
    {
        _grant?.Dispose();
        _grant = AgentStart.Open(options);
    }

    /// <summary>The kubelet has its answer: the agent keeps the file that was handed to it.</summary>
    public void Confirm()
    {
        if (_grant is { } client)
        {
            client.Confirm(run.OrAfter(AgentClient.LongestSilence));
        }
    }

    /// <summary>Gives an agent that listens what other providers have answered, so that it need not be asked for again.</summary>
    /// <param name="answers">As <see cref="KeptAnswers"/> takes them; empty for none.</param>
    public void Remember(SecretBuffer answers)
    {
        if (answers.Length <= sizeof(int) || AgentClient.Open(options.AgentSocket, out var client) is not AloneReason.None)
        {
            return;
        }

        using (client)
        {
            using SecretBuffer frame = new(), reply = new();
            _ = AgentStream.Begin(frame, AgentQuestion.Keep);
            frame.Write(answers.WrittenSpan);
            _ = client!.Ask(frame, reply, run.OrAfter(AgentClient.LongestSilence));
        }
    }

    /// <summary>The line first, as the kubelet drops what comes after its answer.</summary>
    private void PassOn(AgentClient client, in AgentReply reply)
    {
        ExitStatus = reply.ExitStatus;
        // The file lies there: the process does not end before it has answered.
        Libc.IgnoreTermination();
        if (!reply.Line.IsEmpty)
        {
            _ = reply.ExitStatus == 0
                ? StandardStreams.Write(StandardStreams.Error, reply.Line)
                : StandardStreams.WriteFailure(reply.Line);
        }

        var errno = reply.Output.IsEmpty ? 0 : StandardStreams.Write(StandardStreams.Output, reply.Output);
        if (errno == 0)
        {
            client.Confirm(run.OrAfter(AgentClient.LongestSilence));
            Keep(reply.Entry);
            return;
        }

        ExitStatus = Failure.PullFailed;
        using var again = new SecretBuffer();
        client.TakeBack(errno, again, run.OrAfter(AgentClient.LongestSilence));
        if (AgentReply.TryRead(again.WrittenSpan, out var failed))
        {
            ExitStatus = failed.ExitStatus;
            _ = StandardStreams.WriteFailure(failed.Line);
            Keep(failed.Entry);
        }
    }

    private static void Keep(ReadOnlySpan<byte> entry)
    {
        if (!entry.IsEmpty)
        {
            _ = JournalSocket.TrySend(JournalSocket.SystemPath, entry);
        }
    }

    /// <summary>The turn of a run whose file the agent keeps.</summary>
    private sealed class HandedTurn : ISlotTurn
    {
        /// <summary>An agent that was started just now needs a moment, and without it the run may wait for much longer.</summary>
        private static readonly TimeSpan BeginWait = TimeSpan.FromSeconds(1);

        private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(10);

        private readonly AgentRun _run;
        private readonly AuthFileSlot _slot;
        private readonly SlotWait _wait;
        private readonly string _pod;
        private readonly TimeSpan _untakenLifetime;
        private readonly Deadline _bound;
        private bool _isHanded;
        private SlotTurn? _own;

        public HandedTurn(AgentRun run, AuthFileSlot slot, in TurnWanted wanted)
        {
            _run = run;
            _slot = slot;
            _wait = wanted.Wait;
            _pod = Encoding.UTF8.GetString(wanted.Pod);
            _untakenLifetime = wanted.UntakenLifetime;
            _bound = Deadline.After(_wait.Bound);
        }

        public bool WaitedInVain => _own is { WaitedInVain: true };

        public string? Warning => _own?.Warning;

        public Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers)
        {
            using SecretBuffer content = new(), frame = new(), answer = new();
            AuthFileContent.Write(endpoints, helpers, content);
            new GrantRequest
            {
                Slot = new GrantSlotName(_slot.Directory, _slot.Name, _wait.LockDirectory),
                Pod = Encoding.UTF8.GetBytes(_pod),
                UntakenLifetime = _untakenLifetime,
                Wait = _wait.Bound,
                Content = content.WrittenSpan,
            }.WriteTo(frame);
            if (TryAsk(frame, answer) && AgentReply.TryRead(answer.WrittenSpan, out var reply))
            {
                _isHanded = reply.ExitStatus == 0;
                if (_isHanded)
                {
                    return null;
                }

                // The agent has the turn and cannot write. This run may, as a service has mounts of its own, or says why not.
                _own = _slot.Await(new SlotWait(_wait.LockDirectory, TimeSpan.Zero), toEmpty: false);
            }
            else
            {
                _own = _slot.Await(new SlotWait(_wait.LockDirectory, _bound.Remaining), toEmpty: false);
            }

            return _own.Fill(endpoints, helpers);
        }

        /// <summary>
        /// Asks the agent, and once more the one that comes for one that was killed, or that said nothing for a while and has the
        /// lock still. Where too many ask at once, each has its turn within moments.
        /// </summary>
        private bool TryAsk(SecretBuffer frame, SecretBuffer answer)
        {
            for (var isAgain = false; _run._grant is { } client; isAgain = true)
            {
                switch (client.Ask(frame, answer, _bound, BeginWait))
                {
                    case AloneReason.None:
                        return true;
                    case AloneReason.Died when !isAgain && !_bound.IsOver:
                        break;
                    case AloneReason.Silent
                        when _run.TryEndHung(_slot, new SlotWait(_wait.LockDirectory, _bound.Remaining), _bound):
                        break;
                    case AloneReason.Full when !_bound.IsOver:
                        Thread.Sleep(FullPause);
                        break;
                    default:
                        return false;
                }

                answer.Clear();
                _run.ConnectAgain();
            }

            return false;
        }

        public Failure? Empty()
        {
            if (!_isHanded)
            {
                _own ??= _slot.Await(new SlotWait(_wait.LockDirectory, _bound.Remaining), toEmpty: true);
                return _own.Empty();
            }

            using var answer = new SecretBuffer();
            _run._grant?.TakeBack(Errno.EPIPE, answer, _bound);
            return null;
        }

        public void Dispose()
        {
            _own?.Dispose();
            _run._grant?.Dispose();
        }
    }
}
