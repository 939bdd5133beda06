using System;
using System.Text;
using FastProvider.Node;

namespace FastProvider.Commands.Explain.Probe;

/// <summary>
/// Where a request goes: an http or https URL (RFC 3986) without user and fragment. It may come from a stranger's header. Not
/// System.Uri, which repairs what should be refused.
/// </summary>
internal sealed class WebAddress
{
    private const int TlsPort = 443, PlainPort = 80;

    private WebAddress(bool isTls, string host, int port, string target)
    {
        IsTls = isTls;
        Host = host;
        Port = port;
        Target = target;
    }

    public bool IsTls { get; }

    /// <summary>Lower-case DNS name, IPv4 address, or IPv6 address without brackets.</summary>
    public string Host { get; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Path and query as the request line has them; begins with a slash.</summary>
    public string Target { get; }

    /// <summary>As the Host header has it: no port where it is the scheme's own.</summary>
    public string Authority => ServerUrl.Format(Host, Port == (IsTls ? TlsPort : PlainPort) ? 0 : Port);

    /// <summary>Host and port, for messages.</summary>
    public override string ToString() => ServerUrl.Format(Host, Port);

    /// <summary>The address of a registry.</summary>
    /// <param name="authority"><c>host[:port]</c>.</param>
    /// <param name="isTls">Whether by https; it decides the port that is not named.</param>
    /// <param name="target">Path and query.</param>
    /// <returns>Null if the authority is none.</returns>
    public static WebAddress? Of(string authority, bool isTls, string target) =>
        ServerUrl.TrySplitHostPort(authority, isTls ? TlsPort : PlainPort, out var host, out var port)
            ? new WebAddress(isTls, host, port, target)
            : null;

    /// <summary>Reads a whole URL.</summary>
    /// <returns>Null if it is none that can be asked.</returns>
    public static WebAddress? Parse(ReadOnlySpan<byte> url)
    {
        var isTls = StartsWith(url, "https://"u8);
        if (!isTls && !StartsWith(url, "http://"u8))
        {
            return null;
        }

        var rest = url[(isTls ? "https://"u8 : "http://"u8).Length..];
        var end = rest.IndexOfAny("/?#"u8);
        var authority = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return Ascii.IsValid(authority) && TryTarget(rest, out var target)
            ? Of(Encoding.ASCII.GetString(authority), isTls, target)
            : null;
    }

    /// <summary>Reads what a Location header has: a whole URL, or a path of the same server (RFC 9110 section 10.2.2).</summary>
    /// <returns>Null if it is none that can be asked.</returns>
    public WebAddress? Resolve(ReadOnlySpan<byte> location) =>
        !location.StartsWith((byte)'/') || location.StartsWith("//"u8) ? Parse(location)
        : TryTarget(location, out var target) ? At(target)
        : null;

    /// <summary>Another path of the same server.</summary>
    public WebAddress At(string target) => new(IsTls, Host, Port, target);

    /// <summary>The same with more of a query.</summary>
    public WebAddress WithQuery(string query) => At($"{Target}{(Target.Contains('?') ? '&' : '?')}{query}");

    /// <summary>A fragment is not sent. What could end the request line, or is no character of a URL, is refused.</summary>
    private static bool TryTarget(ReadOnlySpan<byte> text, out string target)
    {
        var hash = text.IndexOf((byte)'#');
        text = hash < 0 ? text : text[..hash];
        target = "";
        foreach (var character in text)
        {
            if (character is <= (byte)' ' or >= 0x7F || "\"<>\\^`{|}"u8.Contains(character))
            {
                return false;
            }
        }

        target = (text.StartsWith((byte)'/') ? "" : "/") + Encoding.ASCII.GetString(text);
        return true;
    }

    private static bool StartsWith(ReadOnlySpan<byte> url, ReadOnlySpan<byte> scheme) =>
        url.Length >= scheme.Length && Ascii.EqualsIgnoreCase(url[..scheme.Length], scheme);
}
