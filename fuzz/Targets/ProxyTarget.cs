using System.Globalization;
using System.Net;
using System.Text;
using FastProvider.Node;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// Addresses and proxies. The lines of an input: the URL of the API server and a proxy's, both against System.Uri, then NO_PROXY
/// against a model of Go's rules.
/// </summary>
internal static class ProxyTarget
{
    public static void Run(ReadOnlyMemory<byte> input)
    {
        var lines = Encoding.Latin1.GetString(input.Span).Split('\n', 3);
        CompareProxy(lines.ElementAtOrDefault(1) ?? "");
        if (ServerUrl.Parse(lines[0], out var url) is null)
        {
            CompareServer(lines[0], url);
            if (lines.Length > 2)
            {
                var port = url.Port.ToString(CultureInfo.InvariantCulture);
                Law.Holds(
                    NoProxy.Exempts(lines[2], url.Host, port) == NoProxyModel.Exempts(lines[2], url.Host, port),
                    "NO_PROXY exempts what it exempts in Go");
            }
        }
    }

    private static void CompareServer(string text, ServerUrl url)
    {
        Law.Holds(
            url.BasePath is ""
                || (url.BasePath[0] == '/' && url.BasePath[^1] != '/' && url.BasePath.All(c => c is > ' ' and < '\x7f')),
            "a base path can stand in a request line");
        Law.Holds(
            ServerUrl.Parse($"https://{url.Authority}{url.BasePath}", out var again) is null && again.Host == url.Host
                && again.Port == url.Port && again.BasePath == url.BasePath,
            "what was read reads as the same again");
        Law.Holds(
            ServerUrl.FromHostPort(url.Host, url.Port.ToString(CultureInfo.InvariantCulture), out again) is null
                && again.Authority == url.Authority,
            "host and port alone give the same address");
        if (url.Host.Contains('_', StringComparison.Ordinal))
        {
            // Names with underscores are resolved, but System.Uri takes only some of them.
            return;
        }

        Law.Holds(
            Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps,
            "an https URL is one to System.Uri");
        Law.Holds(uri!.Port == url.Port && IsSameHost(uri, url.Host), "host and port are those of System.Uri");
    }

    private static void CompareProxy(string text)
    {
        if (ProxyServer.Parse($"http://{text}", "the input", out _) is not { } proxy
            || !Uri.TryCreate($"http://{text}", UriKind.Absolute, out var uri))
        {
            return;
        }

        var behindLogin = text[(text.LastIndexOf('@') + 1)..].TrimStart('[');
        Law.Holds(
            behindLogin.StartsWith(proxy.Host, StringComparison.OrdinalIgnoreCase),
            "the host of a proxy, which messages name, is no part of a user or password");
        Law.Holds(uri.Port == proxy.Port && IsSameHost(uri, proxy.Host), "host and port of a proxy are those of System.Uri");
        Law.Holds(
            uri.UserInfo.Length == 0 ? proxy.BasicCredentials is null or "Og==" : proxy.BasicCredentials is not null,
            "a proxy has credentials if System.Uri finds a user");
    }

    /// <summary>System.Uri rewrites addresses to their usual form, and takes more for one than Go does.</summary>
    private static bool IsSameHost(Uri uri, string host) =>
        IPAddress.TryParse(host, out var ours) && IPAddress.TryParse(uri.IdnHost, out var theirs) ? ours.Equals(theirs)
        : uri.HostNameType is UriHostNameType.IPv4 || string.Equals(uri.Host, host, StringComparison.Ordinal);
}
