using System.Globalization;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>An HTTP answer in memory.</summary>
/// <param name="Head">
/// Status line and headers, without those that frame the body and without the empty line; lines end with CRLF.
/// </param>
/// <param name="Body">The body, its chunks joined; content codings are left as they are.</param>
public sealed record RenderedAnswer(string Head, byte[] Body)
{
    /// <summary>Takes apart what <see cref="Exchange"/> or a recording holds.</summary>
    public static RenderedAnswer Parse(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        var lines = Encoding.Latin1.GetString(answer[..end]).Split("\r\n");
        var isChunked = lines.Contains("Transfer-Encoding: chunked");
        var head = lines.Where(l => !l.StartsWith("Transfer-Encoding:", StringComparison.Ordinal)
            && !l.StartsWith("Content-Length:", StringComparison.Ordinal));
        var body = answer[(end + 4)..];
        return new RenderedAnswer(string.Concat(head.Select(l => l + "\r\n")), isChunked ? Join(body) : body.ToArray());
    }

    /// <summary>Head and whole body with <c>Content-Length</c>.</summary>
    public byte[] WithContentLength() =>
        [.. Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Head}Content-Length: {Body.Length}\r\n\r\n")),
            .. Body];

    /// <summary>Head and body in chunks of the sizes given, taken round and round.</summary>
    public byte[] Chunked(params int[] sizes)
    {
        using var bytes = new MemoryStream();
        bytes.Write(Encoding.Latin1.GetBytes(Head + "Transfer-Encoding: chunked\r\n\r\n"));
        for (int at = 0, turn = 0; at < Body.Length; turn++)
        {
            var size = Math.Min(sizes[turn % sizes.Length], Body.Length - at);
            bytes.Write(Encoding.Latin1.GetBytes(size.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
            bytes.Write(Body.AsSpan(at, size));
            bytes.Write("\r\n"u8);
            at += size;
        }

        bytes.Write("0\r\n\r\n"u8);
        return bytes.ToArray();
    }

    private static byte[] Join(ReadOnlySpan<byte> chunks)
    {
        using var body = new MemoryStream();
        while (true)
        {
            var line = chunks.IndexOf("\r\n"u8);
            var size = int.Parse(Encoding.Latin1.GetString(chunks[..line]), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return body.ToArray();
            }

            body.Write(chunks.Slice(line + 2, size));
            chunks = chunks[(line + 2 + size + 2)..];
        }
    }
}
