using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using CsCheck;
using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>Where one answer ends and the next begins, whatever the pieces in which they come.</summary>
public sealed class HttpConnectionTests : IDisposable
{
    private readonly RecordServer _server = new();

    public void Dispose() => _server.Dispose();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "200 body")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "200 ")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n", "204 ")]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", "200 body")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", "200 body")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n3;x=\"y\"\r\nody\r\n0;z\r\n"
            + "Trailer: t\r\nAnother: u\r\n\r\n", "200 body")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0004 \r\nb\r\ny\r\n000\r\n\r\n", "200 b\r\ny")]
    [InlineData(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
        "200 01234567890123456789")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "200 ")]
    public void An_answer_cut_anywhere_reads_as_the_whole_and_the_next_one_begins_behind_it(string answer, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(answer);
        using var connection = _server.Connect();
        for (var cut = 1; cut <= bytes.Length; cut++)
        {
            _server.Pieces = [bytes[..cut], bytes[cut..]];
            Assert.Equal(expected, RecordServer.Ask(connection, 7));
            Assert.True(connection.CanContinue);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\ncredentials-here")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\ncredentials-here\r\n0\r\n\r\n")]
    public void What_was_read_of_a_body_is_in_the_buffer_no_more(string answer)
    {
        using var connection = _server.Connect();
        _server.Pieces = [Encoding.Latin1.GetBytes(answer)];

        Assert.Null(connection.Send("x"u8, RecordServer.Soon));
        Assert.Null(connection.ReadHead(RecordServer.Soon, out _));
        Assert.True(BufferOf(connection).AsSpan().IndexOf("credentials-here"u8) >= 0, "The body did not come with its head.");
        Assert.Null(connection.ReadBody(new byte[11], RecordServer.Soon, out var count));

        Assert.Equal(11, count);
        Assert.False(BufferOf(connection).AsSpan().IndexOf("credentials"u8) >= 0, "What was read is still in the buffer.");
        Assert.True(BufferOf(connection).AsSpan().IndexOf("-here"u8) >= 0, "What was not read is there no more.");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_buffer")]
    private static extern ref byte[] BufferOf(HttpConnection connection);

    [Fact]
    public void Chunks_and_pieces_of_any_size_give_the_body()
    {
        using var connection = _server.Connect();
        var body = Gen.String[Gen.OneOf(Gen.Char['a', 'z'], Gen.Char["\r\n0;"]), 0, 300];
        Gen.Select(body, Gen.Int[1, 60].Array[1, 4], Gen.Int[1, 50].Array[1, 4], Gen.Int[1, 100], Gen.Bool).Sample(
            (text, chunks, pieces, readBytes, isChunked) =>
            {
                var answer = new StringBuilder("HTTP/1.1 200 OK\r\n");
                if (isChunked)
                {
                    answer.Append("Transfer-Encoding: chunked\r\n\r\n");
                    for (int at = 0, turn = 0; at < text.Length; turn++)
                    {
                        var size = Math.Min(chunks[turn % chunks.Length], text.Length - at);
                        answer.Append(size.ToString("x", CultureInfo.InvariantCulture)).Append("\r\n")
                            .Append(text.AsSpan(at, size)).Append("\r\n");
                        at += size;
                    }

                    answer.Append("0\r\n\r\n");
                }
                else
                {
                    answer.Append(CultureInfo.InvariantCulture, $"Content-Length: {text.Length}\r\n\r\n{text}");
                }

                _server.Pieces = Cut(Encoding.Latin1.GetBytes(answer.ToString()), pieces);
                Assert.Equal("200 " + text, RecordServer.Ask(connection, readBytes));
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Answers_that_come_together_are_told_apart()
    {
        using var connection = _server.Connect();
        _server.Pieces =
        [
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"u8
                + "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"u8
                + "HTTP/1.1 202 Accepted\r\nContent-Length: 1\r\n\r\nc"u8).ToArray(),
        ];
        Assert.Equal("200 a", RecordServer.Ask(connection, 100));
        _server.Pieces = [];
        Assert.Equal("201 b", RecordServer.Ask(connection, 100));
        Assert.Equal("202 c", RecordServer.Ask(connection, 100));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "200 ")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nsome\r\n\r\nbody", "200 some\r\n\r\nbody")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nbody", "200 body")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody", "200 body")]
    public void A_body_without_a_length_ends_with_the_connection(string answer, string expected)
    {
        _server.ClosesAfter = true;
        foreach (var size in new[] { 1, 7, 1000 })
        {
            _server.Pieces = Cut(Encoding.Latin1.GetBytes(answer), size);
            using var connection = _server.Connect();
            Assert.Equal(expected, RecordServer.Ask(connection, 5));
            Assert.False(connection.CanContinue);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbod")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbod")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nTrailer: t\r\n")]
    public void An_answer_that_ends_early_is_never_whole(string answer)
    {
        _server.ClosesAfter = true;
        _server.Pieces = Cut(Encoding.Latin1.GetBytes(answer), 9);
        using var connection = _server.Connect();
        Assert.Equal("fault", RecordServer.Ask(connection, 100));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody!\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-4\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x4\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4g\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+4\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n-0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n+0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n 4\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;a\nb\r\nbody\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nTrailer: a\n\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\nHTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
            + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")]
    public void Framing_that_is_wrong_is_a_fault(string answer)
    {
        _server.ClosesAfter = true;
        _server.Pieces = [Encoding.Latin1.GetBytes(answer)];
        using var connection = _server.Connect();
        Assert.Equal("fault", RecordServer.Ask(connection, 100));
    }

    /// <summary>A number of the test's own: an API server sends none, and something in between one or two.</summary>
    [Theory]
    [InlineData(7, "200 body")]
    [InlineData(8, "fault")]
    public void Seven_interim_answers_may_come_before_the_answer(int count, string expected)
    {
        var interim = string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", count));
        _server.Pieces = [Encoding.Latin1.GetBytes(interim + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")];
        using var connection = _server.Connect();

        Assert.Equal(expected, RecordServer.Ask(connection, 100));
    }

    /// <summary>
    /// The peer waits for us, as servers of other protocols do that speak first: there is no end of the connection to notice.
    /// </summary>
    [Theory]
    [InlineData("S")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("220 mail.example.com ESMTP\r\n")]
    [InlineData("<")]
    [InlineData("\0")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/1.E")]
    [InlineData("HTTP/1.12")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbodyb")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx")]
    public void What_cannot_become_HTTP_is_refused_without_a_wait_for_more(string answer)
    {
        foreach (var size in new[] { 1, 3, 1000 })
        {
            _server.Pieces = Cut(Encoding.Latin1.GetBytes(answer), size);
            using var connection = _server.Connect();
            Assert.Null(connection.Send("x"u8, RecordServer.Soon));
            var fault = connection.ReadHead(RecordServer.Soon, out _);
            var into = new byte[100];
            while (fault is null)
            {
                fault = connection.ReadBody(into, RecordServer.Soon, out var count);
                Assert.False(fault is null && count == 0);
            }

            Assert.Equal(FaultKind.Untrusted, fault.Kind); // a wait would have been Late
        }
    }

    [Fact]
    public void Any_bytes_end_in_an_answer_or_a_fault_and_alike_whole_and_in_pieces()
    {
        const string chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n4;a=b\r\nbody\r\n1\r\n!\r\n0\r\nT: u\r\n\r\n";
        const string counted =
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody";
        _server.ClosesAfter = true;
        Gen.Select(Gen.OneOf(Mangled.Of(chunked), Mangled.Of(counted)), Gen.Int[1, 30].Array[1, 3]).Sample(
            (bytes, sizes) =>
            {
                var answers = new[] { Cut(bytes, 100_000), Cut(bytes, sizes) }.Select(pieces =>
                {
                    _server.Pieces = pieces;
                    using var connection = _server.Connect();
                    return RecordServer.Ask(connection, 7);
                }).ToArray();
                Assert.Equal(answers[0], answers[1]);
            },
            iter: 150, threads: 1);
    }

    [Fact]
    public void A_head_without_end_is_refused()
    {
        _server.Pieces = [Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nX: " + new string('x', 16 * 1024))];
        using var connection = _server.Connect();
        Assert.Null(connection.Send("x"u8, RecordServer.Soon));
        Assert.Equal(FaultKind.Untrusted, connection.ReadHead(RecordServer.Soon, out _)!.Kind);
    }

    [Fact]
    public void A_peer_that_never_pauses_does_not_outlast_the_deadline()
    {
        // Whatever is there already would be read without a wait, and so without a look at the clock.
        _server.Pieces = ["HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), new byte[10_000]];
        using var connection = _server.Connect();
        Assert.Null(connection.Send("x"u8, RecordServer.Soon));
        Assert.Null(connection.ReadHead(RecordServer.Soon, out _));
        var into = new byte[100];
        Assert.Null(connection.ReadBody(into, RecordServer.Soon, out _));
        var past = Deadline.After(TimeSpan.Zero);
        ConnectionFault? fault = null;
        for (var read = 0; fault is null && read < 5000; read += into.Length)
        {
            fault = connection.ReadBody(into, past, out _);
        }

        Assert.Equal(FaultKind.Late, fault?.Kind);
    }

    private static List<byte[]> Cut(byte[] bytes, params int[] sizes)
    {
        var pieces = new List<byte[]>();
        for (int at = 0, turn = 0; at < bytes.Length; turn++)
        {
            var size = Math.Min(sizes[turn % sizes.Length], bytes.Length - at);
            pieces.Add(bytes[at..(at + size)]);
            at += size;
        }

        return pieces;
    }
}
