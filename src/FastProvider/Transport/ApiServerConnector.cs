using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>Makes connections to the API server: TCP, a proxy's tunnel if there is one, TLS, HTTP over it.</summary>
internal static class ApiServerConnector
{
    public static ConnectionFault? Connect(
        TlsContext context, ApiServerTarget server, HttpProxy? proxy, Deadline deadline, out HttpConnection? connection)
    {
        connection = null;
        var url = server.Url;
        var fault = proxy is null
            ? TcpConnector.Connect(url.Host, url.Port, deadline, out var fd)
            : ConnectThrough(proxy, url, deadline, out fd);
        fault ??= TlsConnection.Handshake(context, fd, server.TlsServerName, deadline, out var tls) is { } refused
            ? refused
            : Wrap(tls!, out connection);
        return fault;
    }

    private static ConnectionFault? ConnectThrough(HttpProxy proxy, in ServerUrl url, Deadline deadline, out int fd)
    {
        if (TcpConnector.Connect(proxy.Host, proxy.Port, deadline, out fd) is { } unreached)
        {
            return unreached with { What = $"proxy {proxy}: {unreached.What}" };
        }

        if (ProxyTunnel.Open(fd, proxy, url.Host, url.Port, deadline) is { } refused)
        {
            Libc.Close(fd);
            return refused;
        }

        return null;
    }

    private static ConnectionFault? Wrap(TlsConnection tls, out HttpConnection? connection)
    {
        connection = new HttpConnection(tls);
        return null;
    }
}
