using System;

namespace FastProvider.AuthFile;

/// <summary>How a pull comes to its turn at the slot.</summary>
internal interface ISlotTurns
{
    /// <summary>Waits until the slot is this pull's.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="wanted">For whom, and how long to wait.</param>
    /// <returns>The turn; dispose it before the slot.</returns>
    ISlotTurn Await(AuthFileSlot slot, in TurnWanted wanted);
}

/// <summary>For whom a turn is sought.</summary>
internal readonly ref struct TurnWanted
{
    /// <summary>How to wait.</summary>
    public required SlotWait Wait { get; init; }

    /// <summary>The slot is only to be emptied: where nothing is, there is nothing to wait for.</summary>
    public required bool ToEmpty { get; init; }

    /// <summary>The uid of the pod; empty where the token names none.</summary>
    public required ReadOnlySpan<byte> Pod { get; init; }

    /// <summary>The age at which a file that no pull took is removed; zero for never.</summary>
    public required TimeSpan UntakenLifetime { get; init; }
}

/// <summary>The turns of a process that carries out one pull: each waits for the slot's lock and for the file before.</summary>
internal sealed class OwnTurns : ISlotTurns
{
    public ISlotTurn Await(AuthFileSlot slot, in TurnWanted wanted) => slot.Await(wanted.Wait, wanted.ToEmpty);
}
