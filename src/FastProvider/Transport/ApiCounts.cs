using System;
using System.Threading;

namespace FastProvider.Transport;

/// <summary>What the links of one host did since its start; the totals only rise. Safe for several threads.</summary>
internal sealed class ApiCounts
{
    private long _requests, _handshakes, _lastAnswerAtMs = -1;
    private int _open;

    /// <summary>Requests that were sent, or were to be sent.</summary>
    public long RequestsTotal => Volatile.Read(ref _requests);

    /// <summary>TLS handshakes with API servers that were begun.</summary>
    public long HandshakesTotal => Volatile.Read(ref _handshakes);

    /// <summary>Connections that are open now, as far as is known here.</summary>
    public int OpenConnections => Volatile.Read(ref _open);

    /// <summary>How long ago an API server answered anything; null if none did.</summary>
    public TimeSpan? SinceLastAnswer => Volatile.Read(ref _lastAnswerAtMs) is var at and >= 0
        ? TimeSpan.FromMilliseconds(Environment.TickCount64 - at)
        : null;

    public void Asked(int requests) => Interlocked.Add(ref _requests, requests);

    public void BeganHandshake() => Interlocked.Increment(ref _handshakes);

    public void Answered() => Volatile.Write(ref _lastAnswerAtMs, Environment.TickCount64);

    public void Opened() => Interlocked.Increment(ref _open);

    public void Closed() => Interlocked.Decrement(ref _open);
}
