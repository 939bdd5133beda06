using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Json;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

public sealed class CreationTimeTests
{
    private static readonly Gen<string> Times = Gen.Select(
            Gen.Int[0, 9999], Gen.Int[0, 14], Gen.Int[0, 33], Gen.Int[0, 26], Gen.Int[0, 62], Gen.Int[0, 62])
        .Select((year, month, day, hour, minute, second) =>
            $"{year:0000}-{month:00}-{day:00}T{hour:00}:{minute:00}:{second:00}Z");

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2026-11-23T02:00:26Z", 1_795_399_226)]
    [InlineData("2024-02-29T23:59:59Z", 1_709_251_199)]
    [InlineData("2023-02-29T23:59:59Z", 0)]
    [InlineData("2026-11-23T02:00:26+01:00", 1_795_395_626)]
    [InlineData("never", 0)]
    public void It_is_seconds_since_1970(string text, long expected) => Assert.Equal(expected, Read($"\"{text}\""));

    [Fact]
    public void It_is_what_System_Text_Json_makes_of_it() =>
        Gen.Frequency((3, Times), (1, Times.SelectMany(Mangled.Of).Select(Encoding.Latin1.GetString))).Sample(text =>
        {
            var quoted = JsonSerializer.Serialize(text);
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(quoted));
            reader.Read();
            Assert.Equal(reader.TryGetDateTimeOffset(out var time) ? time.ToUnixTimeSeconds() : 0, Read(quoted));
        });

    private static long Read(string quoted)
    {
        using var reading = new JsonReading(1);
        reading.Start();
        var reader = new JsonPieceReader(reading, Encoding.UTF8.GetBytes(quoted), isLast: true);
        Assert.True(reader.Read());
        return CreationTime.UnixSeconds(reader);
    }
}
