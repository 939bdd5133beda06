using System.Globalization;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>Faults of the wire. Where one changes an answer, it is the answer this server would have given.</summary>
public static partial class Respond
{
    /// <summary>In chunks of the sizes given, taken round and round: legal, but not as a kube-apiserver cuts.</summary>
    public static Answer InChunksOf(params int[] sizes) => async exchange =>
    {
        await exchange.SendAsync((await exchange.RenderNormallyAsync()).Chunked(sizes));
        await exchange.FlushAsync();
    };

    /// <summary>
    /// The whole announced, then only the part up to <paramref name="fraction"/> of the answer's bytes, then the end (FIN).
    /// </summary>
    public static Answer CutAt(double fraction, bool isChunked) => async exchange =>
    {
        var normal = await exchange.RenderNormallyAsync();
        var whole = isChunked ? normal.Chunked(0x800) : normal.WithContentLength();
        var headBytes = whole.Length - normal.Body.Length;
        await exchange.SendAsync(whole.AsMemory(0, headBytes + (int)(normal.Body.Length * fraction)));
        await exchange.FlushAsync();
        exchange.CloseAfterwards();
    };

    /// <summary>Chunked, every chunk sent, but the connection ends where the closing <c>0</c> chunk belongs.</summary>
    public static Answer WithoutLastChunk() => async exchange =>
    {
        var whole = (await exchange.RenderNormallyAsync()).Chunked(0x800);
        await exchange.SendAsync(whole.AsMemory(0, whole.Length - "0\r\n\r\n".Length));
        await exchange.FlushAsync();
        exchange.CloseAfterwards();
    };

    /// <summary>The connection ends in good order before a byte is sent.</summary>
    public static Answer ClosedBeforeHead() => exchange =>
    {
        exchange.CloseAfterwards();
        return Task.CompletedTask;
    };

    /// <summary>The head announces a body and the connection ends.</summary>
    public static Answer ClosedAfterHead() => CutAt(0, isChunked: false);

    /// <summary>TCP reset before a byte is sent.</summary>
    public static Answer Reset() => exchange =>
    {
        exchange.Reset();
        return Task.CompletedTask;
    };

    /// <summary>Not a byte until the client gives up.</summary>
    public static Answer Never() => exchange => Task.Delay(Timeout.Infinite, exchange.Gone);

    /// <summary>One byte at a time, <paramref name="interval"/> apart.</summary>
    public static Answer Trickled(TimeSpan interval) => async exchange =>
    {
        foreach (var value in (await exchange.RenderNormallyAsync()).WithContentLength())
        {
            await exchange.SendAsync(new[] { value });
            await exchange.FlushAsync();
            await Task.Delay(interval, exchange.Gone);
        }
    };

    /// <summary>The first bytes at once, then the others one at a time.</summary>
    public static Answer Trickled(string first, string others, TimeSpan interval) => async exchange =>
    {
        await exchange.SendAsync(first);
        await exchange.FlushAsync();
        foreach (var value in others)
        {
            await Task.Delay(interval, exchange.Gone);
            await exchange.SendAsync($"{value}");
            await exchange.FlushAsync();
        }
    };

    /// <summary>These bytes, and then nothing for as long as the client stays.</summary>
    public static Answer ThenSilence(byte[] bytes) => async exchange =>
    {
        await exchange.SendAsync(bytes);
        await exchange.FlushAsync();
        await Task.Delay(Timeout.Infinite, exchange.Gone);
    };

    /// <summary>The next answer, but only after the time given.</summary>
    public static Answer After(TimeSpan delay, Answer answer) => async exchange =>
    {
        await Task.Delay(delay, exchange.Gone);
        await answer(exchange);
    };

    /// <summary>A redirect, as a load balancer or a captive portal sends it; a kube-apiserver never does.</summary>
    public static Answer Redirect(int status, string location) => async exchange =>
    {
        await exchange.SendAsync(new ResponseHead(status) { Extra = $"Location: {location}\r\n" }.WithContentLength(0));
        await exchange.FlushAsync();
    };

    /// <summary>200 with a page of HTML, as a proxy in the way sends it.</summary>
    public static Answer Html() => async exchange =>
    {
        const string Page = "<!doctype html><html><body><h1>It works!</h1></body></html>\n";
        var head = new ResponseHead(200, HasFlowSchema: false) { ContentType = "text/html; charset=utf-8" };
        await exchange.SendAsync(head.WithContentLength(Page.Length) + Page);
        await exchange.FlushAsync();
    };

    /// <summary>The right body under another content type.</summary>
    public static Answer WithContentType(string contentType) => async exchange =>
    {
        var normal = await exchange.RenderNormallyAsync();
        var head = normal.Head.Replace(
            "Content-Type: application/json", "Content-Type: " + contentType, StringComparison.Ordinal);
        await exchange.SendAsync((normal with { Head = head }).WithContentLength());
        await exchange.FlushAsync();
    };

    /// <summary>The normal answer with one more header of the size given.</summary>
    public static Answer WithHeaderOf(int bytes) => async exchange =>
    {
        var normal = await exchange.RenderNormallyAsync();
        await exchange.SendAsync(
            (normal with { Head = normal.Head + "X-Padding: " + new string('x', bytes) + "\r\n" }).WithContentLength());
        await exchange.FlushAsync();
    };

    /// <summary>The interim answer 100 before the normal one.</summary>
    public static Answer AfterContinue() => async exchange =>
    {
        await exchange.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await exchange.FlushAsync();
        await exchange.AnswerNormallyAsync();
    };

    /// <summary>HTTP/1.0: no framing at all, the body ends with the connection.</summary>
    public static Answer Http10() => async exchange =>
    {
        var normal = await exchange.RenderNormallyAsync();
        await exchange.SendAsync(
            normal.Head.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal) + "Connection: close\r\n\r\n");
        await exchange.SendAsync(normal.Body);
        await exchange.FlushAsync();
        exchange.CloseAfterwards();
    };

    /// <summary>The normal answer, after which the server closes although the client would keep the connection.</summary>
    public static Answer WithConnectionClose() => async exchange =>
    {
        var normal = await exchange.RenderNormallyAsync();
        await exchange.SendAsync((normal with { Head = normal.Head + "Connection: close\r\n" }).WithContentLength());
        await exchange.FlushAsync();
        exchange.CloseAfterwards();
    };

    /// <summary>A body that never ends: JSON white space in chunks until the client leaves.</summary>
    public static Answer Endless()
    {
        // Large enough that the client is never done with what has come, and so never comes to wait.
        const int length = 0x40000;
        return Repeated(
            new ResponseHead(200).Chunked(),
            length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" + new string(' ', length) + "\r\n");
    }

    /// <summary>
    /// A body that never ends, in chunks that hold <paramref name="first"/> once and <paramref name="again"/> until the client
    /// leaves.
    /// </summary>
    public static Answer EndlessBody(string first, string again)
    {
        var times = Math.Max(1, 0x40000 / again.Length);
        var head = new ResponseHead(200).Chunked();
        return Repeated(first.Length == 0 ? head : head + Chunk(first), Chunk(string.Concat(Enumerable.Repeat(again, times))));
    }

    /// <summary>Some bytes, and then others again and again without a pause until the client leaves.</summary>
    public static Answer Repeated(string first, string again) => async exchange =>
    {
        await exchange.SendAsync(first);
        var bytes = Encoding.Latin1.GetBytes(again);
        while (!exchange.Gone.IsCancellationRequested)
        {
            await exchange.SendAsync(bytes);
        }
    };

    private static string Chunk(string text) =>
        text.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" + text + "\r\n";
}
