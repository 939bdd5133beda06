using System;
using System.Text;

namespace FastProvider.Node;

/// <summary>An HTTP proxy that tunnels with CONNECT; TLS runs end to end through it.</summary>
internal sealed class HttpProxy
{
    private const int DefaultPort = 80;

    private HttpProxy(string host, int port, string? basicCredentials)
    {
        Host = host;
        Port = port;
        BasicCredentials = basicCredentials;
    }

    /// <summary>DNS name or IP address, IPv6 without brackets.</summary>
    public string Host { get; }

    /// <summary>1 to 65535; 80 if the URL names none.</summary>
    public int Port { get; }

    /// <summary>What follows <c>Proxy-Authorization: Basic </c>; null without a user. A secret.</summary>
    public string? BasicCredentials { get; }

    /// <summary>Host and port, for messages.</summary>
    public override string ToString() => ServerUrl.Format(Host, Port);

    /// <summary>Reads what follows <c>http://</c>: optional user and password, host, optional port; a path is ignored.</summary>
    public static HttpProxy? Parse(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAny('/', '?', '#');
        var authority = end < 0 ? text : text[..end];
        var at = authority.LastIndexOf('@');
        string? credentials = null;
        if (at >= 0 && (credentials = Basic(authority[..at])) is null)
        {
            return null;
        }

        return ServerUrl.TrySplitHostPort(authority[(at + 1)..], DefaultPort, out var host, out var port)
            ? new HttpProxy(host, port, credentials)
            : null;
    }

    // RFC 7617; both halves are percent-decoded first, so that they may hold ':' and '@'.
    private static string? Basic(ReadOnlySpan<char> userInfo)
    {
        var colon = userInfo.IndexOf(':');
        var user = colon < 0 ? userInfo : userInfo[..colon];
        var password = colon < 0 ? [] : userInfo[(colon + 1)..];
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(userInfo.Length + 1)];
        var length = 0;
        if (!TryDecode(user, bytes, ref length))
        {
            return null;
        }

        bytes[length++] = (byte)':';
        return TryDecode(password, bytes, ref length) ? Convert.ToBase64String(bytes, 0, length) : null;
    }

    private static bool TryDecode(ReadOnlySpan<char> text, byte[] bytes, ref int length)
    {
        while (!text.IsEmpty)
        {
            var percent = text.IndexOf('%');
            var literal = percent < 0 ? text : text[..percent];
            length += Encoding.UTF8.GetBytes(literal, bytes.AsSpan(length));
            text = text[literal.Length..];
            if (text.IsEmpty)
            {
                break;
            }

            if (text.Length < 3 || !char.IsAsciiHexDigit(text[1]) || !char.IsAsciiHexDigit(text[2]))
            {
                return false;
            }

            bytes[length++] = Convert.FromHexString(text.Slice(1, 2))[0];
            text = text[3..];
        }

        return true;
    }
}
