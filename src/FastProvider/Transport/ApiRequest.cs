using System;
using FastProvider.Native;
using FastProvider.Node;

namespace FastProvider.Transport;

/// <summary>One request to the API server, in the bytes of HTTP/1.1.</summary>
/// <param name="method">GET, POST or PATCH.</param>
/// <param name="path">From <c>/api</c> on, made of checked names alone.</param>
internal readonly ref struct ApiRequest(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
{
    private readonly ReadOnlySpan<byte> _method = method, _path = path;

    /// <summary>The query, escaped; empty for none. The budget of the server follows it.</summary>
    public ReadOnlySpan<byte> Query { get; init; }

    /// <summary>
    /// The API server may answer at once from its watch cache (resourceVersion=0), which is a moment behind its store. Otherwise
    /// it first asks the store what is newest, every 100 ms at most.
    /// </summary>
    public bool FromCache { get; init; }

    /// <summary>A checked token, or empty where the connection itself says who asks.</summary>
    public ReadOnlySpan<byte> Token { get; init; }

    /// <summary>What the body is; empty without one.</summary>
    public ReadOnlySpan<byte> ContentType { get; init; }

    public ReadOnlySpan<byte> Body { get; init; }

    /// <summary>Appends the bytes.</summary>
    /// <param name="requests">Where to; it may then hold a token.</param>
    /// <param name="server">The API server's address.</param>
    /// <param name="serverBudget">After this the API server should give up by itself; whole seconds count.</param>
    public void AppendTo(SecretBuffer requests, in ServerUrl server, TimeSpan serverBudget)
    {
        requests.Write(_method);
        requests.Write(" "u8);
        requests.WriteText(server.BasePath);
        requests.Write(_path);
        requests.Write("?"u8);
        if (!Query.IsEmpty)
        {
            requests.Write(Query);
            requests.Write("&"u8);
        }

        requests.Write(FromCache ? "resourceVersion=0&timeout="u8 : "timeout="u8);
        requests.WriteNumber(Math.Max(1, (int)serverBudget.TotalSeconds));
        requests.Write("s HTTP/1.1\r\nHost: "u8);
        requests.WriteText(server.Authority);
        requests.Write("\r\nUser-Agent: fast-provider/"u8);
        requests.WriteText(BuildVersion.Value);
        requests.Write("\r\nAccept: application/json"u8);
        if (!Token.IsEmpty)
        {
            requests.Write("\r\nAuthorization: Bearer "u8);
            requests.Write(Token);
        }

        if (!ContentType.IsEmpty)
        {
            requests.Write("\r\nContent-Type: "u8);
            requests.Write(ContentType);
            requests.Write("\r\nContent-Length: "u8);
            requests.WriteNumber(Body.Length);
        }

        requests.Write("\r\n\r\n"u8);
        requests.Write(Body);
    }
}
