using System;
using System.Globalization;
using FastProvider.Base;

namespace FastProvider.Node;

/// <summary>
/// Chooses the proxy to the API server as the kubelet would: the kubeconfig's proxy-url, else HTTPS_PROXY and NO_PROXY by the
/// rules of Go's golang.org/x/net/http/httpproxy. No value of these is ever in a message, as it may hold a password.
/// </summary>
internal static class ProxySelection
{
    private const string OfKubeconfig = "the kubeconfig's proxy-url";

    private const string Kinds = "http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT is needed";

    /// <summary>Chooses.</summary>
    /// <param name="url">The API server.</param>
    /// <param name="kubeconfigProxyUrl">The kubeconfig's proxy-url; NO_PROXY does not concern it (client-go).</param>
    /// <param name="environment">Value of an environment variable, null or empty if it is not set.</param>
    /// <param name="proxy">Null for a direct connection.</param>
    /// <param name="ignored">The variable whose value is no URL: Go drops it silently, and the kubelet connects directly.</param>
    /// <returns>A failure for a proxy-url that is none, or a URL whose parts cannot be told apart.</returns>
    public static Failure? Select(
        ServerUrl url, string? kubeconfigProxyUrl, Func<string, string?> environment, out ProxyServer? proxy, out string? ignored)
    {
        proxy = null;
        ignored = null;
        if (!string.IsNullOrEmpty(kubeconfigProxyUrl))
        {
            return SelectOfKubeconfig(kubeconfigProxyUrl, out proxy);
        }

        var name = string.IsNullOrEmpty(environment("HTTPS_PROXY")) ? "https_proxy" : "HTTPS_PROXY";
        var value = environment(name);
        var noProxy = environment("NO_PROXY") is { Length: > 0 } list ? list : environment("no_proxy");
        if (string.IsNullOrEmpty(value)
            || NoProxy.Exempts(noProxy, url.Host, url.Port.ToString(CultureInfo.InvariantCulture)))
        {
            return null;
        }

        proxy = ProxyServer.Parse(value, name, out var isAmbiguous);
        if (isAmbiguous)
        {
            return Ambiguous(name, "; where no proxy is wanted for the API server, NO_PROXY exempts it");
        }

        ignored = proxy is null ? name : null;
        return null;
    }

    private static Failure? SelectOfKubeconfig(string url, out ProxyServer? proxy)
    {
        // client-go takes no proxy-url without a scheme, and none of another.
        if (ProxyServer.KindOf(url, out _) is null)
        {
            proxy = null;
            return new Failure(FailureCause.NodeConfig,
                $"{OfKubeconfig} has {(url.Contains("://") ? "another" : "no")} scheme; {Kinds}");
        }

        proxy = ProxyServer.Parse(url, OfKubeconfig, out var isAmbiguous);
        return isAmbiguous ? Ambiguous(OfKubeconfig, "")
            : proxy is null ? new Failure(FailureCause.NodeConfig, $"{OfKubeconfig} is no valid URL; {Kinds}")
            : null;
    }

    private static Failure Ambiguous(string name, string advice) => new(FailureCause.NodeConfig,
        $"{name} has an @ behind its host, so the proxy's host cannot be told from its user and password: percent-encode in them"
        + $" / as %2F, ? as %3F, # as %23, @ as %40 and % as %25{advice}");
}
