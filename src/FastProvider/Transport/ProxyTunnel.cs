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
    /// <returns>A stream whose other end is the host.</returns>
    public ConnectionTry Connect(string host, int port, Deadline deadline)
    {
        var reached = Reach(deadline);
        if (!reached.IsOk)
        {
            return Explain(reached.Fault);
        }

        var fault = proxy.Kind is ProxyKind.Socks5
            ? new SocksRequest(proxy, reached.Stream, deadline).Connect(host, port)
            : HttpTunnel.Open(proxy, reached.Stream, ServerUrl.Format(host, port), deadline);
        if (fault is null)
        {
            return reached;
        }

        reached.Stream.Dispose();
        return Explain(fault);
    }

    private ConnectionTry Reach(Deadline deadline)
    {
        var reached = TcpConnector.Connect(proxy.Host, proxy.Port, deadline);
        return reached.IsOk && proxy.Kind is ProxyKind.Https
            ? TlsConnection.Handshake(trust, reached.Stream, tlsServerName ?? proxy.Host.TrimEnd('.'), deadline)
            : reached;
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
