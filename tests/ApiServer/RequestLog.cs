using System.Collections.Concurrent;

namespace FastProvider.Tests.ApiServer;

/// <summary>What arrived at a server, in order.</summary>
public sealed class RequestLog
{
    private readonly ConcurrentQueue<ReceivedRequest> _requests = new();
    private readonly ConcurrentDictionary<(string Method, string Path, string Selector), int> _attempts = new();
    private readonly List<byte> _plainBytes = [];
    private int _tcpConnections;
    private int _openConnections;
    private int _connections;
    private int _number;

    /// <summary>The requests received so far, oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> All => [.. _requests];

    /// <summary>TCP connections accepted, also those whose TLS handshake failed.</summary>
    public int TcpConnections => _tcpConnections;

    /// <summary>Of these, how many have not ended.</summary>
    public int OpenConnections => Volatile.Read(ref _openConnections);

    /// <summary>Bytes that reached a server that speaks no TLS; a test looks in them for what must not be there.</summary>
    public byte[] PlainBytes
    {
        get
        {
            lock (_plainBytes)
            {
                return [.. _plainBytes];
            }
        }
    }

    internal async Task CountTcpConnectionAsync(Func<Task> serve)
    {
        Interlocked.Increment(ref _tcpConnections);
        Interlocked.Increment(ref _openConnections);
        try
        {
            await serve();
        }
        finally
        {
            Interlocked.Decrement(ref _openConnections);
        }
    }

    internal int NextConnection() => Interlocked.Increment(ref _connections);

    internal void AddPlainBytes(ReadOnlySpan<byte> bytes)
    {
        lock (_plainBytes)
        {
            _plainBytes.AddRange(bytes);
        }
    }

    internal ReceivedRequest Add(RequestHead head, int connection, string? user)
    {
        var selector = ReceivedRequest.ParseQuery(head.Query).GetValueOrDefault("fieldSelector") ?? "";
        var headers = head.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        if (headers.TryGetValue("Authorization", out var authorization))
        {
            headers["Authorization"] = $"{authorization.Split(' ')[0]} ({authorization.Length} characters)";
        }

        var request = new ReceivedRequest
        {
            Number = Interlocked.Increment(ref _number),
            Connection = connection,
            Attempt = _attempts.AddOrUpdate((head.Method, head.Path, selector), 1, (_, before) => before + 1),
            Method = head.Method,
            Path = head.Path,
            Query = head.Query,
            Headers = headers,
            User = user,
            Body = head.Body,
        };
        _requests.Enqueue(request);
        return request;
    }
}
