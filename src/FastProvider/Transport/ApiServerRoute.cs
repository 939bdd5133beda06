using System;
using FastProvider.Base;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>An API server and the proxy to it, which are always chosen together.</summary>
/// <param name="target">The server.</param>
/// <param name="proxy">The proxy, or null for a direct connection.</param>
internal readonly struct ApiServerRoute(ApiServerTarget target, ProxyServer? proxy)
{
    public ApiServerTarget Target => target;

    public ProxyServer? Proxy => proxy;

    /// <summary>Finds the server, and the proxy that the environment names for it.</summary>
    /// <param name="discovery">How to find the server.</param>
    /// <param name="variable">Looks an environment variable up.</param>
    /// <param name="route">Both; without meaning after a failure.</param>
    public static Failure? Find(ApiServerDiscovery discovery, Func<string, string?> variable, out ApiServerRoute route)
    {
        route = default;
        var target = discovery.Find();
        if (!target.IsOk)
        {
            return target.Failure;
        }

        var server = target.Value;
        var noProxy = ProxySelection.Select(server.Url, server.ProxyUrl, variable, out var proxy, out var ignored);
        route = new ApiServerRoute(ignored is null ? server : server.Ignoring(ignored), proxy);
        return noProxy;
    }
}
