using System;
using System.Threading;
using FastProvider.Base;
using FastProvider.Native;

namespace FastProvider.Metrics;

/// <summary>
/// Answers scrapes. One thread serves all clients, a few at once, each for a few seconds at most: none of them can hold up
/// another for longer, and no pull knows of them.
/// </summary>
/// <param name="address">Where to listen.</param>
/// <param name="answers">Makes the answers.</param>
internal sealed class MetricsServer(MetricsAddress address, MetricsAnswers answers) : IDisposable
{
    /// <summary>Of more the one that is there for the longest time is cut off.</summary>
    private const int MaxClients = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Of <see cref="MetricsConnection"/>, as in <see cref="NamespaceCounts"/>; the oldest first.</summary>
    private readonly object?[] _clients = new object?[MaxClients];

    private int _count;
    private int _listening = -1;

    /// <summary>Begins to listen.</summary>
    /// <returns>Why it cannot; the address may come later.</returns>
    public Failure? Open()
    {
        if (_listening < 0)
        {
            _listening = Libc.ListenTcp(address.Host, address.Port);
        }

        return _listening >= 0 ? null
            : new Failure($"cannot listen on {address} for metrics: {Libc.ErrorOf(_listening).Words()}");
    }

    /// <summary>Waits for clients, and serves them.</summary>
    /// <param name="waker">Ends the wait.</param>
    /// <param name="longestMs">How long to wait at most.</param>
    public void Serve(int waker, int longestMs)
    {
        Span<Libc.PollDescriptor> wanted = stackalloc Libc.PollDescriptor[MaxClients + 2];
        wanted[0] = new Libc.PollDescriptor(waker, Libc.POLLIN);
        wanted[1] = new Libc.PollDescriptor(_listening, Libc.POLLIN);
        for (var i = 0; i < _count; i++)
        {
            wanted[i + 2] = Client(i).Wanted;
            longestMs = Math.Min(longestMs, (int)Client(i).Until.RemainingMs);
        }

        Libc.WaitForAny(wanted[..(_count + 2)], longestMs);
        var kept = 0;
        for (var i = 0; i < _count; i++)
        {
            var client = Client(i);
            var isThere = wanted[i + 2].ReturnedEvents == 0 || client.GoOn(answers);
            if (isThere && !client.Until.IsOver)
            {
                _clients[kept++] = client;
            }
            else
            {
                client.Dispose();
            }
        }

        _count = kept;
        if (wanted[1].ReturnedEvents != 0)
        {
            Take();
        }
    }

    public void Dispose()
    {
        while (_count > 0)
        {
            Client(--_count).Dispose();
        }

        if (_listening >= 0)
        {
            Libc.Close(_listening);
        }
    }

    private MetricsConnection Client(int index) => (MetricsConnection)_clients[index]!;

    private void Take()
    {
        // One at a time, so that those who are there have their turn between.
        var fd = Libc.Accept(_listening);
        if (fd < 0)
        {
            if (Libc.ErrorOf(fd) is not Errno.EAGAIN)
            {
                Thread.Sleep(Pause); // no descriptor is free, say: the client still waits there
            }

            return;
        }

        if (_count == MaxClients)
        {
            Client(0).Dispose();
            _clients.AsSpan(1).CopyTo(_clients);
            _count--;
        }

        _clients[_count++] = new MetricsConnection(fd);
    }
}
