using System;
using FastProvider.Node;
using Microsoft.Extensions.ObjectPool;

namespace FastProvider.Transport;

/// <summary>
/// The way to one API server: its trust, and a connection that is opened when it is needed and kept while it is good. Links
/// are pooled, so a long-lived host of the pipeline shakes hands once and not for every pull; a run of the plugin takes one.
/// </summary>
internal sealed class ApiServerLink : IDisposable
{
    private static readonly ObjectPool<ApiServerLink> Pool = new DefaultObjectPoolProvider().Create(new PoolPolicy());

    private ApiServerTarget? _server;
    private HttpProxy? _proxy;
    private NodeCertificate? _client;
    private TlsContext? _context;
    private HttpConnection? _connection;

    /// <summary>How many answers to requests that were sent are still to be read.</summary>
    public int PendingAnswers { get; private set; }

    /// <summary>Bytes of bodies since the link was taken.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// Whether the connection has carried an answer before. If such a connection ends without a word, its keep-alive was over,
    /// and what was asked may be asked again at once (RFC 9112 section 9.3.1).
    /// </summary>
    public bool HasAnswered { get; private set; }

    /// <summary>The common name of the client certificate; empty if none is shown.</summary>
    public string ClientName => _context?.ClientName ?? "";

    /// <summary>Takes a link from the pool and aims it at the server; give it back with <see cref="Return"/>.</summary>
    public static Failure? Take(ApiServerTarget server, HttpProxy? proxy, out ApiServerLink link)
    {
        link = Pool.Get();
        return link.Aim(server, proxy);
    }

    /// <summary>The same, as the node. Such a connection serves one pull and no other: it may read what a workload may not.</summary>
    public static Failure? TakeAsNode(ApiServerTarget server, HttpProxy? proxy, NodeCertificate client, out ApiServerLink link)
    {
        link = Pool.Get();
        link.Dispose();
        link._client = client;
        return link.Aim(server, proxy);
    }

    public void Return() => Pool.Return(this);

    /// <summary>Sends requests, back to back, on the open connection or on a new one.</summary>
    public ConnectionFault? Ask(ReadOnlySpan<byte> requests, int count, Deadline deadline)
    {
        if (_connection is null && Connect(deadline) is { } unreached)
        {
            return unreached;
        }

        PendingAnswers = count;
        return _connection!.Send(requests, deadline);
    }

    /// <inheritdoc cref="HttpConnection.ReadHead"/>
    public ConnectionFault? ReadHead(Deadline deadline, out HttpHead answer)
    {
        var fault = _connection!.ReadHead(deadline, out answer);
        HasAnswered |= fault is null;
        return fault;
    }

    /// <inheritdoc cref="HttpConnection.ReadBody"/>
    public ConnectionFault? ReadBody(Span<byte> into, Deadline deadline, out int count)
    {
        var fault = _connection!.ReadBody(into, deadline, out count);
        BytesRead += count;
        return fault;
    }

    /// <summary>An answer was read whole. The connection ends here if it said so; other answers must then be asked for again.</summary>
    public void EndAnswer()
    {
        PendingAnswers--;
        if (!_connection!.CanContinue)
        {
            Close();
        }
    }

    /// <summary>Ends the connection: after a fault, or with answers that nobody wants.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
        PendingAnswers = 0;
        HasAnswered = false;
    }

    public void Dispose()
    {
        Close();
        _context?.Dispose();
        _context = null;
        _client = null;
        _server = null;
    }

    /// <summary>Keeps trust and connection if they are those of the same server; the CA is read anew for each pull and may have been rotated.</summary>
    private Failure? Aim(ApiServerTarget server, HttpProxy? proxy)
    {
        BytesRead = 0;
        if (_server is not null && _server.IsSame(server) && Equals(_proxy?.ToString(), proxy?.ToString()))
        {
            return null;
        }

        var client = _client;
        Dispose();
        if (TlsContext.Create(
            server.CertificateAuthorityPem.Span, server.CertificateAuthorityOrigin, out _context, client) is { } unusable)
        {
            return unusable;
        }

        _server = server;
        _proxy = proxy;
        _client = client;
        return null;
    }

    private ConnectionFault? Connect(Deadline deadline)
    {
        var url = _server!.Url;
        var fault = _proxy is null
            ? TcpConnector.Connect(url.Host, url.Port, deadline, out var fd)
            : ProxyTunnel.Connect(_proxy, url.Host, url.Port, deadline, out fd);
        if (fault is not null)
        {
            return fault;
        }

        fault = TlsConnection.Handshake(_context!, fd, _server.TlsServerName, deadline, out var tls);
        if (fault is null)
        {
            _connection = new HttpConnection(tls!);
        }

        return fault;
    }

    /// <summary>A link goes back with its connection only if no answer is under way on it, and never with the node's.</summary>
    private sealed class PoolPolicy : PooledObjectPolicy<ApiServerLink>
    {
        public override ApiServerLink Create() => new();

        public override bool Return(ApiServerLink link)
        {
            if (link._client is not null)
            {
                link.Dispose();
            }
            else if (link.PendingAnswers > 0)
            {
                link.Close();
            }

            return true;
        }
    }
}
