using System.Text;
using FastProvider.Transport;

namespace FastProvider.Tests.Transport;

/// <summary>The words of the API server for a line: its Status (k8s.io/apimachinery, meta/v1).</summary>
public sealed class StatusReaderTests
{
    [Theory]
    [InlineData(300, "")]
    [InlineData(301, "...")]
    [InlineData(16_000, "...")]
    public void Three_hundred_characters_of_the_words_are_said(int length, string end)
    {
        Assert.Equal(new string('x', 300) + end, MessageOf(new string('x', length)));
    }

    [Fact]
    public void A_character_of_two_units_is_not_cut_in_half() =>
        Assert.Equal(new string('x', 299) + "...", MessageOf(new string('x', 299) + "\U0001F433!"));

    /// <summary>A JWT begins with "eyJ", in which base64 has the beginning of a JSON object.</summary>
    [Theory]
    [InlineData("no such token: eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "")]
    [InlineData("eyJ", "")]
    [InlineData("the token has expired", "the token has expired")]
    public void Words_that_repeat_a_token_are_not_said(string words, string expected) => Assert.Equal(expected, MessageOf(words));

    private static string MessageOf(string words)
    {
        using var reader = new StatusReader();
        Assert.True(reader.Read(Encoding.UTF8.GetBytes($$"""{"kind":"Status","status":"Failure","message":"{{words}}"}""")));
        return reader.Message;
    }
}
