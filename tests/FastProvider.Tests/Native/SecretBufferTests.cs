using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Native;

namespace FastProvider.Tests.Native;

public sealed class SecretBufferTests
{
    [Fact]
    public void It_holds_what_was_written_whatever_the_pieces()
    {
        Gen.Byte.Array[0, 500].Array[0, 20].Sample(pieces =>
        {
            using var buffer = new SecretBuffer();
            foreach (var piece in pieces)
            {
                buffer.Write(piece);
            }

            Assert.Equal(pieces.SelectMany(p => p), buffer.WrittenSpan.ToArray());
            buffer.Clear();
            Assert.Equal(0, buffer.Length);
        });
    }

    [Fact]
    public void What_is_forgotten_is_zeroed_and_what_is_left_stays()
    {
        using var buffer = new SecretBuffer();
        buffer.Write("user:password"u8);
        var memory = buffer.WrittenMemory;

        buffer.Truncate(4);
        Assert.Equal("user\0\0\0\0\0\0\0\0\0", Encoding.ASCII.GetString(memory.Span));
        Assert.Equal("user", Encoding.ASCII.GetString(buffer.WrittenSpan));

        buffer.Clear();
        Assert.True(memory.Span.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void A_block_that_is_outgrown_or_given_back_is_zeroed_whole()
    {
        var buffer = new SecretBuffer();
        buffer.Write("password"u8);
        var outgrown = buffer.WrittenMemory;
        buffer.GetSpan(100_000)[0] = 7;
        var last = buffer.GetMemory(1);
        Assert.True(outgrown.Span.IndexOfAnyExcept((byte)0) < 0, "The outgrown block still holds the password.");
        Assert.Equal("password", Encoding.ASCII.GetString(buffer.WrittenSpan));

        buffer.Dispose();
        // The byte after the written ones was filled but never counted.
        Assert.Equal(0, last.Span[0]);
        buffer.Dispose();
    }

    [Fact]
    public void Reserved_memory_does_not_move()
    {
        using var buffer = new SecretBuffer();
        buffer.Reserve(1000);
        buffer.Write("first"u8);
        var first = buffer.WrittenMemory;
        for (var i = 0; i < 199; i++)
        {
            buffer.Write("12345"u8);
        }

        buffer.WrittenSpan.CopyTo(new byte[1000]);
        Assert.True(first.Span.Overlaps(buffer.WrittenSpan, out var offset) && offset == 0);
    }

    [Theory]
    [InlineData("\"a\\u00e9\\n\"", "aé\n")]
    [InlineData("\"\"", "")]
    [InlineData("null", "")]
    public void Strings_of_JSON_are_decoded(string json, string expected)
    {
        using var buffer = new SecretBuffer();
        buffer.Write("before"u8);
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();

        Assert.Equal(expected, Encoding.UTF8.GetString(buffer.CopyString(ref reader).Span));
        Assert.Equal("before" + expected, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void Base64_is_decoded_in_place()
    {
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            using var buffer = new SecretBuffer();
            buffer.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
            Assert.True(buffer.DecodeBase64InPlace());
            Assert.Equal(bytes, buffer.WrittenSpan.ToArray());
        });
    }
}
