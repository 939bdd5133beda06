using System.Text;

namespace FastProvider.Generators.Tests;

/// <summary>Compiles and runs what is emitted for the words of members, in both directions.</summary>
public sealed class WordTests
{
    private static readonly Type Words = GeneratorRun.Of(Samples.Words).Load().GetType("Sample.Words")!;

    private static readonly Type
        Level = Words.Assembly.GetType("Sample.Levels.Level")!, Way = Words.Assembly.GetType("Sample.Way")!;

    private delegate ReadOnlySpan<byte> BytesOf(int member);

    private delegate string? TextOf(int member);

    [Theory]
    [InlineData("Error", "error", "E")]
    [InlineData("Warning", "warning", null)]
    [InlineData("Quoted", "a \"quoted\" one", "Q")]
    [InlineData("Nameless", "", null)]
    public void A_member_has_the_first_name_of_the_set(string member, string word, string? letter)
    {
        var value = (int)Enum.Parse(Level, member);

        Assert.Equal(word, Encoding.ASCII.GetString(Words.GetMethod("Word", [Level])!.CreateDelegate<BytesOf>()(value)));
        Assert.Equal(letter, Words.GetMethod("Letter")!.CreateDelegate<TextOf>()(value));
    }

    [Fact]
    public void A_member_without_a_name_has_an_empty_word_where_none_may_be_null()
    {
        var word = Words.GetMethod(
            "Word", System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic, [Way])!
            .CreateDelegate<TextOf>();

        Assert.Equal(("", "there"), (word(0), word(1)));
    }

    [Theory]
    [InlineData("E", "Error")]
    [InlineData("Q", "Quoted")]
    [InlineData("error", null)]
    [InlineData("e", null)]
    [InlineData("", null)]
    public void Text_is_found_in_its_set_alone(string word, string? member) =>
        Assert.Equal(member, Words.GetMethod("Find", [typeof(string)])!.Invoke(null, [word])?.ToString());

    [Theory]
    [InlineData("there", "There")]
    [InlineData("There", "None")]
    public void Without_null_any_other_text_is_the_member_of_value_0(string word, string member) =>
        Assert.Equal(member, Words.GetMethod("FindWay")!.Invoke(null, [word])!.ToString());
}
