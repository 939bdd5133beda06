using System;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Transport;

namespace FastProvider.Secrets;

/// <summary>
/// The bytes of one LIST of a namespace's Secrets of one type. Always with a field selector: a LIST without one would carry
/// every Secret of the namespace over the wire.
/// </summary>
internal static class SecretListRequest
{
    /// <summary>Appends a request.</summary>
    /// <param name="request">Where to; it holds the token.</param>
    /// <param name="server">The API server's address.</param>
    /// <param name="validNamespace">A checked DNS-1123 label.</param>
    /// <param name="type">The type of Secret; of its characters only the slash needs escaping.</param>
    /// <param name="token">A checked token.</param>
    /// <param name="serverBudget">After this the API server should give up by itself; whole seconds count.</param>
    public static void Append(
        SecretBuffer request, in ServerUrl server, ReadOnlySpan<byte> validNamespace, ReadOnlySpan<byte> type,
        ReadOnlySpan<byte> token, TimeSpan serverBudget)
    {
        var slash = type.IndexOf((byte)'/');
        request.Write("GET "u8);
        RequestEnd.Write(request, server.BasePath);
        request.Write("/api/v1/namespaces/"u8);
        request.Write(validNamespace);
        request.Write("/secrets?fieldSelector=type%3D"u8);
        request.Write(type[..slash]);
        request.Write("%2F"u8);
        request.Write(type[(slash + 1)..]);
        request.Write("&timeout="u8);
        RequestEnd.Append(request, server, serverBudget);
        RequestEnd.AppendToken(request, token);
        request.Write("\r\n\r\n"u8);
    }
}
