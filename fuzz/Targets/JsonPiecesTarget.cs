using FastProvider.Tests.Json;

namespace FastProvider.Fuzz.Targets;

/// <summary>
/// Our tokenizer against Utf8JsonReader. The first byte says at every how many tokens what begins there is passed over; two sizes
/// of pieces and the text follow.
/// </summary>
internal static class JsonPiecesTarget
{
    private const int MaxDepth = 64, LongestForEachCut = 512;

    public static void Run(ReadOnlyMemory<byte> input)
    {
        if (input.IsEmpty || !Pieces.TryRead(input[1..], out var pieces))
        {
            return;
        }

        var passEvery = input.Span[0] % 6;
        var text = pieces.Text;
        Law.Same(
            JsonTokens.Model(text.Span, isLast: true, passEvery, MaxDepth),
            JsonTokens.Ours(pieces.All(), isLast: true, passEvery, MaxDepth),
            "a text in pieces has the tokens of Utf8JsonReader");
        Law.Same(
            JsonTokens.Model(text.Span, isLast: true, passEvery, MaxDepth, withPlaces: true),
            JsonTokens.Ours([text], isLast: true, passEvery, MaxDepth, withPlaces: true),
            "a text has the tokens of Utf8JsonReader at their places");
        if (text.Length > LongestForEachCut)
        {
            return;
        }

        var length = 0;
        List<ReadOnlyMemory<byte>> come = [];
        foreach (var piece in pieces.All())
        {
            come.Add(piece);
            length += piece.Length;
            Law.Holds(
                IsRefused(JsonTokens.Model(text.Span[..length], isLast: false, passEvery, MaxDepth))
                    == IsRefused(JsonTokens.Ours(come, isLast: false, passEvery, MaxDepth)),
                "what cannot become JSON is refused with the piece that shows it");
        }
    }

    private static bool IsRefused(string told) => told.EndsWith(JsonTokens.Refused, StringComparison.Ordinal);
}
