namespace FastProvider.Tests.ApiServer;

/// <summary>One request as it arrived. The bearer token is not kept, only its length.</summary>
public sealed record ReceivedRequest
{
    /// <summary>1 for the first request the server received, over all connections.</summary>
    public required int Number { get; init; }

    /// <summary>1 for the first TLS connection that carried a request.</summary>
    public required int Connection { get; init; }

    /// <summary>1 for the first request with this path and field selector (a retry may name another <c>timeout</c>).</summary>
    public required int Attempt { get; init; }

    public required string Method { get; init; }

    /// <summary>Without the query, as sent.</summary>
    public required string Path { get; init; }

    /// <summary>The query string as sent, without <c>?</c>; empty for none.</summary>
    public required string Query { get; init; }

    /// <summary>By name without regard to case; <c>Authorization</c> is replaced by its scheme and length.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>What was sent after the head; empty for most.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>
    /// Who asked: a ServiceAccount's or node's user name, <c>system:anonymous</c>, or null if the token was refused.
    /// </summary>
    public required string? User { get; init; }

    public DateTimeOffset Received { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The decoded value of a query parameter, null if absent.</summary>
    public string? QueryValue(string name) => ParseQuery(Query).GetValueOrDefault(name);

    /// <summary>True if the watch cache may answer, however old it is.</summary>
    public bool IsFromCache => QueryValue("resourceVersion") == "0";

    /// <summary>True for a LIST of Secrets that reads them all: what a careful client never sends.</summary>
    public bool IsListWithoutSelector => IsListOfSecrets && string.IsNullOrEmpty(QueryValue("fieldSelector"));

    internal bool IsListOfSecrets => Method == "GET" && Path.EndsWith("/secrets", StringComparison.Ordinal);

    /// <summary>Decoded as Go's net/url does it: percent escapes, <c>+</c> is a space, only the first <c>=</c> divides.</summary>
    internal static Dictionary<string, string> ParseQuery(string query)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]);
            values.TryAdd(Unescape(name), Unescape(value));
        }

        return values;
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
