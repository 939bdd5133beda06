using System.Text;
using CsCheck;
using FastProvider.Json;

namespace FastProvider.Tests.Json;

/// <summary>Our tokenizer against Utf8JsonReader: what is read, what is refused and when, wherever the text is cut.</summary>
public sealed class JsonPieceReaderTests
{
    private const int MaxDepth = 64;

    /// <summary>A Secret with what its owner may have put in, and every kind of token and white space.</summary>
    private const string Secret =
        """{"kind":"Secret" , "n":[0,-1.5e+3,12E9,0.25] ,"x":{"a\u0062\"\\\/":"é\ud83d\ude00\n","":{},"e":[ ],"t":[true,false,null]},"long":"eyJhdXRocyI6eyJyZWdpc3RyeS0xLmV4YW1wbGUuY29tIjp7ImF1dGgiOiJkWE5sY2pFNmNHRnpjekU9In19fQ== and more than sixty-four bytes of it"}""" + " \r\n\t";

    private static readonly Gen<string> Spaces = Gen.Frequency((8, Gen.Const("")), (1, Gen.OneOf(" ", "\n", "\t \r")));

    private static readonly Gen<string> Strings = Gen.Frequency(
        (6, Gen.Char.AlphaNumeric.Array[0, 70].Select(letters => new string(letters))),
        (1, Gen.OneOf(
            "\\n", "\\u0041", "\\ud83d\\ude00", "\\ud800", "\\\"\\\\", "\u00e9\u20ac", "a\\", "\\x", "\\u00g0", "\u0001")),
        (1, Gen.Select(Gen.Char.AlphaNumeric.Array[0, 40], Gen.OneOf("\\\"", "\\u00e9"), Gen.Char.AlphaNumeric.Array[0, 40])
            .Select((before, escape, after) => new string(before) + escape + new string(after))));

    private static readonly Gen<string> Scalars = Gen.Frequency(
        (4, Strings.Select(text => $"\"{text}\"")),
        (2, Gen.OneOf("0", "-0", "10", "-1.5e+3", "1E9", "0.0", "true", "false", "null")),
        (1, Gen.OneOf("01", "-", "1.", "1e", "+1", ".5", "tru", "nul1", "1a", "1/", "-a", "NaN")));

    private static readonly Gen<byte[]> Documents = Gen.Recursive<string>((depth, inner) => depth > 6
        ? Scalars
        : Gen.Frequency(
            (2, Scalars),
            (2, Gen.Select(Spaces, Gen.Select(Strings, Spaces, inner, (name, space, value) => $"\"{name}\"{space}:{space}{value}")
                .Array[0, 4], (space, members) => $"{{{space}{string.Join($",{space}", members)}{space}}}")),
            (2, Gen.Select(Spaces, inner.Array[0, 4], (space, items) => $"[{string.Join($"{space},", items)}{space}]"))))
        .Select(Encoding.UTF8.GetBytes);

    private static readonly Gen<byte[]> Texts = Gen.Frequency(
        (3, Documents), (3, Mangled.Of(Secret)), (2, Documents.SelectMany(Mangled.Of)), (1, Mangled.Of($"[{Secret},{Secret}]")));

    /// <summary>Pieces that cut nearly every token, and some that have room for what is passed over in whole blocks.</summary>
    private static readonly Gen<int> Sizes = Gen.OneOf(Gen.Int[1, 80], Gen.Int[200, 700]);

    [Fact]
    public void Tokens_and_refusals_are_those_of_Utf8JsonReader_in_pieces_of_any_size() =>
        Gen.Select(Texts, Gen.Int[0, 5], Sizes).Sample((text, passEvery, size) => Assert.Equal(
            JsonTokens.Model(text, isLast: true, passEvery, MaxDepth),
            JsonTokens.Ours(Cut(text, size), isLast: true, passEvery, MaxDepth)), iter: 20_000);

    [Fact]
    public void Places_are_those_of_Utf8JsonReader_in_a_text_that_is_there_as_a_whole() =>
        Gen.Select(Texts, Gen.Int[0, 5]).Sample((text, passEvery) => Assert.Equal(
            JsonTokens.Model(text, isLast: true, passEvery, MaxDepth, withPlaces: true),
            JsonTokens.Ours([text], isLast: true, passEvery, MaxDepth, withPlaces: true)), iter: 20_000);

