using System;
using System.Net;
using System.Net.Sockets;

namespace FastProvider.Node;

/// <summary>
/// The address of the API server: an https URL (RFC 3986) without user, query and fragment. Not System.Uri, which costs at
/// every start and repairs what should be refused.
/// </summary>
internal readonly struct ServerUrl
{
    private const int DefaultPort = 443;

    private ServerUrl(string host, int port, string basePath)
    {
        Host = host;
        Port = port;
        BasePath = basePath;
        Authority = Format(host, port == DefaultPort ? 0 : port);
    }

    /// <summary>Lower-case DNS name, IPv4 address, or IPv6 address without brackets.</summary>
    public string Host { get; }

    /// <summary>1 to 65535; 443 if the URL names none.</summary>
    public int Port { get; }

    /// <summary>What stands before <c>/api/v1</c>: empty, or begins with a slash and does not end with one.</summary>
    public string BasePath { get; }

    /// <summary>The host and port of an HTTP <c>Host</c> header: IPv6 in brackets, no port if it is 443.</summary>
    public string Authority { get; }

    /// <summary>Reads a URL.</summary>
    /// <returns>Null, or what is wrong with it, as words that follow the name of its place: "is http: ...".</returns>
    public static string? Parse(string text, out ServerUrl url)
    {
        url = default;
        const string scheme = "https://";
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
        {
            return "is an http URL: the token would travel in clear, https is needed";
        }

        if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return "is no https URL";
        }

        var rest = text.AsSpan(scheme.Length);
        var pathStart = rest.IndexOf('/');
        var authority = pathStart < 0 ? rest : rest[..pathStart];
        var path = pathStart < 0 ? [] : rest[pathStart..].TrimEnd('/');
        if (path.IndexOfAnyExceptInRange('!', '~') >= 0 || path.IndexOfAny('?', '#') >= 0
            || authority.IndexOfAny('?', '#', '@') >= 0)
        {
            return "has a user, a query, a fragment or a character that does not belong in an address";
        }

        if (!TrySplitHostPort(authority, DefaultPort, out var host, out var port))
        {
            return "has no valid host and port";
        }

        url = new ServerUrl(host, port, path.ToString());
        return null;
    }

    /// <summary>The URL of <paramref name="host"/>, in brackets or not if it is IPv6, and <paramref name="port"/>.</summary>
    public static string? FromHostPort(string host, string port, out ServerUrl url)
    {
        var bracketed = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        return Parse($"https://{bracketed}{(port.Length > 0 ? ":" : "")}{port}", out url);
    }

    /// <summary>Splits <c>host</c>, <c>host:port</c>, <c>[IPv6]</c> or <c>[IPv6]:port</c>.</summary>
    /// <param name="authority">Without user.</param>
    /// <param name="defaultPort">The port if none or an empty one is there.</param>
    /// <param name="host">Lower case, without brackets.</param>
    /// <param name="port">1 to 65535.</param>
    public static bool TrySplitHostPort(ReadOnlySpan<char> authority, int defaultPort, out string host, out int port)
    {
        host = "";
        port = defaultPort;
        ReadOnlySpan<char> name, portText;
        if (authority.StartsWith('['))
        {
            var end = authority.IndexOf(']');
            if (end < 0)
            {
                return false;
            }

            name = authority[1..end];
            portText = authority[(end + 1)..];
            if (!IsIPv6(name))
            {
                return false;
            }
        }
        else
        {
            var colon = authority.IndexOf(':');
            name = colon < 0 ? authority : authority[..colon];
            portText = colon < 0 ? [] : authority[colon..];
            if (!IsName(name))
            {
                return false;
            }
        }

        host = name.ToString().ToLowerInvariant();
        return portText is [] or [':'] || (portText[0] == ':' && TryPort(portText[1..], out port));
    }

    /// <summary>Whether <paramref name="name"/> may stand for a host: letters, digits, dots, hyphens, underscores.</summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        foreach (var character in name)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= 253 && name[0] is not ('.' or '-');
    }

    /// <summary><c>host:port</c> with IPv6 in brackets; port 0 is left out.</summary>
    public static string Format(string host, int port)
    {
        var bracketed = host.Contains(':') ? $"[{host}]" : host;
        return port == 0 ? bracketed : $"{bracketed}:{port}";
    }

    // IPAddress also takes zones and prefix lengths, which are no part of an address here.
    private static bool IsIPv6(ReadOnlySpan<char> text) =>
        text.IndexOfAny('%', '/', '[') < 0
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool TryPort(ReadOnlySpan<char> text, out int port)
    {
        port = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit) || (port = (port * 10) + digit - '0') > ushort.MaxValue)
            {
                return false;
            }
        }

        return port > 0;
    }
}
