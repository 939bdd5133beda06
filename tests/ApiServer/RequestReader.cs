using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace FastProvider.Tests.ApiServer;

/// <summary>The head of one HTTP/1.1 request, token included: lives only inside the server.</summary>
internal sealed record RequestHead(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public string Path => Target.Split('?', 2)[0];

    /// <summary>What came after the head, as far as its Content-Length says.</summary>
    public byte[] Body { get; init; } = [];

    public string Query => Target.Contains('?', StringComparison.Ordinal) ? Target.Split('?', 2)[1] : "";

    /// <summary>Takes apart the text before the empty line; null if it is no HTTP/1.1 request.</summary>
    public static RequestHead? Parse(string text)
    {
        var lines = text.Split("\r\n");
        var words = lines[0].Split(' ');
        if (words.Length != 3 || words[2] is not ("HTTP/1.1" or "HTTP/1.0") || !words[1].StartsWith('/'))
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                return null;
            }

            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new RequestHead(words[0], words[1], headers);
    }
}

/// <summary>
/// Cuts requests out of a connection's bytes; further requests that are already there wait in the pipe (pipelining).
/// </summary>
internal static class RequestReader
{
    private const int LargestHeadBytes = 64 * 1024;

    /// <summary>
    /// The next request with its body; null at the end of the connection. Throws <see cref="InvalidDataException"/> for
    /// bytes that are no HTTP request, such as a TLS ClientHello on a plain port.
    /// </summary>
    public static async ValueTask<RequestHead?> ReadAsync(PipeReader input, CancellationToken gone)
    {
        while (true)
        {
            var result = await input.ReadAsync(gone);
            if (TryCutHead(result.Buffer, out var head, out var consumed))
            {
                input.AdvanceTo(consumed);
                var request = RequestHead.Parse(head) ?? throw new InvalidDataException("Not an HTTP/1.1 request.");
                return request with { Body = await ReadBodyAsync(input, request, gone) };
            }

            if (result.IsCompleted && result.Buffer.IsEmpty)
            {
                return null;
            }

            if (result.IsCompleted || result.Buffer.Length > LargestHeadBytes || !LooksLikeHttp(result.Buffer))
            {
                throw new InvalidDataException("Not a whole HTTP/1.1 request.");
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static bool LooksLikeHttp(in ReadOnlySequence<byte> bytes) =>
        bytes.IsEmpty || bytes.FirstSpan[0] is >= (byte)'A' and <= (byte)'Z';

    private static bool TryCutHead(in ReadOnlySequence<byte> bytes, out string head, out SequencePosition consumed)
    {
        var reader = new SequenceReader<byte>(bytes);
        var isWhole = reader.TryReadTo(out ReadOnlySequence<byte> text, "\r\n\r\n"u8);
        head = isWhole ? Encoding.Latin1.GetString(text) : "";
        consumed = reader.Position;
        return isWhole;
    }

    private static async ValueTask<byte[]> ReadBodyAsync(PipeReader input, RequestHead request, CancellationToken gone)
    {
        var left = long.Parse(request.Headers.GetValueOrDefault("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        using var body = new MemoryStream();
        while (left > 0)
        {
            var result = await input.ReadAsync(gone);
            var taken = Math.Min(left, result.Buffer.Length);
            body.Write(result.Buffer.Slice(0, taken).ToArray());
            input.AdvanceTo(result.Buffer.GetPosition(taken));
            left -= taken;
            if (result.IsCompleted && left > 0)
            {
                throw new InvalidDataException("The request's body was cut.");
            }
        }

        return body.ToArray();
    }
}
