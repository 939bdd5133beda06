using System;
using System.Diagnostics;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// The way to one API server: its trust, and a connection that is opened when it is needed and ends with the link. One pull at a
/// time uses it (<see cref="ApiServerLease"/>). The token of a workload and the certificate of the node never share a link.
/// </summary>
internal sealed class ApiServerLink : IDisposable
{
    private readonly TlsContext _context;
    private readonly byte[] _identity;
    private readonly ApiCounts _counts;
    private ProxyServer? _proxy;
    private HttpConnection? _connection;
    private long _waitedTicks;

    private ApiServerLink(in ApiServerRoute server, TlsContext context, bool isNode, byte[] identity, ApiCounts counts)
    {
        Server = server.Target;
        _proxy = server.Proxy;
        _context = context;
        _identity = identity;
        _counts = counts;
        IsNode = isNode;
    }

    public ApiServerTarget Server { get; private set; }

    /// <summary>The node asks as itself, by its client certificate.</summary>
    public bool IsNode { get; }

    /// <summary>There is a connection, as far as is known here.</summary>
    public bool IsOpen => _connection is not null;

    /// <summary>How many answers to requests that were sent are still to be read.</summary>
    public int PendingAnswers { get; private set; }

    /// <summary>Bytes of bodies, for the one who uses the link now.</summary>
    public long BytesRead { get; private set; }

    /// <summary>
    /// How long this one waited to connect, to send and to receive; what was done with the answers is not in it.
    /// </summary>
    public TimeSpan Waited => Stopwatch.GetElapsedTime(0, _waitedTicks);

    /// <summary>
    /// Whether the connection has carried an answer before. If such a connection ends without a word, its keep-alive was over,
    /// and what was asked may be asked again at once (RFC 9112 section 9.3.1).
    /// </summary>
    public bool HasAnswered { get; private set; }

    /// <summary>
    /// The connection was kept from an earlier use and has answered nothing in this one. The server may have gone without a word.
    /// </summary>
    public bool IsUnproven { get; private set; }

    /// <summary>The common name of the client certificate; empty if none is shown.</summary>
    public string ClientName => _context.ClientName;

    /// <summary>The node of the client certificate, its name unchecked; null if it is no node's.</summary>
    public string? NodeName => NodeUser.NodeOf(ClientName);

    /// <summary>Until when an idle link is worth keeping.</summary>
    public Deadline IdleUntil { get; private set; }

    /// <summary>Prepares a link; it connects when it is first asked.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="client">The certificate of the node, if it asks as itself. May be disposed of after the call.</param>
    /// <param name="identity">What tells the client from others; empty without a client, or where no link is kept.</param>
    /// <param name="counts">Counts what the link does.</param>
    public static Result<ApiServerLink> Open(
        in ApiServerRoute server, NodeCertificate? client, byte[] identity, ApiCounts counts)
    {
        var target = server.Target;
        var context = TlsContext.Create(target.CertificateAuthorityPem.Span, target.CertificateAuthorityOrigin, client);
        return context.IsOk
            ? new ApiServerLink(server, context.Value, client is not null, identity, counts)
            : context.Failure;
    }

    /// <summary>Ends the use of the link. What nobody read of its connection ends with it.</summary>
    public void Rest(Deadline idleUntil)
    {
        IdleUntil = idleUntil;
        if (PendingAnswers > 0)
        {
            Close();
        }
    }

    /// <summary>Begins another use, if the link leads where it is to lead, as who is to ask.</summary>
    public bool TryStart(in ApiServerRoute server, ReadOnlySpan<byte> identity)
    {
        ServerUrl ours = Server.Url, theirs = server.Target.Url;
        if (ours.Host != theirs.Host || ours.Port != theirs.Port
            || Server.TlsServerName != server.Target.TlsServerName || Server.HasTlsServerName != server.Target.HasTlsServerName
            || !Server.CertificateAuthorityPem.Span.SequenceEqual(server.Target.CertificateAuthorityPem.Span)
            || !ProxyServer.AreSame(_proxy, server.Proxy) || !identity.SequenceEqual(_identity))
        {
            return false;
        }

        // The words about where address and proxy come from may be others.
        (Server, _proxy) = (server.Target, server.Proxy);
        (BytesRead, _waitedTicks, IsUnproven) = (0, 0, HasAnswered);
        return true;
    }

    /// <summary>
    /// The next use would have to connect first, or would find the connection ended. What lies ready on one that was not used yet
    /// are the session tickets of its handshake.
    /// </summary>
    public bool IsCold => _connection is null || (HasAnswered && _connection.HasInput);

    /// <summary>Connects ahead of need. A fault says nothing: who needs the link will meet it, too.</summary>
    public void Warm(Deadline deadline)
    {
        Close();
        _ = Connect(deadline);
    }

    /// <summary>Sends requests, back to back, on the open connection or on a new one.</summary>
    public ConnectionFault? Ask(ReadOnlySpan<byte> requests, int count, Deadline deadline)
    {
        var start = Stopwatch.GetTimestamp();
        PendingAnswers = count;
        _counts.Asked(count);
        var fault = (_connection is null ? Connect(deadline) : null) ?? _connection!.Send(requests, deadline);
        return Timed(start, fault);
    }

    /// <inheritdoc cref="HttpConnection.ReadHead"/>
    public ConnectionFault? ReadHead(Deadline deadline, out HttpHead answer)
    {
        var start = Stopwatch.GetTimestamp();
        var fault = _connection!.ReadHead(deadline, out answer);
        if (fault is null)
        {
            (HasAnswered, IsUnproven) = (true, false);
            _counts.Answered();
        }

        return Timed(start, fault);
    }

    /// <inheritdoc cref="HttpConnection.ReadBody"/>
    public ConnectionFault? ReadBody(Span<byte> into, Deadline deadline, out int count)
    {
        var start = Stopwatch.GetTimestamp();
        var fault = _connection!.ReadBody(into, deadline, out count);
        BytesRead += count;
        return Timed(start, fault);
    }

    /// <summary>
    /// An answer was read whole. The connection ends here if it said so; other answers must then be asked for again.
    /// </summary>
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
        if (_connection is not null)
        {
            _connection.Dispose();
            _connection = null;
            _counts.Closed();
        }

        PendingAnswers = 0;
        (HasAnswered, IsUnproven) = (false, false);
    }

    public void Dispose()
    {
        Close();
        _context.Dispose();
    }

    private ConnectionFault? Timed(long start, ConnectionFault? fault)
    {
        _waitedTicks += Stopwatch.GetTimestamp() - start;
        return fault;
    }

    private ConnectionFault? Connect(Deadline deadline)
    {
        var url = Server.Url;
        // Go's net/http has one tls.Config for server and proxy, tls-server-name included.
        var reached = _proxy is null
            ? TcpConnector.Connect(url.Host, url.Port, deadline)
            : new ProxyTunnel(_proxy, _context, Server.HasTlsServerName ? Server.TlsServerName : null)
                .Connect(url.Host, url.Port, deadline);
        if (!reached.IsOk)
        {
            return reached.Fault;
        }

        _counts.BeganHandshake();
        var secured = TlsConnection.Handshake(_context, reached.Stream, Server.TlsServerName, deadline);
        if (secured.IsOk)
        {
            _connection = new HttpConnection(secured.Stream);
            _counts.Opened();
        }

        return secured.Fault;
    }
}
