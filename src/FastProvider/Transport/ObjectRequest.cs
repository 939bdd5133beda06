using System;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>The bytes of a request for one object of the API server.</summary>
internal static class ObjectRequest
{
    /// <summary>Appends a GET.</summary>
    /// <param name="request">Where to; it holds the token.</param>
    /// <param name="server">The API server's address.</param>
    /// <param name="path">From <c>/api</c> on, made of checked names alone.</param>
    /// <param name="token">A checked token, or empty where the connection itself says who asks.</param>
    /// <param name="serverBudget">After this the API server should give up by itself; whole seconds count.</param>
    public static void AppendGet(
        SecretBuffer request, in ServerUrl server, string path, ReadOnlySpan<byte> token, TimeSpan serverBudget)
    {
        AppendStart(request, "GET "u8, server, path, serverBudget);
        if (!token.IsEmpty)
        {
            RequestEnd.AppendToken(request, token);
        }

        request.Write("\r\n\r\n"u8);
    }

    /// <summary>Appends a request with a JSON body, of one who is known by the connection.</summary>
    /// <param name="request">Where to.</param>
    /// <param name="method">With a space at its end.</param>
    /// <param name="server">The API server's address.</param>
    /// <param name="path">From <c>/api</c> on, made of checked names alone.</param>
    /// <param name="contentType">What the body is.</param>
    /// <param name="json">The body.</param>
    /// <param name="serverBudget">As for a GET.</param>
    public static void AppendWithBody(
        SecretBuffer request, ReadOnlySpan<byte> method, in ServerUrl server, string path, ReadOnlySpan<byte> contentType,
        ReadOnlySpan<byte> json, TimeSpan serverBudget)
    {
        AppendStart(request, method, server, path, serverBudget);
        request.Write("\r\nContent-Type: "u8);
        request.Write(contentType);
        request.Write("\r\nContent-Length: "u8);
        RequestEnd.Write(request, json.Length);
        request.Write("\r\n\r\n"u8);
        request.Write(json);
    }

    private static void AppendStart(
        SecretBuffer request, ReadOnlySpan<byte> method, in ServerUrl server, string path, TimeSpan serverBudget)
    {
        request.Write(method);
        RequestEnd.Write(request, server.BasePath);
        RequestEnd.Write(request, path);
        request.Write("?timeout="u8);
        RequestEnd.Append(request, server, serverBudget);
    }
}
