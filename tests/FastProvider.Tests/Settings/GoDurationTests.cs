using System.Globalization;
using CsCheck;
using FastProvider.Names;

namespace FastProvider.Tests.Settings;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("20s", 20_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5s", 1500)]
    [InlineData("100ms", 100)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    [InlineData("1500us", 1.5)]
    [InlineData("1s1s", 2000)]
    public void A_duration_is_read(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("168h", 168, true)]
    [InlineData("168h1s", 168, false)]
    [InlineData("25h", 24, false)]
    public void A_bound_holds_for_all_of_it(string text, int longestHours, bool isTaken) =>
        Assert.Equal(isTaken, GoDuration.TryParse(text, TimeSpan.FromHours(longestHours), out _));

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1s ")]
    [InlineData("1S")]
    [InlineData("1,5s")]
    [InlineData("1.5.5s")]
    [InlineData(".s")]
    [InlineData("1e3s")]
    [InlineData("NaNs")]
    [InlineData("1d")]
    [InlineData("25h")]
    [InlineData("99999999999999999999999999999999999999999h")]
    public void Anything_else_is_not(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void What_is_written_is_read_back()
    {
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 59], Gen.Int[0, 59], Gen.Int[0, 999]).Sample((h, m, s, ms) =>
        {
            Assert.True(
                GoDuration.TryParse(string.Create(CultureInfo.InvariantCulture, $"{h}h{m}m{s}s{ms}ms"), out var duration));
            Assert.Equal(new TimeSpan(0, h, m, s, ms), duration);
        });
    }

    [Fact]
    public void Any_text_is_one_or_none() =>
        Gen.String[Gen.OneOf(Gen.Char["0123456789.hmsu"], Gen.Char), 0, 30]
            .Sample(text => GoDuration.TryParse(text, out var d) || d >= TimeSpan.Zero);
}
