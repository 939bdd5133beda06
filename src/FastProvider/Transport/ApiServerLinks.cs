using System;
using FastProvider.Base;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// The links of one host. A process that serves many pulls keeps those that are idle, so that a pull need not connect. A link
/// serves another pull only if address, trust, proxy with its login, and client certificate are the same. Safe for several
/// threads.
/// </summary>
/// <param name="maxIdle">How many idle links to keep; with 0 a link ends with its lease.</param>
internal sealed class ApiServerLinks(int maxIdle = 0) : IDisposable
{
    private const int DigestBytes = 32;

    /// <summary>An API server closes a connection that was idle for 90 s (k8s.io/apiserver/pkg/server, IdleTimeout).</summary>
    private static readonly TimeSpan LongestIdle = TimeSpan.FromSeconds(60);

    /// <summary>The one that is idle for the longest time comes first. Locked while it is looked at.</summary>
    private readonly ApiServerLink[] _idle = new ApiServerLink[maxIdle];

    private int _idleCount;
    private bool _isOver;

    /// <summary>What all links did.</summary>
    public ApiCounts Counts { get; } = new();

    /// <summary>Takes a link, kept or new; it connects when it is first asked.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="client">The certificate of the node, if it asks as itself. May be disposed of after the call.</param>
    public Result<ApiServerLease> Take(in ApiServerRoute server, NodeCertificate? client = null)
    {
        var identity = maxIdle > 0 && client is not null ? IdentityOf(client) : [];
        if (maxIdle > 0 && TakeIdle(server, identity) is { } kept)
        {
            return new ApiServerLease(this, kept);
        }

        var opened = ApiServerLink.Open(server, client, identity, Counts);
        return opened.IsOk ? new ApiServerLease(this, opened.Value) : opened.Failure;
    }

    /// <summary>Takes a link that has lost its connection while it was idle, if there is one.</summary>
    public ApiServerLease? TakeCold()
    {
        lock (_idle)
        {
            DropExpired();
            for (var i = 0; i < _idleCount; i++)
            {
                if (_idle[i].IsCold)
                {
                    return new ApiServerLease(this, Remove(i));
                }
            }

            return null;
        }
    }

    public void Dispose()
    {
        lock (_idle)
        {
            _isOver = true;
            while (_idleCount > 0)
            {
                Remove(0).Dispose();
            }
        }
    }

    internal void Return(ApiServerLink link)
    {
        if (maxIdle == 0)
        {
            link.Dispose();
            return;
        }

        link.Rest(Deadline.After(LongestIdle));
        lock (_idle)
        {
            DropExpired();
            if (_isOver)
            {
                link.Dispose();
                return;
            }

            if (_idleCount == maxIdle)
            {
                Remove(0).Dispose();
            }

            _idle[_idleCount++] = link;
        }
    }

    /// <summary>The link that was idle for the shortest time is the likeliest to be open still.</summary>
    private ApiServerLink? TakeIdle(in ApiServerRoute server, ReadOnlySpan<byte> identity)
    {
        lock (_idle)
        {
            DropExpired();
            for (var i = _idleCount - 1; i >= 0; i--)
            {
                if (_idle[i].TryStart(server, identity))
                {
                    return Remove(i);
                }
            }

            return null;
        }
    }

    private void DropExpired()
    {
        while (_idleCount > 0 && _idle[0].IdleUntil.IsOver)
        {
            Remove(0).Dispose();
        }
    }

    private ApiServerLink Remove(int index)
    {
        var link = _idle[index];
        _idle.AsSpan(index + 1, --_idleCount - index).CopyTo(_idle.AsSpan(index));
        return link;
    }

    /// <summary>A digest, as the file of the certificate may hold its key, too, and that is not to be kept.</summary>
    private static byte[] IdentityOf(NodeCertificate client)
    {
        var digest = new byte[DigestBytes];
        OpenSsl.Sha256(client.CertificatePem, digest);
        return digest;
    }
}
