using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using FastProvider.Names;

namespace FastProvider.Node;

/// <summary>
/// The address of the API server: an https URL (RFC 3986) without user. Query and fragment are dropped and the path is made
/// clean, as client-go does (rest.DefaultServerURL, rest.Request.URL). Not System.Uri, which costs at every start and repairs
/// what should be refused.
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
            // Client-go would speak http to it, whatever CA there is.
            return text.Contains("://", StringComparison.Ordinal)
                || !TrySplitHostPort(text, DefaultPort, out var bare, out var barePort)
                ? "is no https URL: https://HOST:PORT is needed"
                : $"is no https URL, for want of https:// before it: https://{Format(bare, barePort)} is needed";
        }

        var rest = text.AsSpan(scheme.Length);
        rest = rest[..(rest.IndexOfAny('?', '#') is var end and >= 0 ? end : rest.Length)];
        var pathStart = rest.IndexOf('/');
        var authority = pathStart < 0 ? rest : rest[..pathStart];
        if (authority.Contains('@'))
        {
            return "has a user, which is not read: the token alone says who asks";
        }

        if (!TryCleanPath(pathStart < 0 ? [] : rest[pathStart..], out var path))
        {
            return "has a character that does not belong in a path";
        }

        if (!TrySplitHostPort(authority, DefaultPort, out var host, out var port))
        {
            return "has no valid host and port";
        }

        url = new ServerUrl(host, port, path);
        return null;
    }

    /// <summary>The URL of <paramref name="host"/>, in brackets or not if it is IPv6, and <paramref name="port"/>.</summary>
    public static string? FromHostPort(string host, string port, out ServerUrl url)
    {
        url = default;
        var bracketed = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        if (!TrySplitHostPort($"{bracketed}{(port.Length > 0 ? ":" : "")}{port}", DefaultPort, out var name, out var number))
        {
            return "has no valid host and port";
        }

        url = new ServerUrl(name, number, "");
        return null;
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

    /// <summary>
    /// Whether <paramref name="name"/> may stand for a host: labels of letters, digits, hyphens inside and underscores (RFC 1123
    /// section 2.1), perhaps a dot at the end. A name whose last label is a number is an IPv4 address in four decimal parts or
    /// nothing: the C library would take 127.1 and 0x7f.1 for addresses, and no certificate is for such a name.
    /// </summary>
    public static bool IsName(ReadOnlySpan<char> name)
    {
        var labels = name.EndsWith('.') ? name[..^1] : name;
        ReadOnlySpan<char> last = default;
        foreach (var range in labels.Split('.'))
        {
            last = labels[range];
            if (!IsLabel(last))
            {
                return false;
            }
        }

        return name.Length <= 253 && (!IsNumber(last) || IpLiteral.TryParse(name, out _));
    }

    /// <summary><c>host:port</c> with IPv6 in brackets; port 0 is left out.</summary>
    public static string Format(string host, int port)
    {
        var bracketed = host.Contains(':') ? $"[{host}]" : host;
        return port == 0 ? bracketed : $"{bracketed}:{port}";
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        foreach (var character in label)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_'))
            {
                return false;
            }
        }

        return label.Length is > 0 and <= 63 && label[0] is not '-' && label[^1] is not '-';
    }

    private static bool IsNumber(ReadOnlySpan<char> label)
    {
        var isHexadecimal = label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        foreach (var character in isHexadecimal ? label[2..] : label)
        {
            if (!(isHexadecimal ? char.IsAsciiHexDigit(character) : char.IsAsciiDigit(character)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Takes percent escapes for what they mean, then empty and dot segments out, and escapes again what must be: Go keeps the
    /// path of a URL decoded, and path.Join cleans it.
    /// </summary>
    private static bool TryCleanPath(ReadOnlySpan<char> escaped, out string path)
    {
        path = "";
        if (!TryUnescape(escaped, out var decoded))
        {
            return false;
        }

        var kept = new List<string>();
        foreach (var segment in decoded.Split('/'))
        {
            if (segment is ".." && kept.Count > 0)
            {
                kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "." or ".."))
            {
                kept.Add(segment);
            }
        }

        foreach (var segment in kept)
        {
            path += "/";
            foreach (var unit in Encoding.UTF8.GetBytes(segment))
            {
                path += char.IsAsciiLetterOrDigit((char)unit) || "-._~$&+,:;=@".Contains((char)unit)
                    ? $"{(char)unit}"
                    : $"%{unit:X2}";
            }
        }

        return true;
    }

    private static bool TryUnescape(ReadOnlySpan<char> escaped, out string decoded)
    {
        decoded = "";
        var utf8 = Encoding.UTF8.GetBytes(escaped.ToString());
        var length = 0;
        for (var index = 0; index < utf8.Length; index++)
        {
            var unit = utf8[index];
            if (unit is (byte)'%')
            {
                if (!byte.TryParse(
                    utf8.AsSpan(Math.Min(index + 1, utf8.Length))[..Math.Min(2, utf8.Length - index - 1)],
                    NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out unit) || index + 2 >= utf8.Length)
                {
                    return false;
                }

                index += 2;
            }

            if (unit is < (byte)' ' or 0x7F)
            {
                return false;
            }

            utf8[length++] = unit;
        }

        decoded = Encoding.UTF8.GetString(utf8.AsSpan(0, length));
        return Utf8.IsValid(utf8.AsSpan(0, length));
    }

    // Only IPv6 has colons.
    private static bool IsIPv6(ReadOnlySpan<char> text) => text.Contains(':') && IpLiteral.TryParse(text, out _);

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
