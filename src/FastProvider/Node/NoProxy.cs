using System;
using FastProvider.Names;

namespace FastProvider.Node;

/// <summary>The NO_PROXY list by the rules of Go's golang.org/x/net/http/httpproxy, which the kubelet goes by.</summary>
internal static class NoProxy
{
    /// <summary>Whether a connection goes past the proxy.</summary>
    /// <param name="list">
    /// Separated by commas: <c>*</c>, host, .domain, *.domain, IP address (each with an optional port), CIDR.
    /// </param>
    /// <param name="host">Lower case, IPv6 without brackets.</param>
    /// <param name="port">Decimal.</param>
    public static bool Exempts(ReadOnlySpan<char> list, string host, string port)
    {
        var isAddress = IpLiteral.TryParse(host, out var address);
        if (host == "localhost" || (isAddress && address.IsLoopback))
        {
            return true;
        }

        foreach (var range in list.Split(','))
        {
            var entry = list[range].Trim();
            if (!entry.IsEmpty && Matches(entry, host, port, isAddress, address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(ReadOnlySpan<char> entry, string host, string port, bool isAddress, IpLiteral address)
    {
        if (entry is "*")
        {
            return true;
        }

        if (IpLiteral.TryParseNetwork(entry, out var network, out var prefixBits))
        {
            return isAddress && address.IsIn(network, prefixBits);
        }

        SplitPort(entry, out var name, out var entryPort);
        if (!entryPort.IsEmpty && !entryPort.SequenceEqual(port))
        {
            return false;
        }

        if (IpLiteral.TryParse(name, out var entryAddress))
        {
            return isAddress && address.Is(entryAddress);
        }

        if (name.StartsWith("*."))
        {
            name = name[1..];
        }

        // ".domain" means subdomains only, "domain" itself and its subdomains.
        return !name.IsEmpty && host.AsSpan().EndsWith(name, StringComparison.OrdinalIgnoreCase)
            && (name[0] == '.' || host.Length == name.Length || host[^(name.Length + 1)] == '.');
    }

    // A bare IPv6 address has colons but no port; a bracketed one without a port stays as it is and matches nothing, as in Go.
    private static void SplitPort(ReadOnlySpan<char> entry, out ReadOnlySpan<char> name, out ReadOnlySpan<char> port)
    {
        name = entry;
        port = [];
        var colon = entry.LastIndexOf(':');
        if (colon < 0)
        {
            return;
        }

        var before = entry[..colon];
        if (before.StartsWith('[') && before.IndexOf(']') == before.Length - 1)
        {
            name = before[1..^1];
            port = entry[(colon + 1)..];
        }
        else if (before.IndexOfAny(':', '[', ']') < 0)
        {
            name = before;
            port = entry[(colon + 1)..];
        }
    }
}
