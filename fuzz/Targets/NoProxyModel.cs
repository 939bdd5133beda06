using System.Net;

namespace FastProvider.Fuzz.Targets;

/// <summary>NO_PROXY as golang.org/x/net/http/httpproxy describes it, with lists and strings.</summary>
internal static class NoProxyModel
{
    public static bool Exempts(string list, string host, string port)
    {
        var ip = ParseIP(host);
        if (host == "localhost" || (ip is not null && IPAddress.IsLoopback(Plain(ip))))
        {
            return true;
        }

        return list.ToLowerInvariant().Split(',').Select(entry => entry.Trim())
            .Any(entry => entry.Length > 0 && Matches(entry, host, port, ip));
    }

    private static bool Matches(string entry, string host, string port, byte[]? ip)
    {
        if (entry == "*")
        {
            return true;
        }

        if (ParseCidr(entry) is { } network)
        {
            return ip is not null && Contains(network.Address, network.Bits, ip);
        }

        var (name, entryPort) = SplitHostPort(entry) ?? (entry, "");
        if (name.Length == 0 || (entryPort.Length > 0 && entryPort != port))
        {
            return false;
        }

        if (ParseIP(name) is { } address)
        {
            return ip is not null && address.SequenceEqual(ip);
        }

        name = name.StartsWith("*.", StringComparison.Ordinal) ? name[1..] : name;
        return name[0] == '.' ? host.EndsWith(name, StringComparison.Ordinal)
            : host == name || host.EndsWith("." + name, StringComparison.Ordinal);
    }

    /// <summary>net.SplitHostPort: null where that is an error.</summary>
    private static (string Host, string Port)? SplitHostPort(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            return null;
        }

        var host = text[..colon];
        if (text[0] == '[')
        {
            return text.IndexOf(']', StringComparison.Ordinal) == colon - 1 && host.LastIndexOf('[') == 0
                && text[colon..].IndexOfAny(['[', ']']) < 0
                ? (host[1..^1], text[(colon + 1)..])
                : null;
        }

        return host.Contains(':', StringComparison.Ordinal) || text.IndexOfAny(['[', ']']) >= 0
            ? null
            : (host, text[(colon + 1)..]);
    }

    private static (byte[] Address, int Bits)? ParseCidr(string text)
    {
        var parts = text.Split('/');
        if (parts.Length != 2 || ParseIP(parts[0]) is not { } address)
        {
            return null;
        }

        var most = parts[0].Contains(':', StringComparison.Ordinal) ? 128 : 32;
        // net.ParseCIDR takes zeros before the bits.
        var digits = parts[1].Length > 1 ? parts[1].TrimStart('0').PadLeft(1, '0') : parts[1];
        return Number(digits, most) is { } bits ? (address, most == 32 ? bits + 96 : bits) : null;
    }

    /// <summary>A network that is wider than the IPv4-mapped addresses holds no IPv4 address.</summary>
    private static bool Contains(byte[] network, int bits, byte[] address)
    {
        if (IsIPv4(address) && bits < 96)
        {
            return false;
        }

        return Enumerable.Range(0, bits).All(bit => ((network[bit / 8] ^ address[bit / 8]) & (0x80 >> (bit % 8))) == 0);
    }

    private static bool IsIPv4(byte[] address) => address[10] == 0xFF && address[11] == 0xFF && address[..10].All(b => b == 0);

    private static IPAddress Plain(byte[] address) => IsIPv4(address) ? new IPAddress(address[12..]) : new IPAddress(address);

    /// <summary>net.ParseIP: sixteen bytes, or null.</summary>
    private static byte[]? ParseIP(string text) =>
        text.Contains(':', StringComparison.Ordinal) ? ParseIPv6(text)
        : ParseIPv4(text) is { } four ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, .. four]
        : null;

    private static byte[]? ParseIPv4(string text)
    {
        var numbers = text.Split('.').Select(part => Number(part, 255)).ToArray();
        return numbers.Length == 4 && numbers.All(number => number is not null)
            ? [.. numbers.Select(number => (byte)number!)]
            : null;
    }

    private static byte[]? ParseIPv6(string text)
    {
        var halves = text.Split("::");
        if (halves.Length > 2 || text.Contains(":::", StringComparison.Ordinal))
        {
            return null;
        }

        // An IPv4 address may only end the whole.
        var head = halves[0].Length == 0 && halves.Length == 2 ? [] : Groups(halves[0], mayEndInIPv4: halves.Length == 1);
        var tail = halves.Length == 1 || halves[1].Length == 0 ? [] : Groups(halves[1], mayEndInIPv4: true);
        if (head is null || tail is null)
        {
            return null;
        }

        var gap = 16 - head.Length - tail.Length;
        return halves.Length == 1 ? gap == 0 ? head : null : gap > 0 ? [.. head, .. new byte[gap], .. tail] : null;
    }

    private static byte[]? Groups(string text, bool mayEndInIPv4)
    {
        var bytes = new List<byte>();
        var groups = text.Split(':');
        for (var i = 0; i < groups.Length; i++)
        {
            if (mayEndInIPv4 && i == groups.Length - 1 && ParseIPv4(groups[i]) is { } four)
            {
                bytes.AddRange(four);
            }
            else if (groups[i].Length is > 0 and <= 4 && groups[i].All(char.IsAsciiHexDigit))
            {
                var value = Convert.ToInt32(groups[i], 16);
                bytes.Add((byte)(value >> 8));
                bytes.Add((byte)value);
            }
            else
            {
                return null;
            }
        }

        return bytes.Count <= 16 ? [.. bytes] : null;
    }

    /// <summary>Decimal without leading zeros.</summary>
    private static int? Number(string text, int most) =>
        text.Length is > 0 and <= 3 && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0')
            && int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) is var number && number <= most
                ? number
                : null;
}
