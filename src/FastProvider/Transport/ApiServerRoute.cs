using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>An API server and the proxy to it, which are always chosen together.</summary>
/// <param name="target">The server.</param>
/// <param name="proxy">The proxy, or null for a direct connection.</param>
internal readonly struct ApiServerRoute(ApiServerTarget target, ProxyServer? proxy)
{
    public ApiServerTarget Target => target;

    public ProxyServer? Proxy => proxy;
}
