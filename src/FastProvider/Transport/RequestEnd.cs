using System;
using System.Buffers.Text;
using System.Text;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>What every request to the API server has alike, whatever it asks for.</summary>
internal static class RequestEnd
{
    /// <summary>Appends the value of the parameter <c>timeout</c>, with which the query ends, and the headers, without a line break after the last.</summary>
    /// <param name="request">Where to.</param>
    /// <param name="server">The API server's address.</param>
    /// <param name="serverBudget">After this the API server should give up by itself; whole seconds count.</param>
    public static void Append(SecretBuffer request, in ServerUrl server, TimeSpan serverBudget)
    {
        Write(request, Math.Max(1, (int)serverBudget.TotalSeconds));
        request.Write("s HTTP/1.1\r\nHost: "u8);
        Write(request, server.Authority);
        request.Write("\r\nUser-Agent: fast-provider/"u8);
        Write(request, BuildVersion.Value);
        request.Write("\r\nAccept: application/json"u8);
    }

    /// <summary>Appends the header that says who asks, where the connection does not.</summary>
    public static void AppendToken(SecretBuffer request, ReadOnlySpan<byte> token)
    {
        request.Write("\r\nAuthorization: Bearer "u8);
        request.Write(token);
    }

    public static void Write(SecretBuffer request, int number)
    {
        Utf8Formatter.TryFormat(number, request.GetSpan(11), out var digits);
        request.Advance(digits);
    }

    public static void Write(SecretBuffer request, string ascii) =>
        request.Advance(Encoding.UTF8.GetBytes(ascii, request.GetSpan(Encoding.UTF8.GetMaxByteCount(ascii.Length))));
}
