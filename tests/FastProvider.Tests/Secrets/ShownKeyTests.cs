using System.Text;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>A key may be the URL of a login: what is secret in it is never shown.</summary>
public sealed class ShownKeyTests
{
    [Theory]
    [InlineData("reg.example.com:5000/team", "reg.example.com:5000/team")]
    [InlineData("https://reg.example.com/v1/", "https://reg.example.com/v1/")]
    [InlineData("re?.example.com/team", "re?.example.com/team")]
    [InlineData("https://*.b?:5000/ab", "https://*.b?:5000/ab")]
    [InlineData("https://u@reg.example.com", "https://***@reg.example.com")]
    [InlineData("u:hush@reg.example.com/x", "***@reg.example.com/x")]
    [InlineData("https://u:hu/sh?#@reg.example.com/x", "https://***@reg.example.com/x")]
    [InlineData("u:hush://hush@reg.example.com", "***@reg.example.com")]
    [InlineData("https://reg.example.com/v2/?token=hush", "https://reg.example.com/v2/***")]
    [InlineData("https://reg.example.com#hush", "https://reg.example.com***")]
    public void It_is_named_without_login_and_query(string key, string shown) =>
        Assert.Equal(shown, ShownKey.Of(Encoding.UTF8.GetBytes(key)));

    /// <summary>A key that matches may have any number of slashes at its end.</summary>
    [Theory]
    [InlineData(320, "")]
    [InlineData(321, "...")]
    [InlineData(32_000, "...")]
    public void It_is_shown_up_to_320_bytes(int bytes, string end)
    {
        var key = "reg.example.com".PadRight(bytes, '/');

        Assert.Equal(key[..320] + end, ShownKey.Of(Encoding.UTF8.GetBytes(key)));
        Assert.Equal("***@" + key[..320] + end, ShownKey.Of(Encoding.UTF8.GetBytes($"u:hush@{key}")));
    }

    [Fact]
    public void A_login_that_is_longer_than_what_is_shown_is_hidden_too() =>
        Assert.Equal(
            "https://***@reg.example.com",
            ShownKey.Of(Encoding.UTF8.GetBytes($"https://u:{new string('h', 400)}@reg.example.com")));
}
