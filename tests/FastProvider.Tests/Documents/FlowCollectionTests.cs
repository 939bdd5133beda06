using System.Text;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>Mappings and sequences in brackets (YAML 1.2, chapter 7.4).</summary>
public sealed class FlowCollectionTests
{
    [Theory]
    [InlineData("['it''s', \"]\", it's, [{a: 'x'}, \"\\\"]\"]] # ]")]
    [InlineData("{ a: b, \"c\":'d' , e: [], f: , g: null, h: ~ }")]
    [InlineData("[ ]")]
    [InlineData("{a: b#c, d: e}")]
    [InlineData("[docker.io:443/a, https://b, -1, \"*.example.com\"]")]
    [InlineData("[a, b,]")]
    [InlineData("[\n  a, # first\n\n  # second\n  \"b\",\n]")]
    [InlineData("{\n    a: [\n      x\n    ], b:\n     {c: d},\n    'e' : f}")]
    [InlineData("{\"a\":\n  {\"b\": [1, true, null]},\n \"c\": \"x\n   y\\\n   z\"\n  }")]
    [InlineData("[{}, [], [[]], {a: {}}]")]
    public void It_is_what_YamlDotNet_says_and_ends_where_it_says(string flow)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var yaml = $"a: {flow}\nb: 1".Replace("\n", end, StringComparison.Ordinal);

            Assert.Null(DocumentReader.ReadOne(Encoding.UTF8.GetBytes(yaml), "/k", out var root)?.Message);
            Assert.Equal(["a", "b"], root.Children.Select(c => Encoding.UTF8.GetString(c.Key.Span)));
            Assert.True(YamlModel.IsSame([root], YamlModel.Parse(yaml)!));
        }
    }

    [Theory]
    [InlineData("[a, b: c]", "line 1: a comma or ]")]
    [InlineData("[a b\n c]", "line 2: a comma or ]")]
    [InlineData("{a}", "line 1: a key and a colon")]
    [InlineData("{a:1}", "line 1: a key and a colon")]
    [InlineData("{a:}", "line 1: a key and a colon")]
    [InlineData("{a: 1, a: 2}", "line 1: the key is there twice")]
    [InlineData("{a: 1,\n <<: {b: 1}}", "line 2: merge keys")]
    [InlineData("{? a: 1}", "line 1: a key or a value")]
    [InlineData("[a,,b]", "line 1: a plain text begins with a reserved")]
    [InlineData("[::1]", "line 1: a key or a value")]
    [InlineData("{a:[1]}", "line 1: a key and a colon")]
    [InlineData("[-, a]", "line 1: a key or a value")]
    [InlineData("[a,\n *b]", "line 2: anchors")]
    [InlineData("[a,\n !!str b]", "line 2: tags")]
    [InlineData("[a]: b", "line 1: text after a flow collection")]
    [InlineData("[a,\n#b\nc]", "line 3: the indentation of what goes on")]
    [InlineData("{a: 'b\n   c", "line 1: a quoted text does not end")]
    [InlineData("{'a\n b': c}", "line 1: a quoted key does not end")]
    public void What_is_not_read_is_refused_with_its_line(string flow, string expected)
    {
        var failure = DocumentReader.ReadOne(Encoding.UTF8.GetBytes($"x: {flow}"), "/k", out _);

        Assert.StartsWith($"/k {expected}", failure?.Message);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = new string('[', 60) + new string(']', 60);
        Assert.Null(DocumentReader.ReadOne(Encoding.UTF8.GetBytes($"a: {deep}"), "/k", out _));

        var deeper = string.Concat(Enumerable.Repeat("[\n", 10_000));
        Assert.Equal(
            "/k line 66: nested too deeply", DocumentReader.ReadOne(Encoding.UTF8.GetBytes(deeper), "/k", out _)?.Message);
    }
}
