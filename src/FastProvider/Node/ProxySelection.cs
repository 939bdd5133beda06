using System;
using System.Globalization;

namespace FastProvider.Node;

/// <summary>
/// Chooses the proxy to the API server as the kubelet would: the kubeconfig's proxy-url, else HTTPS_PROXY and NO_PROXY by the
/// rules of Go's golang.org/x/net/http/httpproxy. No value of these is ever in a message, as it may hold a password.
/// </summary>
internal static class ProxySelection
{
    /// <summary>Chooses.</summary>
    /// <param name="url">The API server.</param>
    /// <param name="kubeconfigProxyUrl">The kubeconfig's proxy-url; NO_PROXY does not concern it (client-go).</param>
    /// <param name="environment">Value of an environment variable, null or empty if it is not set.</param>
    /// <param name="proxy">Null for a direct connection.</param>
    /// <returns>A failure for a kind of proxy that is not spoken, or a proxy-url that is none.</returns>
    public static Failure? Select(
        ServerUrl url, string? kubeconfigProxyUrl, Func<string, string?> environment, out HttpProxy? proxy)
    {
        proxy = null;
        if (!string.IsNullOrEmpty(kubeconfigProxyUrl))
        {
            // client-go takes no proxy-url without a scheme.
            return kubeconfigProxyUrl.Contains("://")
                ? Read("the kubeconfig's proxy-url", kubeconfigProxyUrl, out proxy)
                    ?? (proxy is null ? new Failure(FailureCause.NodeConfig,
                        "the kubeconfig's proxy-url is no valid URL; http://HOST:PORT is needed") : null)
                : new Failure(FailureCause.NodeConfig, "the kubeconfig's proxy-url has no scheme; http://HOST:PORT is needed");
        }

        var name = string.IsNullOrEmpty(environment("HTTPS_PROXY")) ? "https_proxy" : "HTTPS_PROXY";
        var value = environment(name);
        var noProxy = environment("NO_PROXY") is { Length: > 0 } list ? list : environment("no_proxy");
        return string.IsNullOrEmpty(value)
            || NoProxy.Exempts(noProxy, url.Host, url.Port.ToString(CultureInfo.InvariantCulture))
                ? null
                : Read(name, value, out proxy);
    }

    // Null and no proxy for a value that is no URL: Go drops it silently, and the kubelet connects directly.
    private static Failure? Read(string name, string value, out HttpProxy? proxy)
    {
        proxy = null;
        foreach (var refused in (ReadOnlySpan<string>)["https", "socks5", "socks5h"])
        {
            if (IsScheme(value, refused))
            {
                return new Failure(
                    FailureCause.NodeConfig,
                    $"{name} is an {refused} proxy, which is not spoken; set an http:// proxy, or NO_PROXY for the API server");
            }
        }

        proxy = HttpProxy.Parse(IsScheme(value, "http") ? value.AsSpan("http://".Length) : value);
        return null;
    }

    private static bool IsScheme(string value, string scheme) =>
        value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
        && value.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal);
}
