using System.Text;
using FastProvider.Base;
using FastProvider.Transport;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// What a server sends: in pieces against at once, and against a strict model of RFC 9112. An odd size of the first piece
/// lets the server say goodbye in the end.
/// </summary>
internal static class HttpTarget
{
    private const int MostAnswers = 4;

    public static void Run(ReadOnlyMemory<byte> input)
    {
        if (!Pieces.TryRead(input, out var pieces))
        {
            return;
        }

        var saysGoodbye = input.Span[0] % 2 == 1;
        var whole = Read([pieces.Text], saysGoodbye, readBytes: 4096);
        var inPieces = Read(pieces.All(), saysGoodbye, readBytes: 1 + (input.Span[1] % 50));
        Law.Same(whole, inPieces, "answers in pieces are the answers");
        var text = Encoding.Latin1.GetString(pieces.Text.Span);
        if (HttpModel.Read(text, saysGoodbye) is { } strict)
        {
            Law.Holds(
                whole.StartsWith(strict, StringComparison.Ordinal), "an answer in the grammar of RFC 9112 is read as it says");
        }

        if (whole.StartsWith("fault", StringComparison.Ordinal))
        {
            return;
        }

        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Law.Holds(
            end >= 0 && !HttpModel.IsTreacherous(text[..end], text[(end + 4)..]),
            "a head that others would frame differently is refused");
    }

    private static string Read(IEnumerable<ReadOnlyMemory<byte>> pieces, bool saysGoodbye, int readBytes)
    {
        using var connection = new HttpConnection(InMemoryTls.Connect(pieces, saysGoodbye));
        var deadline = Deadline.After(TimeSpan.FromSeconds(60));
        var text = new StringBuilder();
        var into = new byte[readBytes];
        for (var answers = 0; answers < MostAnswers; answers++)
        {
            if (connection.ReadHead(deadline, out var head) is { } badHead)
            {
                return text.Append("fault ").Append(badHead.Kind).ToString();
            }

            var body = new StringBuilder();
            int count;
            do
            {
                if (connection.ReadBody(into, deadline, out count) is { } badBody)
                {
                    return text.Append("fault ").Append(badBody.Kind).ToString();
                }

                body.Append(Encoding.Latin1.GetString(into, 0, count));
            }
            while (count > 0);

            text.Append(head.Status).Append(' ').Append(body).Append('\n');
            if (!connection.CanContinue)
            {
                break;
            }
        }

        return text.ToString();
    }
}
