using System.Buffers;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using FastProvider.Metrics;
using FastProvider.Tests.EndToEnd;

namespace FastProvider.Tests.Metrics;

/// <summary>Whoever connects to the port of metrics, a scrape is answered, and no pull is held up.</summary>
public sealed class MetricsServerTests
{
    private const string Get = "GET /metrics HTTP/1.1\r\nHost: node\r\nUser-Agent: scraper\r\n\r\n";

    [Theory]
    [InlineData(Get, 200)]
    [InlineData("GET /metrics HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /metrics?a=b HTTP/1.1\r\nHost: node\r\n\r\n", 200)]
    [InlineData("GET / HTTP/1.1\r\nHost: node\r\n\r\n", 404)]
    [InlineData("GET /metrics/ HTTP/1.1\r\nHost: node\r\n\r\n", 404)]
    [InlineData("GET /metricsx HTTP/1.1\r\nHost: node\r\n\r\n", 404)]
    [InlineData("POST /metrics HTTP/1.1\r\nHost: node\r\nContent-Length: 3\r\n\r\nabc", 405)]
    [InlineData("HEAD /metrics HTTP/1.1\r\nHost: node\r\n\r\n", 200)]
    [InlineData("HEAD / HTTP/1.1\r\nHost: node\r\n\r\n", 404)]
    [InlineData("PUT / HTTP/1.1\r\nHost: node\r\n\r\n", 404)]
    [InlineData("get /metrics HTTP/1.1\r\nHost: node\r\n\r\n", 405)]
    [InlineData("GET /metrics HTTP/2.0\r\nHost: node\r\n\r\n", 400)]
    [InlineData("GET  /metrics HTTP/1.1\r\nHost: node\r\n\r\n", 400)]
    [InlineData("GET /metrics\r\n\r\n", 400)]
    [InlineData("\r\n\r\n", 400)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\r\n\r\n", 400)]
    [InlineData("GET /metrics HTTP/1.1\r\nHost: node\r\n", null)]
    [InlineData("GET /metrics HTTP/1.1\n\n", null)]
    [InlineData("", null)]
    public void A_request_has_one_answer_however_it_is_cut(string request, int? status)
    {
        var bytes = Encoding.Latin1.GetBytes(request);
        Assert.Equal(status, MetricsRequest.StatusOf(new ReadOnlySequence<byte>(bytes), out _));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(status, MetricsRequest.StatusOf(Pieces(bytes[..cut], bytes[cut..]), out _));
        }
    }

    /// <summary>Law: no bytes make it fail, all cuts say the same, and beyond the bound there is an answer.</summary>
    [Fact]
    public void Any_bytes_have_an_answer_or_none_yet() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.Int[0, 22].Select(i => (byte)Get[i])).Array[0, 60].Array[0, 5], Gen.Bool)
            .Sample((pieces, isWhole) =>
            {
                byte[][] all = isWhole ? [Encoding.ASCII.GetBytes(Get[..23]), .. pieces, [.. "\r\n\r\n"u8]] : pieces;
                var status = MetricsRequest.StatusOf(Pieces(all), out _);
                return status is null or 200 or 400 or 404 or 405
                    && status == MetricsRequest.StatusOf(new ReadOnlySequence<byte>([.. all.SelectMany(p => p)]), out _)
                    && (!isWhole || status is not null);
            });

    [Fact]
    public void A_head_without_end_is_refused_at_its_bound()
    {
        var bytes = Encoding.Latin1.GetBytes("GET /metrics HTTP/1.1\r\nA: " + new string('a', MetricsRequest.MaxBytes));
        Assert.Equal(400, MetricsRequest.StatusOf(new ReadOnlySequence<byte>(bytes), out _));
        Assert.Equal(400, MetricsRequest.StatusOf(new ReadOnlySequence<byte>([.. bytes, .. "\r\n\r\n"u8]), out _));
        Assert.Null(MetricsRequest.StatusOf(new ReadOnlySequence<byte>(bytes.AsMemory(0, MetricsRequest.MaxBytes)), out _));
    }

    [Fact]
    public async Task An_answer_is_whole_and_ends_the_connection()
    {
        using var node = new NodeSandbox();
        using var agent = Scrape.Start(node, out var port);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Scrape.RawAsync(port, Get), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 404 ", await Scrape.RawAsync(port, Get.Replace("/metrics", "/", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        var head = await Scrape.RawAsync(port, Get.Replace("GET", "HEAD", StringComparison.Ordinal));
        Assert.Matches(@"\AHTTP/1\.1 200 OK\r\n(?:.+\r\n)*Content-Length: [1-9][0-9]*\r\n(?:.+\r\n)*\r\n\z", head);
        Assert.Contains("\r\nAllow: GET, HEAD\r\n",
            await Scrape.RawAsync(port, Get.Replace("GET", "POST", StringComparison.Ordinal)), StringComparison.Ordinal);
        // Far more than is read: the answer still comes through.
        var tooLong = "GET /metrics HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 20_000));
        Assert.StartsWith("HTTP/1.1 400 ", await Scrape.RawAsync(port, tooLong), StringComparison.Ordinal);
        // Two requests back to back have one answer.
        var twice = await Scrape.RawAsync(port, Get + Get);
        Assert.Single(twice.Split("HTTP/1.1 200 OK"), part => part.Length == 0);
        Assert.Equal(2, twice.Split("HTTP/1.1 200 OK").Length);
    }

    [Fact]
    public async Task A_request_may_come_byte_by_byte()
    {
        using var node = new NodeSandbox();
        using var agent = Scrape.Start(node, out var port);
        using var socket = await Scrape.ConnectAsync(port);
        foreach (var b in Encoding.Latin1.GetBytes(Get))
        {
            await socket.SendAsync(new[] { b });
        }

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Scrape.ReadAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_that_send_or_read_nothing_hold_up_neither_a_scrape_nor_a_pull()
    {
        await using var scene = await PullScene.StartAsync();
        scene.Agent?.Dispose();
        scene.Agent = Scrape.Start(scene.Node, out var port);
        List<Socket> idle = [];
        try
        {
            for (var i = 0; i < 100; i++)
            {
                idle.Add(await Scrape.ConnectAsync(port));
                if (i % 2 == 0)
                {
                    await idle[^1].SendAsync(Encoding.Latin1.GetBytes(Get[..(i % Get.Length)]));
                }
            }

            Assert.NotEmpty(await Scrape.MetricsAsync(port));
            (await scene.PullAsync()).Answers();
            Assert.Equal("1", (await scene.Agent.StatusAsync())["runs"]);
            // Of all that wait no more than a few have a descriptor of the agent.
            var connections = Directory.GetFiles($"/proc/{scene.Agent.Id}/fd").Length;
            Assert.True(connections < 50, $"{connections} descriptors");
        }
        finally
        {
            idle.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_client_that_does_not_go_on_is_cut_off()
    {
        using var node = new NodeSandbox();
        using var agent = Scrape.Start(node, out var port);
        using var socket = await Scrape.ConnectAsync(port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(Get[..10]));

        Assert.Equal("", await Scrape.ReadAsync(socket));
    }

    private static ReadOnlySequence<byte> Pieces(params byte[][] pieces)
    {
        if (pieces.Length == 0)
        {
            return default;
        }

        var first = new Piece(pieces[0], 0);
        var last = first;
        foreach (var piece in pieces.Skip(1))
        {
            last = last.Then(piece);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long index) => (Memory, RunningIndex) = (bytes, index);

        public Piece Then(byte[] bytes)
        {
            var next = new Piece(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
