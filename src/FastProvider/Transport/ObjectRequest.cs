using System;
using System.Buffers.Text;
using System.Text;
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
            request.Write("\r\nAuthorization: Bearer "u8);
            request.Write(token);
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
        Write(request, json.Length);
        request.Write("\r\n\r\n"u8);
        request.Write(json);
    }

    private static void AppendStart(
        SecretBuffer request, ReadOnlySpan<byte> method, in ServerUrl server, string path, TimeSpan serverBudget)
    {
        request.Write(method);
        Write(request, server.BasePath);
        Write(request, path);
        request.Write("?timeout="u8);
        Write(request, Math.Max(1, (int)serverBudget.TotalSeconds));
        request.Write("s HTTP/1.1\r\nHost: "u8);
        Write(request, server.Authority);
        request.Write("\r\nUser-Agent: fast-provider/"u8);
        Write(request, BuildVersion.Value);
        request.Write("\r\nAccept: application/json"u8);
    }

    private static void Write(SecretBuffer request, int number)
    {
        Utf8Formatter.TryFormat(number, request.GetSpan(11), out var digits);
        request.Advance(digits);
    }

    private static void Write(SecretBuffer request, string ascii) =>
        request.Advance(Encoding.UTF8.GetBytes(ascii, request.GetSpan(Encoding.UTF8.GetMaxByteCount(ascii.Length))));
}
