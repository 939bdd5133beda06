using System.Globalization;
using System.Text;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>
/// YAML is what it is to kubectl, client-go and the kubelet (sigs.k8s.io/yaml on go-yaml's second version): each was tried with
/// kubectl 1.32.
/// </summary>
public sealed class KubernetesYamlTests
{
    [Theory]
    // The first document, and nothing behind it.
    [InlineData("a: b\n---\n", """{"a":"b"}""")]
    [InlineData("a: b\n...\n", """{"a":"b"}""")]
    [InlineData("a: b\n---\nc: [", """{"a":"b"}""")]
    [InlineData("a: b\n... c", """{"a":"b"}""")]
    [InlineData("---\n---\na: b\n", "null")]
    [InlineData("  a: b\nc: d\n", """{"a":"b"}""")]
    [InlineData("{a: b} garbage", """{"a":"b"}""")]
    [InlineData("--- {a: b}", """{"a":"b"}""")]
    [InlineData("--- # c\na: b\n", """{"a":"b"}""")]
    [InlineData("%YAML 1.1\n%TAG !e! tag:example.com,2000:\n---\na: !e!x b\n", """{"a":"b"}""")]
    // Keys.
    [InlineData("? a\n: b\n? c\n", """{"a":"b","c":null}""")]
    [InlineData("yes: 1\nOff: 2\n'yes': 3\n", """{"true":1,"false":2,"yes":3}""")]
    [InlineData("a: 1\nb: 2\na: 3\n", """{"b":2,"a":3}""")]
    // Anchors, aliases and merge keys: what comes last wins, also over what stood before the merge key.
    [InlineData("a: &x {b: 1}\nc: *x\n", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("&k a: &v b\n*k : *v\nc: *v\n", """{"a":"b","c":"b"}""")]
    [InlineData("a: &x 1\nb: &x 2\nc: *x\n", """{"a":1,"b":2,"c":2}""")]
    [InlineData("a: &x\n  b: 1\n  c: 2\nd:\n  <<: *x\n  c: 3\n", """{"a":{"b":1,"c":2},"d":{"b":1,"c":3}}""")]
    [InlineData("b: 1\n<<: {b: 2}\n", """{"b":2}""")]
    [InlineData("<<: [{a: 1}, {a: 2, b: 3}]\n", """{"b":3,"a":1}""")]
    [InlineData("'<<': {a: 1}\n", """{"<<":{"a":1}}""")]
    [InlineData("!!merge '<<': {a: 1}\nb: 2\n", """{"a":1,"b":2}""")]
    [InlineData("! \"<<\" : {a: 1}\nb: 2\n", """{"a":1,"b":2}""")]
    [InlineData("!!str <<: {a: 1}\n", """{"<<":{"a":1}}""")]
    [InlineData("a: <<\n", """{"a":"<<"}""")]
    // Tags.
    [InlineData(
        "a: !!str 1\nb: !!int '5'\nc: !!float 5\nd: !!bool 'yes'\ne: !!null ''\n", """{"a":"1","b":5,"c":5,"d":true,"e":null}""")]
    [InlineData(
        "a: !x 1\nb: ! 12\nc: !!binary aGVsbG8=\nd: !!map {e: !!seq [f]}\n",
        """{"a":"1","b":"12","c":"hello","d":{"e":["f"]}}""")]
    [InlineData("a: !<tag:yaml.org,2002:str> yes\n", """{"a":"yes"}""")]
    // Truth values, nulls, and what is a number: 010 is one, and 1:30 is not.
    [InlineData("[y, Y, yes, on, ON, true, True]", "[true,true,true,true,true,true,true]")]
    [InlineData("[n, N, no, off, OFF, false, False]", "[false,false,false,false,false,false,false]")]
    [InlineData("[~, null, Null, NULL, ]", "[null,null,null,null]")]
    [InlineData("[yEs, tRUE, nULL, None, oN]", """["yEs","tRUE","nULL","None","oN"]""")]
    [InlineData("[0x1F, 0b11, 0o17, 010, 1_000, +1, -1, 1e3, .5, 5., -0x1f, 089, .inf, 18446744073709551615]",
        "[0x1F,0b11,0o17,010,1_000,+1,-1,1e3,.5,5.,-0x1f,089,.inf,18446744073709551615]")]
    [InlineData("[1:30, 2001-12-14, 0x, 0b2, 1e, '1', ., +, -a, 1.2.3, 0xFFFFFFFFFFFFFFFFF, '~']",
        """["1:30","2001-12-14","0x","0b2","1e","1",".","+","-a","1.2.3","0xFFFFFFFFFFFFFFFFF","~"]""")]
    // Comments without a blank before them, behind what has its end in itself.
    [InlineData("a: \"b#\"#c\nd: 'é😀'#e\n\"f\": \"é😀\"#g\n", """{"a":"b#","d":"é\uD83D\uDE00","f":"é\uD83D\uDE00"}""")]
    [InlineData("a: [b, \"c#\"#d\n  ,#e\n  {\"f\": \"g\"#h\n  }]#i\nj: {}#k\r\nl: 1",
        """{"a":["b","c#",{"f":"g"}],"j":{},"l":1}""")]
    [InlineData("- \"a\"#b\n- []#c\n- {}#d\n- a]#e", """["a",[],{},"a]#e"]""")]
    [InlineData("a: |#b\n  c\nd: >-#e\n  f#g\nh: |2-#i\n    j\n", """{"a":"c\n","d":"f#g","h":"  j"}""")]
    // Line breaks of YAML 1.1, tabs, and texts over lines that are not indented.
    [InlineData("a: b # x\u2028c: d\ne: f # x\u0085g: h\ri: j\r\n", """{"a":"b","c":"d","e":"f","g":"h","i":"j"}""")]
    [InlineData("a: b\tc\n", """{"a":"b\tc"}""")]
    [InlineData("a: \"b\nc\n\n  d\"\ne: 'f\n  g'\n", """{"a":"b c\nd","e":"f g"}""")]
    [InlineData("a: '\ufeffb'\n", "{\"a\":\"\\uFEFFb\"}")]
    [InlineData("a:\n- b\n-\n  - c\n- - d\n", """{"a":["b",["c"],["d"]]}""")]
    public void It_is_read_as_Kubernetes_reads_it(string yaml, string expected)
    {
        var root = Reading.One(Encoding.UTF8.GetBytes(yaml));
        Assert.Equal(expected, DocumentJson.Of(root));
    }

    [Theory]
    [InlineData("a: *x", "line 1: an alias names no anchor before it")]
    [InlineData("a: &x\n- *x", "line 2: an alias stands within the value that it names")]
    [InlineData("? [a]\n: b", "line 1: a key is no text")]
    [InlineData("a: 1\n{b: c}: d", "line 2: a key is no text")]
    [InlineData("~: a", "line 1: a key is no text")]
    [InlineData("a: 1\n<<: b", "line 2: a merge key needs a mapping or a list of them")]
    [InlineData("a: &x [{b: 1}]\n<<: *x", "line 2: a merge key needs a mapping or a list of them")]
    [InlineData("<<: [{a: 1}, b]", "line 1: a merge key needs a mapping or a list of them")]
    [InlineData("a: !!int b", "line 1: the tag does not fit the value behind it")]
    [InlineData("a: !!bool 1", "line 1: the tag does not fit the value behind it")]
    [InlineData("a: !!int 1.5", "line 1: the tag does not fit the value behind it")]
    [InlineData("a: !!null b", "line 1: the tag does not fit the value behind it")]
    [InlineData("a: !!binary '!'", "line 1: the value of a !!binary tag is no base64")]
    [InlineData("a: 1\n- b", "line 2: while parsing a block mapping, did not find expected key")]
    [InlineData("a: b: c", "line 1: while scanning a plain scalar value, found invalid mapping")]
    [InlineData("a:\n\tb: 1", "line 2: while scanning a mapping, found invalid tab as indentation")]
    [InlineData("a: @b", "line 1: while scanning for the next token, found character that cannot start any token")]
    [InlineData("a: 'b", "line 1: while scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("--- a: 1", "line 1: while scanning a plain scalar value, found invalid mapping")]
    public void What_Kubernetes_refuses_is_refused_with_its_line(string yaml, string expected) =>
        Assert.Equal($"/k {expected}", DocumentReader.ReadOne(Encoding.UTF8.GetBytes(yaml), "/k").Failure?.Message);

    [Fact]
    public void Bombs_of_aliases_are_refused_before_they_take_memory_or_time()
    {
        foreach (var (open, close, entry) in new[]
        {
            ("[", "]", "*a{0}"), ("{", "}", "k{1}: *a{0}"), ("{", "}", "k{1}: {{<<: *a{0}}}")
        })
        {
            var bomb = new StringBuilder("a0: &a0 {x: y}\n");
            for (var level = 0; level < 9; level++)
            {
                var entries = Enumerable.Range(0, 9).Select(number => string.Format(null, entry, level, number));
                bomb.Append(
                    CultureInfo.InvariantCulture, $"a{level + 1}: &a{level + 1} {open}{string.Join(", ", entries)}{close}\n");
            }

            var before = GC.GetAllocatedBytesForCurrentThread();
            var failure = DocumentReader.ReadOne(Encoding.UTF8.GetBytes(bomb.ToString()), "/k").Failure;

            Assert.Matches("^/k line [5-8]: more values than any such file has$", failure?.Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 40_000_000);
        }
    }

    [Fact]
    public void Depth_is_bounded_also_where_aliases_make_it()
    {
        var chain = new StringBuilder("a0: &a0 [x]\n");
        for (var level = 1; level < 100; level++)
        {
            chain.Append(CultureInfo.InvariantCulture, $"a{level}: &a{level} [*a{level - 1}]\n");
        }

        Assert.Equal(
            "/k line 65: nested too deeply",
            DocumentReader.ReadOne(Encoding.UTF8.GetBytes(chain.ToString()), "/k").Failure?.Message);
    }

    [Theory]
    [InlineData("- \n")]
    [InlineData("- a\n")]
    [InlineData("- [a]\n")]
    [InlineData("- {}\n")]
    [InlineData("- &a b\n")]
    public void A_file_of_more_values_than_fit_is_refused(string piece)
    {
        var yaml = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 300_000)));

        Assert.Matches(
            "^/k line [0-9]+: more values than any such file has$", DocumentReader.ReadOne(yaml, "/k").Failure?.Message);
    }
}
