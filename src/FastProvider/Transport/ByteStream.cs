using System;
using FastProvider.Base;

namespace FastProvider.Transport;

/// <summary>
/// Bytes to and from one peer, over a socket or another stream that it owns. No call waits beyond its deadline, or takes what
/// comes after it.
/// </summary>
internal abstract class ByteStream : IDisposable
{
    /// <summary>Sends all bytes.</summary>
    public abstract ConnectionFault? Write(ReadOnlySpan<byte> bytes, Deadline deadline);

    /// <summary>Waits for bytes and reads what is there.</summary>
    /// <param name="buffer">Not empty.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="count">How many bytes came; 0 when the other side has ended its stream.</param>
    public abstract ConnectionFault? Read(Span<byte> buffer, Deadline deadline, out int count);

    /// <summary>
    /// Whether something came that nobody waits for. On a connection that rests it is the word that it ends, so it is no use.
    /// </summary>
    public abstract bool HasInput { get; }

    public abstract void Dispose();
}
