using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.AuthFile;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Secrets;

namespace FastProvider.Grants;

/// <summary>The turn of one pull in a process that keeps grants: nobody waits, as each pull has a file of its own.</summary>
/// <param name="keeper">Keeps the grants.</param>
internal sealed class GrantTurns(GrantKeeper keeper) : ISlotTurns
{
    /// <summary>There was no room for a grant, so the run is to go alone.</summary>
    public bool IsFull { get; private set; }

    public ISlotTurn Await(AuthFileSlot slot, in TurnWanted wanted) => wanted.Wait.Bound == TimeSpan.Zero
        ? slot.Await(wanted.Wait, wanted.ToEmpty) // no lock and no wait: as it is wanted
        : new GrantTurn(this, keeper, slot, wanted);

    private sealed class GrantTurn : ISlotTurn
    {
        private readonly GrantTurns _turns;
        private readonly GrantKeeper _keeper;
        private readonly AuthFileSlot _slot;
        private readonly GrantSlotName _name;
        private readonly string _pod;
        private readonly TimeSpan _untakenLifetime;
        private readonly Deadline _bound;

        public GrantTurn(GrantTurns turns, GrantKeeper keeper, AuthFileSlot slot, in TurnWanted wanted)
        {
            _turns = turns;
            _keeper = keeper;
            _slot = slot;
            _name = new GrantSlotName(slot.Directory, slot.Name, wanted.Wait.LockDirectory);
            _pod = Encoding.UTF8.GetString(wanted.Pod);
            _untakenLifetime = wanted.UntakenLifetime;
            _bound = Deadline.After(wanted.Wait.Bound);
        }

        public bool WaitedInVain => false;

        public string? Warning { get; private set; }

        public Failure? Fill(ReadOnlySpan<EndpointCredential> endpoints, IReadOnlyList<CredentialHelper> helpers)
        {
            using var content = new SecretBuffer();
            AuthFileContent.Write(endpoints, helpers, content);
            return Take(_keeper.Add(_name, _pod, content.WrittenSpan, _untakenLifetime, _bound));
        }

        public Failure? Empty() => _slot.HasFile || _keeper.Has(_name)
            ? Take(_keeper.Withdraw(_name, _pod, _untakenLifetime, _bound))
            : null;

        public void Dispose()
        {
        }

        private Failure? Take(GrantAnswer answer)
        {
            Warning = answer.Warning;
            if (answer.Outcome is not GrantOutcome.Full)
            {
                return answer.Failure;
            }

            _turns.IsFull = true;
            return new Failure(FailureCause.AuthFile, "the agent has no room for another grant");
        }
    }
}
