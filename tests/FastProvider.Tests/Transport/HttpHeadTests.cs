using System.Globalization;
using System.Text;
using CsCheck;
using FastProvider.Tests.ApiServer;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

public sealed class HttpHeadTests
{
    [Theory]
    // status line; length; chunked; closes
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", 200, 5, false, false)]
    [InlineData("HTTP/1.1 200\r\nContent-Length: 0\r\n", 200, 0, false, false)]
    [InlineData("HTTP/1.1 200 \r\ncontent-length:5\r\n", 200, 5, false, false)]
    [InlineData("HTTP/1.1 404 Not Found\r\nCONTENT-LENGTH: \t 5 \t\r\n", 404, 5, false, false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n", 200, long.MaxValue, false, false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", 200, -1, true, false)]
    [InlineData("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n", 200, -1, true, false)]
    [InlineData("HTTP/1.1 200 OK\r\n", 200, -1, false, true)]
    [InlineData("HTTP/1.1 204 No Content\r\n", 204, -1, false, false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\n", 304, -1, false, false)]
    [InlineData("HTTP/1.1 100 Continue\r\n", 100, -1, false, false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n", 200, 5, false, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n", 200, 5, false, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: Close\r\nConnection: keep-alive\r\n", 200, 5, false, true)]
    [InlineData(
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\nX-Close: close\r\nX:\r\n", 200, 5, false, false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive , Close\r\n", 200, 5, false, true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close-not, closer\r\n", 200, 5, false, false)]
    [InlineData("HTTP/1.9 200 OK\r\nContent-Length: 0005\r\n", 200, 5, false, false)]
    [InlineData("HTTP/1.1 200 \u00e9\t\r\nX!#$%&'*+-.^_`|~9: \u00ff\tx\r\nContent-Length: 5\r\n", 200, 5, false, false)]
    public void Framing_is_read(string head, int status, long length, bool isChunked, bool closes)
    {
        Assert.True(HttpHead.TryRead(Encoding.Latin1.GetBytes(head + "\r\n"), out var read));
        Assert.Equal((status, length, isChunked, closes), (read.Status, read.ContentLength, read.IsChunked, read.ClosesAfter));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>\r\n")]
    [InlineData("HTTP/2 200\r\n")]
    [InlineData("HTTP/1.1\r\n")]
    [InlineData("HTTP/1.1 20\r\n")]
    [InlineData("HTTP/1.1 2OO OK\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n")]
    [InlineData("HTTP/1.1 200OK\r\n")]
    [InlineData("HTTP/1.1 099 Low\r\n")]
    [InlineData("HTTP/1.1 -20 Low\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n")]
    [InlineData("http/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: \r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: no name\r\n")]
    [InlineData("HTTP/1.E 200 OK\r\n")]
    [InlineData("HTTP/1. 200 OK\r\n")]
    [InlineData("HTTP/1.10 200 OK\r\n")]
    [InlineData("HTTP/1.1 +20 OK\r\n")]
    [InlineData("HTTP/1.1\t200 OK\r\n")]
    [InlineData("HTTP/1.1 200 O\u0001K\r\n")]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5.0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n folded: b\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\n\tfolded\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length\t: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n Content-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX(y): 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX\u00e9: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\nContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\rContent-Length: 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u0000\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\u007f\r\n")]
    public void What_contradicts_itself_or_is_no_HTTP_is_refused(string head) =>
        Assert.False(HttpHead.TryRead(Encoding.Latin1.GetBytes(head + "\r\n"), out _));

    [Theory]
    [InlineData("Content-Type: application/json", true)]
    [InlineData("content-type:application/json;charset=utf-8", true)]
    [InlineData("Content-Type: Application/JSON ; x=y", true)]
    [InlineData("Content-Type: text/plain; application/json", false)]
    [InlineData("Content-Type: application/jsonx", false)]
    [InlineData("Content-Type: application/json-patch+json", false)]
    [InlineData("X-Content-Type: application/json", false)]
    public void JSON_is_known_by_its_type(string header, bool isJson)
    {
        Assert.True(HttpHead.TryRead(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n"), out var head));
        Assert.Equal(isJson, head.IsJson);
    }

    [Theory]
    [InlineData("Retry-After: 1", 1)]
    [InlineData("retry-after: 120", 120)]
    [InlineData("Retry-After: 0", 0)]
    [InlineData("Retry-After: -1", -1)]
    [InlineData("Retry-After: +1", -1)]
    [InlineData("Retry-After: 1.5", -1)]
    [InlineData("Retry-After: 1s", -1)]
    [InlineData("Retry-After: soon", -1)]
    [InlineData("Retry-After:", -1)]
    [InlineData("Retry-After: 2147483648", int.MaxValue)] // longer than anybody waits, and not to be taken for nothing
    [InlineData("Retry-After: 99999999999999999999", int.MaxValue)]
    [InlineData("Retry-After: Fri, 31 Dec 2027 23:59:59 GMT", -1)]
    [InlineData("X: y", -1)]
    public void Retry_After_is_in_seconds_or_absent(string header, int seconds)
    {
        Assert.True(HttpHead.TryRead(
            Encoding.Latin1.GetBytes($"HTTP/1.1 429 Too Many Requests\r\n{header}\r\n\r\n"), out var head));
        Assert.Equal(seconds < 0 ? null : TimeSpan.FromSeconds(seconds), head.RetryAfter);
    }

    [Theory]
    [InlineData("Content-Encoding: gzip", true)]
    [InlineData("Content-Encoding: identity", false)]
    [InlineData("Content-Encoding: gzip\r\nContent-Encoding: identity", true)]
    [InlineData("Content-Encoding: identity\r\nContent-Encoding: br", true)]
    [InlineData("X: gzip", false)]
    public void A_coding_is_noticed(string header, bool isEncoded)
    {
        Assert.True(HttpHead.TryRead(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n"), out var head));
        Assert.Equal(isEncoded, head.IsEncoded);
    }

    [Theory]
    [InlineData("list-3-secrets", 200, true)]
    [InlineData("list-429-apf-reject", 429, false)]
    [InlineData("list-403-no-rbac", 403, true)]
    [InlineData("list-401-expired-token", 401, true)]
    [InlineData("list-big-gzip", 200, true)]
    public void Recorded_heads_are_read(string name, int status, bool isJson)
    {
        var answer = Recordings.Bytes(name);
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var text = Encoding.Latin1.GetString(answer, 0, end);

        Assert.True(HttpHead.TryRead(answer.AsSpan(0, end), out var head));

        Assert.Equal((status, isJson), (head.Status, head.IsJson));
        Assert.Equal(text.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal), head.IsChunked);
        Assert.Equal(text.Contains("Content-Encoding: gzip", StringComparison.Ordinal), head.IsEncoded);
        Assert.True(
            head.IsChunked
                || text.Contains(
                    string.Create(CultureInfo.InvariantCulture, $"Content-Length: {head.ContentLength}\r\n"),
                    StringComparison.Ordinal));
    }

    [Fact]
    public void Any_bytes_are_a_head_or_none_and_its_framing_is_one_of_three()
    {
        Mangled.Of(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n"
                + "Retry-After: 1\r\nConnection: close\r\n\r\n").Sample(bytes =>
        {
            if (HttpHead.TryRead(bytes, out var head))
            {
                Assert.InRange(head.Status, 100, 999);
                Assert.True(head.ContentLength >= -1);
                Assert.False(head.IsChunked && head.ContentLength >= 0);
            }
        }, iter: 5000);
    }
}
