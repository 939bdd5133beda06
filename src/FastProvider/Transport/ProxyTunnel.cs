using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>
/// Asks a proxy for a tunnel. TLS then runs end to end through it: the proxy sees the server's name, never the token.
/// </summary>
/// <param name="proxy">The proxy.</param>
/// <param name="trust">
/// For an https:// proxy: that of the server behind it. Go's net/http uses one tls.Config for both, so with client-go it is the
/// kubeconfig's CA that must have signed the proxy's certificate.
/// </param>
/// <param name="tlsServerName">The name that the proxy's certificate must be for, if it is not the proxy's host.</param>
internal sealed class ProxyTunnel(ProxyServer proxy, TlsContext trust, string? tlsServerName)
{
    /// <summary>Connects to a host through the proxy.</summary>
    /// <param name="host">A name or a literal without brackets.</param>
    /// <param name="port">Its port.</param>
    /// <param name="deadline">When to give up.</param>
    /// <param name="tunnel">A stream whose other end is the host; the caller disposes of it. Null on a fault.</param>
    public ConnectionFault? Connect(string host, int port, Deadline deadline, out ByteStream? tunnel)
    {
        if (Reach(deadline, out tunnel) is { } unreached)
        {
            return Explain(unreached);
        }

        var fault = proxy.Kind is ProxyKind.Socks5
            ? new SocksRequest(proxy, tunnel!, deadline).Connect(host, port)
            : HttpTunnel.Open(proxy, tunnel!, ServerUrl.Format(host, port), deadline);
        if (fault is null)
        {
            return null;
        }

        tunnel!.Dispose();
        tunnel = null;
        return Explain(fault);
    }

    private ConnectionFault? Reach(Deadline deadline, out ByteStream? stream)
    {
        stream = null;
        if (TcpConnector.Connect(proxy.Host, proxy.Port, deadline, out var fd) is { } unreached)
        {
            return unreached;
        }

        stream = new SocketStream(fd);
        if (proxy.Kind is not ProxyKind.Https)
        {
            return null;
        }

        var fault = TlsConnection.Handshake(trust, stream, tlsServerName ?? proxy.Host.TrimEnd('.'), deadline, out var tls);
        stream = tls;
        return fault;
    }

    /// <summary>Says whose fault it was. The CA that is to be looked at is then the proxy's.</summary>
    private ConnectionFault Explain(ConnectionFault fault)
    {
        if (fault.Kind is FaultKind.Local)
        {
            return fault;
        }

        var advice = fault.Kind is FaultKind.Untrusted && proxy.Kind is ProxyKind.Https
            ? $": as for the kubelet, the certificate of an https:// proxy must be signed by {trust.AuthorityName}"
            : "";
        return new ConnectionFault(fault.Kind, $"proxy {proxy}: {fault.What}") { Advice = $"; check {proxy.Origin}{advice}" };
    }
}
