using System.Text;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>Mappings and sequences in brackets (YAML 1.2, chapter 7.4).</summary>
public sealed class FlowCollectionTests
{
    [Theory]
    [InlineData("['it''s', \"]\", it's, [{a: 'x'}, \"\\\"]\"]] # ]", """["it's","]","it's",[{"a":"x"},"\"]"]]""")]
    [InlineData("{ a: b, \"c\":'d' , e: [], f: , g: null, h: ~ }", """{"a":"b","c":"d","e":[],"f":null,"g":null,"h":null}""")]
    [InlineData("[ ]", "[]")]
    [InlineData("{a: b#c, d: e}", """{"a":"b#c","d":"e"}""")]
    [InlineData("[docker.io:443/a, https://b, -1, \"*.example.com\"]", """["docker.io:443/a","https://b",-1,"*.example.com"]""")]
    [InlineData("[a, b,]", """["a","b"]""")]
    [InlineData("[\n  a, # first\n\n  # second\n  \"b\",\n]", """["a","b"]""")]
    [InlineData("{\n    a: [\n      x\n    ], b:\n     {c: d},\n    'e' : f}", """{"a":["x"],"b":{"c":"d"},"e":"f"}""")]
    [InlineData(
        "{\"a\":\n  {\"b\": [1, true, null]},\n \"c\": \"x\n   y\\\n   z\"\n  }", """{"a":{"b":[1,true,null]},"c":"x yz"}""")]
    [InlineData("[{}, [], [[]], {a: {}}]", """[{},[],[[]],{"a":{}}]""")]
    [InlineData("[a, b: c]", """["a",{"b":"c"}]""")]
    [InlineData("[a b\n c]", """["a b c"]""")]
    [InlineData("{a}", """{"a":null}""")]
    [InlineData("{a:1}", """{"a:1":null}""")]
    [InlineData("{a: 1, a: 2}", """{"a":2}""")]
    [InlineData("{a: 1,\n <<: {b: 1}}", """{"a":1,"b":1}""")]
    [InlineData("{? a: 1}", """{"a":1}""")]
    [InlineData("[a,\n !!str 1]", """["a","1"]""")]
    [InlineData("{'a\n b': c}", """{"a b":"c"}""")]
    // Lines that are not indented: only YAML 1.2 minds them.
    [InlineData("[\na,\nb c\nd,\n{x: w,\nz: 1}\n]", """["a","b c d",{"x":"w","z":1}]""")]
    [InlineData("[x, 'it]\nb: y']", """["x","it] b: y"]""")]
    public void It_is_what_it_is_to_client_go_and_ends_where_it_ends_there(string flow, string expected)
    {
        foreach (var end in new[] { "\n", "\r\n" })
        {
            var yaml = $"a: {flow}\nb: 1".Replace("\n", end, StringComparison.Ordinal);

            var root = Reading.One(Encoding.UTF8.GetBytes(yaml));
            Assert.Equal($$"""{"a":{{expected}},"b":1}""", DocumentJson.Of(root));
        }
    }

    [Theory]
    [InlineData("[a,,b]", "line 1: while parsing a node, did not find expected node content")]
    [InlineData("[a,\n *b]", "line 2: an alias names no anchor before it")]
    [InlineData("[a]: b", "line 1: mapping values are not allowed in this context")]
    [InlineData("{a: 'b\n   c", "line 1: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("[[x]\nb: 1", "line 2: while parsing a flow sequence, did not find expected ',' or ']'")]
    [InlineData("{[a]: b}", "line 1: a key is no text")]
    [InlineData("{~: b}", "line 1: a key is no text")]
    public void What_is_not_read_is_refused_with_its_line(string flow, string expected)
    {
        var failure = DocumentReader.ReadOne(Encoding.UTF8.GetBytes($"x: {flow}"), "/k").Failure;

        Assert.Equal($"/k {expected}", failure?.Message);
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var deep = new string('[', 60) + new string(']', 60);
        Assert.Null(DocumentReader.ReadOne(Encoding.UTF8.GetBytes($"a: {deep}"), "/k").Failure);

        var deeper = string.Concat(Enumerable.Repeat("[\n", 10_000));
        Assert.Equal(
            "/k line 66: nested too deeply", DocumentReader.ReadOne(Encoding.UTF8.GetBytes(deeper), "/k").Failure?.Message);
    }
}
