using System;
using System.Text;

namespace FastProvider.Node;

/// <summary>What is spoken to a proxy.</summary>
internal enum ProxyKind
{
    /// <summary>HTTP CONNECT in clear.</summary>
    Http,

    /// <summary>HTTP CONNECT over TLS.</summary>
    Https,

    /// <summary>SOCKS5 (RFC 1928). As in Go, socks5 is the same as socks5h: the proxy resolves the name.</summary>
    Socks5,
}

/// <summary>A proxy, through which TLS runs end to end to the API server.</summary>
internal sealed class ProxyServer
{
    private readonly byte[] _login;
    private readonly int _userBytes;

    private ProxyServer(byte[] login, int userBytes)
    {
        _login = login;
        _userBytes = userBytes;
    }

    public required ProxyKind Kind { get; init; }

    /// <summary>DNS name or IP address, IPv6 without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>1 to 65535; that of the kind if the URL names none.</summary>
    public required int Port { get; init; }

    /// <summary>Who named it, for messages: "HTTPS_PROXY".</summary>
    public required string Origin { get; init; }

    /// <summary>Whether its URL has a user.</summary>
    public bool HasLogin => _login.Length > 0;

    /// <summary>A secret.</summary>
    public ReadOnlySpan<byte> User => _login.AsSpan(0, _userBytes);

    /// <summary>A secret.</summary>
    public ReadOnlySpan<byte> Password => HasLogin ? _login.AsSpan(_userBytes + 1) : default;

    /// <summary>What follows <c>Proxy-Authorization: Basic </c> (RFC 7617); null without a user. A secret.</summary>
    public string? BasicCredentials => HasLogin ? Convert.ToBase64String(_login) : null;

    /// <summary>Whether both are one proxy that is asked with one login, or both are none.</summary>
    public static bool AreSame(ProxyServer? one, ProxyServer? other) => one is null || other is null
        ? one == other
        : one.Kind == other.Kind && one.Host == other.Host && one.Port == other.Port && one._userBytes == other._userBytes
            && one._login.AsSpan().SequenceEqual(other._login);

    /// <summary>Host and port, for messages.</summary>
    public override string ToString() => ServerUrl.Format(Host, Port);

    /// <summary>
    /// Reads a URL as Go's net/url does: optional user and password, host, optional port; what follows them is ignored. Without
    /// a scheme all of it counts as what follows <c>http://</c>. To a host and port behind another scheme Go speaks HTTP, too.
    /// </summary>
    /// <param name="url">The URL.</param>
    /// <param name="origin">Who named it.</param>
    /// <param name="isAmbiguous">
    /// There is an @ behind the host: what was taken for the host may be a part of the user or the password, in which a <c>/</c>,
    /// <c>?</c> or <c>#</c> is not percent-encoded. Then there is no proxy, and no part of the URL may be in a message.
    /// </param>
    /// <returns>Null if it is no valid URL.</returns>
    public static ProxyServer? Parse(string url, string origin, out bool isAmbiguous)
    {
        var known = KindOf(url, out var schemeLength);
        schemeLength = known is null ? LengthOfOtherScheme(url) : schemeLength;
        var kind = known ?? ProxyKind.Http;
        var text = url.AsSpan(schemeLength);
        var end = text.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? text : text[..end];
        var at = authority.LastIndexOf('@');
        isAmbiguous = false;
        byte[]? login = [];
        var userBytes = 0;
        if (at >= 0 && (login = ReadLogin(authority[..at], out userBytes)) is null)
        {
            return null;
        }

        var defaultPort = kind switch
        {
            ProxyKind.Http when known is null && schemeLength > 0 => 0,
            ProxyKind.Http => 80,
            ProxyKind.Https => 443,
            _ => 1080,
        };
        if (!ServerUrl.TrySplitHostPort(authority[(at + 1)..], defaultPort, out var host, out var port) || port == 0)
        {
            return null;
        }

        isAmbiguous = text[authority.Length..].Contains('@');
        return isAmbiguous
            ? null
            : new ProxyServer(login, userBytes) { Kind = kind, Host = host, Port = port, Origin = origin };
    }

    /// <summary>The kind by the scheme; null for another scheme, or none.</summary>
    public static ProxyKind? KindOf(string url, out int schemeLength)
    {
        schemeLength = 0;
        ProxyKind? kind = StartsWith(url, "http://", ref schemeLength) ? ProxyKind.Http
            : StartsWith(url, "https://", ref schemeLength) ? ProxyKind.Https
            : StartsWith(url, "socks5://", ref schemeLength) || StartsWith(url, "socks5h://", ref schemeLength) ? ProxyKind.Socks5
            : null;
        return kind;
    }

    /// <summary>Of any scheme (RFC 3986 section 3.1) with its <c>://</c>; 0 if there is none.</summary>
    private static int LengthOfOtherScheme(string url)
    {
        var end = url.IndexOf("://", StringComparison.Ordinal);
        for (var index = 0; index < end; index++)
        {
            var isOfName = char.IsAsciiLetter(url[index])
                || (index > 0 && (char.IsAsciiDigit(url[index]) || url[index] is '+' or '-' or '.'));
            if (!isOfName)
            {
                return 0;
            }
        }

        return end > 0 ? end + "://".Length : 0;
    }

    private static bool StartsWith(string url, string scheme, ref int length)
    {
        var isIt = url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        length = isIt ? scheme.Length : length;
        return isIt;
    }

    /// <summary>Both halves are percent-decoded one by one, so that they may hold ':' and '@'.</summary>
    /// <returns>"user:password", or null if Go's net/url refuses it.</returns>
    private static byte[]? ReadLogin(ReadOnlySpan<char> userInfo, out int userBytes)
    {
        userBytes = 0;
        foreach (var character in userInfo)
        {
            if (!char.IsAsciiLetterOrDigit(character) && "-._:~!$&'()*+,;=%@".IndexOf(character) < 0)
            {
                return null;
            }
        }

        var colon = userInfo.IndexOf(':');
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var password = colon < 0 ? [] : userInfo[(colon + 1)..];
        var bytes = new byte[userInfo.Length + 1];
        var length = 0;
        if (!TryDecode(user, bytes, ref length))
        {
            return null;
        }

        userBytes = length;
        bytes[length++] = (byte)':';
        return TryDecode(password, bytes, ref length) ? bytes[..length] : null;
    }

    private static bool TryDecode(ReadOnlySpan<char> ascii, byte[] bytes, ref int length)
    {
        while (!ascii.IsEmpty)
        {
            var percent = ascii.IndexOf('%');
            var literal = percent < 0 ? ascii : ascii[..percent];
            length += Encoding.ASCII.GetBytes(literal, bytes.AsSpan(length));
            ascii = ascii[literal.Length..];
            if (ascii.IsEmpty)
            {
                break;
            }

            if (ascii.Length < 3 || !char.IsAsciiHexDigit(ascii[1]) || !char.IsAsciiHexDigit(ascii[2]))
            {
                return false;
            }

            bytes[length++] = Convert.FromHexString(ascii.Slice(1, 2))[0];
            ascii = ascii[3..];
        }

        return true;
    }
}
