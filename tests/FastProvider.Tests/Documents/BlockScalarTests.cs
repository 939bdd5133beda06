using System.Text;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>Texts after <c>|</c> and <c>&gt;</c>: where they end, and what they are (YAML 1.2, chapter 8.1).</summary>
public sealed class BlockScalarTests
{
    [Theory]
    [InlineData("|", "    text\n\n      more\n    # text\n    - x\n    \ttab", "text\n\n  more\n# text\n- x\n\ttab\n")]
    [InlineData("|-", "\n\n    text", "\n\ntext")]
    [InlineData("|+", "    text\n\n", "text\n\n\n")]
    [InlineData(">+ # comment", "    text\n\n\n", "text\n\n\n\n")]
    [InlineData("|2-", "    text\n      more", "  text\n    more")]
    [InlineData(">-2", "    text\n  text", "  text\ntext")]
    [InlineData("|1", "   server: https://evil.example.com\n ", "  server: https://evil.example.com\n")]
    [InlineData("|+9", "              text", "     text\n")]
    [InlineData("|", "", "")]
    [InlineData("|+", "", "\n")]
    [InlineData("|", "    text\n  # a comment that ends it", "text\n")]
    [InlineData("|", "    text\n# a comment that ends it", "text\n")]
    [InlineData("|", "  \n    \n    text", "\n\ntext\n")]
    [InlineData("|", "  {\"auths\":{}}", "{\"auths\":{}}\n")]
    [InlineData("|-", "  {\"auths\":{}}", "{\"auths\":{}}")]
    [InlineData(
        ">", "  one\n  two\n\n  three\n    four\n    five\n  six\n\n\n  seven\n",
        "one two\nthree\n  four\n  five\nsix\n\nseven\n")]
    [InlineData("|", "  one\n     \n", "one\n   \n")]
    public void It_is_what_YAML_says_and_ends_where_YAML_says(string header, string lines, string expected)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var yaml = $"first: 1\ntext: {header}\n{lines}\nlast: 2\n".Replace("\n", end, StringComparison.Ordinal);

            var root = Reading.One(Encoding.UTF8.GetBytes(yaml));
            Assert.Equal(["first", "text", "last"], root.Children.Select(c => Encoding.UTF8.GetString(c.Key.Span)));
            Assert.Equal(expected, root.TextOf("text"u8));
            Assert.Equal(ScalarType.Text, root.Find("text"u8)!.Type);
        }
    }

    [Theory]
    [InlineData("a: |\n  x", "x")]
    [InlineData("a: |-\n  x", "x")]
    [InlineData("a: >\n  x\n  y", "x y")]
    [InlineData("a: |", "")]
    [InlineData("a: |+\n\n", "\n")]
    public void At_the_end_of_the_file_no_line_feed_is_made_up(string yaml, string expected)
    {
        var root = Reading.One(Encoding.UTF8.GetBytes(yaml));
        Assert.Equal(expected, root.TextOf("a"u8));
    }

    [Theory]
    [InlineData("|", "  \n  text", "\ntext\n")]
    [InlineData("|-", "      \n\n   \n  text", "\n\n\ntext")]
    [InlineData(">", "    \n  one\n  two", "\none two\n")]
    [InlineData(">", "   ", "")]
    [InlineData("|2", "  \n  text", "\ntext\n")]
    public void Blanks_in_the_lines_before_the_text_mean_nothing(string header, string lines, string expected)
    {
        // Many of them: a text is read anew for each, up to a bound.
        var yaml = string.Concat(Enumerable.Range(0, 100).Select(number => $"k{number}: {header}\n{lines}\n"));

        var root = Reading.One(Encoding.UTF8.GetBytes(yaml));
        Assert.All(root.Children, child => Assert.Equal(expected, child.AsText));
        Assert.Equal(100, root.Children.Count);
    }
}
