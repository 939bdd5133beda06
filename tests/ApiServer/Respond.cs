using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// Answers to script a server with: what a real one says. <c>Respond.Faults.cs</c> has what goes wrong on the wire.
/// </summary>
public static partial class Respond
{
    /// <summary>As if nobody interfered.</summary>
    public static Answer Normally() => exchange => exchange.AnswerNormallyAsync();

    /// <summary>The bytes of <c>tests/data/recordings/apiserver/NAME.http</c>, verbatim.</summary>
    public static Answer Recorded(string name) => Verbatim(Recordings.Bytes(name));

    /// <summary>Any bytes as the whole answer, framing included.</summary>
    public static Answer Verbatim(byte[] answer) => async exchange =>
    {
        await exchange.SendAsync(answer);
        await exchange.FlushAsync();
    };

    /// <summary>
    /// The normal answer, rendered once for each path, field selector and freshness and kept: for measurements, where the
    /// server's own work would hide the client's.
    /// </summary>
    public static Answer RenderedOnce()
    {
        var kept = new ConcurrentDictionary<(string Path, string? Selector, bool FromCache), Lazy<Task<byte[]>>>();
        return async exchange =>
        {
            var request = exchange.Request;
            var answer = kept.GetOrAdd((request.Path, request.QueryValue("fieldSelector"), request.IsFromCache),
                _ => new Lazy<Task<byte[]>>(exchange.RenderFramedAsync));
            await exchange.SendAsync(await answer.Value);
            await exchange.FlushAsync();
        };
    }

    /// <summary>
    /// As an API server answers whose objects are written all the time: a consistent LIST waits until the watch cache has caught
    /// up with the store, which is at each tick; of two that are pipelined the second for the next. From the cache is answered at
    /// once.
    /// </summary>
    public static Answer UnderWrites(TimeSpan tick, Answer answer)
    {
        var clock = Stopwatch.StartNew();
        return async exchange =>
        {
            if (exchange.Request is { IsListOfSecrets: true, IsFromCache: false })
            {
                var next = ((clock.Elapsed.Ticks / tick.Ticks) + 1) * tick;
                while (next - clock.Elapsed is { Ticks: > 0 } wait)
                {
                    await Task.Delay((int)Math.Ceiling(wait.TotalMilliseconds), exchange.Gone);
                }
            }

            await answer(exchange);
        };
    }

    /// <summary>200 with any body and any header lines, each of which ends with CRLF.</summary>
    public static Answer Body(byte[] body, string headers = "Content-Type: application/json\r\n") =>
        Verbatim([.. Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body]);

    /// <summary>200 with the document given, framed as the real server frames a LIST.</summary>
    public static Answer Document(string json) => async exchange =>
    {
        var body = new BodyWriter(exchange, new ResponseHead(200), acceptsGzip: false, isList: true);
        Encoding.UTF8.GetBytes(json, body.Output);
        await body.CompleteAsync();
    };

    /// <summary>The recorded 429 of priority and fairness (text/plain, no Status) with another Retry-After.</summary>
    public static Answer TooManyRequests(int retryAfterSeconds) => TooManyRequests($"{retryAfterSeconds}");

    /// <summary>The same with any text for a time.</summary>
    public static Answer TooManyRequests(string retryAfter)
    {
        var recorded = Encoding.Latin1.GetString(Recordings.Bytes("list-429-apf-reject"));
        return Verbatim(Encoding.Latin1.GetBytes(recorded.Replace(
            "Retry-After: 1\r\n", $"Retry-After: {retryAfter}\r\n", StringComparison.Ordinal)));
    }

    /// <summary>
    /// Synthesised, not recorded: the 429 of a watch cache that is not filled yet, a Status with the words of storage/cacher and
    /// what apimachinery's NewTooManyRequests puts around them.
    /// </summary>
    /// <param name="retryAfterSeconds">1 at first, up to 30 as the cache stays so.</param>
    /// <param name="cause">What newer servers say behind the words, with the colon before it.</param>
    public static Answer CacheUnready(int retryAfterSeconds = 1, string cause = "") => async exchange =>
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{retryAfterSeconds}");
        var status = NormalAnswer.StatusJson(
            429, "storage is (re)initializing" + cause, "TooManyRequests", $$"""{"retryAfterSeconds":{{seconds}}}""");
        await exchange.SendAsync(
            new ResponseHead(429) { Extra = $"Retry-After: {seconds}\r\n" }.WithContentLength(status.Length) + status);
        await exchange.FlushAsync();
    };

    /// <summary>
    /// The 504 of a frozen etcd with <c>timeout=</c> in the query: a Status as text/plain (recorded in etcd-frozen.txt).
    /// </summary>
    public static Answer FrozenEtcd() => async exchange =>
    {
        const string Status =
            """{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout","reason":"Timeout","details":{},"code":504}""";
        var head = new ResponseHead(504, HasFlowSchema: false) { ContentType = "text/plain; charset=utf-8" };
        await exchange.SendAsync(head.WithContentLength(Status.Length + 1) + Status + "\n");
        await exchange.FlushAsync();
    };

    /// <summary>
    /// Synthesised, not recorded: a Status of the given code (500, 503, 404 ...) in the shape of the recorded ones.
    /// </summary>
    public static Answer Synthesised(int code) => async exchange =>
    {
        var (message, reason) = code switch
        {
            500 => ("Internal error occurred: synthesised for a test", "InternalError"),
            503 => ("the server is currently unable to handle the request (synthesised for a test)", "ServiceUnavailable"),
            404 => ("the server could not find the requested resource (synthesised for a test)", "NotFound"),
            _ => ("synthesised for a test", "Unknown"),
        };
        var status = NormalAnswer.StatusJson(code, message, reason, "{}");
        await exchange.SendAsync(new ResponseHead(code).WithContentLength(status.Length) + status);
        await exchange.FlushAsync();
    };
}
