using System.Globalization;
using System.Text;
using System.Text.Json;
using FastProvider.Json;

namespace FastProvider.Tests.Json;

/// <summary>
/// What a reader makes of a text, a line for each token and one for how it ended, by Utf8JsonReader and by ours, so that the two
/// can be compared. Values at some tokens are passed over by both.
/// </summary>
internal static class JsonTokens
{
    /// <summary>How a reading ended.</summary>
    public const string Whole = "whole", Refused = "refused", More = "more";

    /// <param name="text">The text, or the beginning of one.</param>
    /// <param name="isLast">Whether it is all of it.</param>
    /// <param name="passEvery">At every so many tokens what begins there is passed over; 0 for at none.</param>
    /// <param name="maxDepth">The bound of both.</param>
    /// <param name="withPlaces">Whether the places of tokens are told, too.</param>
    public static string Model(
        ReadOnlySpan<byte> text, bool isLast, int passEvery, int maxDepth, bool withPlaces = false)
    {
        var told = new StringBuilder();
        var reader = new Utf8JsonReader(text, isLast, new JsonReaderState(new JsonReaderOptions { MaxDepth = maxDepth }));
        var target = new byte[text.Length];
        try
        {
            for (var i = 1; reader.Read(); i++)
            {
                var value = "";
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                {
                    value = Decoded(ref reader, target);
                }
                else if (reader.TokenType is JsonTokenType.Number)
                {
                    value = Encoding.Latin1.GetString(reader.ValueSpan);
                }

                Tell(told, reader.TokenType, value, withPlaces ? reader.TokenStartIndex : -1, reader.BytesConsumed);
                if (passEvery != 0 && i % passEvery == 0 && !reader.TrySkip())
                {
                    return told.Append(More).ToString();
                }
            }
        }
        catch (JsonException)
        {
            return told.Append(Refused).ToString();
        }

        return told.Append(isLast ? Whole : More).ToString();

        static string Decoded(ref Utf8JsonReader reader, byte[] target)
        {
            try
            {
                return Convert.ToHexString(target.AsSpan(0, reader.CopyString(target)));
            }
            catch (InvalidOperationException)
            {
                return "no Unicode";
            }
        }
    }

    /// <summary>The same by our reader, which gets the text in these pieces.</summary>
    public static string Ours(
        IEnumerable<ReadOnlyMemory<byte>> pieces, bool isLast, int passEvery, int maxDepth, bool withPlaces = false)
    {
        var told = new StringBuilder();
        using var reading = new JsonReading(maxDepth);
        reading.Start();
        var count = 0;
        try
        {
            foreach (var piece in pieces)
            {
                count = Read(told, reading, piece.Span, isLast: withPlaces && isLast, (count, passEvery, withPlaces));
            }

            if (isLast && !withPlaces)
            {
                Read(told, reading, default, isLast: true, (count, passEvery, withPlaces));
            }
        }
        catch (JsonException)
        {
            return told.Append(Refused).ToString();
        }

        return told.Append(isLast ? Whole : More).ToString();
    }

    private static int Read(
        StringBuilder told, JsonReading reading, ReadOnlySpan<byte> piece, bool isLast,
        (int Count, int PassEvery, bool WithPlaces) way)
    {
        var reader = new JsonPieceReader(reading, piece, isLast);
        while (reader.Read())
        {
            var value = reader.TokenType switch
            {
                JsonTokenType.PropertyName or JsonTokenType.String => Decoded(reader),
                JsonTokenType.Number => Encoding.Latin1.GetString(reader.ValueSpan),
                _ => "",
            };
            Tell(told, reader.TokenType, value, way.WithPlaces ? reader.TokenStart : -1, reader.Consumed);
            if (way.PassEvery == 0 || ++way.Count % way.PassEvery != 0)
            {
                continue;
            }

            if (reader.TokenType is JsonTokenType.PropertyName)
            {
                reader.PassValue();
            }
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                reader.PassRest();
            }
        }

        return way.Count;
    }

    private static string Decoded(in JsonPieceReader reader)
    {
        try
        {
            var target = new byte[reader.ValueSpan.Length];
            return Convert.ToHexString(target.AsSpan(0, reader.CopyString(target)));
        }
        catch (InvalidOperationException)
        {
            return "no Unicode";
        }
    }

    private static void Tell(StringBuilder told, JsonTokenType type, string value, long start, long end)
    {
        told.Append(type).Append(' ').Append(value);
        if (start >= 0)
        {
            told.Append(CultureInfo.InvariantCulture, $" {start}-{end}");
        }

        told.Append('\n');
    }
}