    [Fact]
    public void What_cannot_become_JSON_is_refused_with_the_piece_that_shows_it() =>
        Gen.Select(Texts, Gen.Int[0, 5], Gen.Int[0, 600]).Sample((text, passEvery, at) =>
        {
            var piece = text[..Math.Min(at, text.Length)];
            Assert.Equal(
                Verdict(JsonTokens.Model(piece, isLast: false, passEvery, MaxDepth)),
                Verdict(JsonTokens.Ours([piece], isLast: false, passEvery, MaxDepth)));
        }, iter: 20_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_text_may_be_cut_at_every_place(int passEvery)
    {
        var text = Encoding.UTF8.GetBytes(Secret);
        var whole = JsonTokens.Model(text, isLast: true, passEvery, MaxDepth);
        Assert.EndsWith(JsonTokens.Whole, whole, StringComparison.Ordinal);
        for (var first = 0; first <= text.Length; first++)
        {
            ReadOnlyMemory<byte> before = text.AsMemory(0, first), behind = text.AsMemory(first);
            Assert.Equal(whole, JsonTokens.Ours([before, behind], isLast: true, passEvery, MaxDepth));
            Assert.Equal(
                JsonTokens.Model(before.Span, isLast: true, passEvery, MaxDepth),
                JsonTokens.Ours([before], isLast: true, passEvery, MaxDepth));
        }

        Assert.Equal(whole, JsonTokens.Ours(Cut(text, 1), isLast: true, passEvery, MaxDepth));
    }

    /// <summary>At every place of vectors of every width, in what is left of them, and with whole blocks behind it.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void A_byte_that_cannot_stand_in_a_string_is_found_wherever_it_is(int behind)
    {
        for (var length = 0; length < 140; length++)
        {
            var text = Encoding.ASCII.GetBytes($"[\"{new string('x', length)}\",\"{new string('y', behind)}\"]");
            Assert.EndsWith(JsonTokens.Whole, JsonTokens.Ours([text], isLast: true, 1, MaxDepth), StringComparison.Ordinal);
            for (var at = 2; at < length + 2; at++)
            {
                foreach (var octet in (byte[])[0, 0x1F, (byte)'"', (byte)'\\', 0x20, 0x7F, 0x80, 0xFF])
                {
                    byte[] other = [.. text];
                    other[at] = octet;
                    Assert.Equal(
                        JsonTokens.Model(other, isLast: true, 1, MaxDepth), JsonTokens.Ours([other], isLast: true, 1, MaxDepth));
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(129)]
    [InlineData(1000)]
    public void Depth_is_bounded_at_the_same_level_also_where_it_is_passed_over(int maxDepth)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]") })
        {
            var levels = open.StartsWith("[{", StringComparison.Ordinal) ? 2 : 1;
            for (var depth = Math.Max(1, maxDepth - 2); depth <= maxDepth + 2; depth++)
            {
                var count = Math.Max(1, depth / levels);
                var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(open, count)) + "1"
                    + string.Concat(Enumerable.Repeat(close, count)));
                foreach (var passEvery in (int[])[0, 1, 3])
                {
                    var model = JsonTokens.Model(text, isLast: true, passEvery, maxDepth);
                    foreach (var size in (int[])[7, 300, text.Length])
                    {
                        Assert.Equal(model, JsonTokens.Ours(Cut(text, size), isLast: true, passEvery, maxDepth));
                        // Each level must be closed by its own kind, also below the 64 that a word holds.
                        text[^count] ^= (byte)('}' ^ ']');
                        Assert.EndsWith(
                            JsonTokens.Refused, JsonTokens.Ours(Cut(text, size), isLast: true, passEvery, maxDepth),
                            StringComparison.Ordinal);
                        text[^count] ^= (byte)('}' ^ ']');
                    }
                }
            }
        }
    }

    [Fact]
    public void What_is_passed_over_is_counted_and_not_kept()
    {
        using var reading = new JsonReading(MaxDepth);
        reading.Start();
        var reader = new JsonPieceReader(reading, "{\"a\":\"xx"u8, isLast: false);
        Assert.True(reader.Read() && reader.Read());
        reader.PassValue();
        Assert.False(reader.Read());
        Assert.Equal(3, reading.CutBytes);
        reader = new JsonPieceReader(reading, "xxxx"u8, isLast: false);
        Assert.False(reader.Read());
        Assert.Equal(7, reading.CutBytes);
        Assert.Equal(0, reading.Kept.Length);
        reader = new JsonPieceReader(reading, "\",\"b\":\"yy"u8, isLast: false);
        Assert.True(reader.Read());
        Assert.False(reader.Read());
        Assert.Equal(3, reading.CutBytes);
        Assert.Equal(3, reading.Kept.Length);
    }

    [Fact]
    public void A_warm_reading_allocates_nothing()
    {
        var text = Encoding.UTF8.GetBytes(Secret.Replace("true", "[[[[1]]]]", StringComparison.Ordinal));
        using var reading = new JsonReading(MaxDepth);
        var spent = long.MaxValue;
        for (var i = 0; i < 100; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            reading.Start();
            for (var at = 0; at < text.Length; at += 11)
            {
                var reader = new JsonPieceReader(reading, text.AsSpan(at, Math.Min(11, text.Length - at)), isLast: false);
                while (reader.Read())
                {
                    if (reader.TokenType is System.Text.Json.JsonTokenType.PropertyName && reader.ValueSpan.Length > 1)
                    {
                        reader.PassValue();
                    }
                }
            }

            spent = Math.Min(spent, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, spent);
    }

    private static string Verdict(string told) =>
        told.EndsWith(JsonTokens.Refused, StringComparison.Ordinal) ? JsonTokens.Refused : JsonTokens.More;

    private static IEnumerable<ReadOnlyMemory<byte>> Cut(byte[] text, int size)
    {
        for (var at = 0; at < text.Length; at += size)
        {
            yield return text.AsMemory(at, Math.Min(size, text.Length - at));
        }
    }
}
