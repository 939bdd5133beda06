using System.Text;
using FastProvider.Documents;

namespace FastProvider.Tests.Documents;

/// <summary>The files that operators have: manifests and configurations of several documents, in YAML and JSON.</summary>
public sealed class DocumentReaderTests
{
    [Fact]
    public void Manifests_of_a_file_are_read_one_by_one()
    {
        var roots = All("""
            # A team's Secrets
            ---
            ---
            apiVersion: v1
            kind: Secret
            type: kubernetes.io/dockerconfigjson
            metadata:
              name: pull
              annotations:
                note: a text that
                  goes on, as kubectl
                  folds it

                  twice
            stringData:
              .dockerconfigjson: |
                {
                  "auths": {"registry.example.com": {"auth": "dTpw"}}
                }
            --- # the account
            kind: ServiceAccount
            imagePullSecrets: [{name: pull}]
            automountServiceAccountToken: false
            ...
            ---
            ~
            ---
            kind: List
            items:
            - {kind: Secret, metadata: {name: "true"}, immutable: yes}
            -
              - nested
            """);

        Assert.Equal(["Secret", "ServiceAccount", "List"], roots.Select(root => root.TextOf("kind"u8)));
        Assert.Equal(
            "a text that goes on, as kubectl folds it\ntwice",
            roots[0].Find("metadata"u8)!.Find("annotations"u8)!.TextOf("note"u8));
        Assert.Equal(
            "{\n  \"auths\": {\"registry.example.com\": {\"auth\": \"dTpw\"}}\n}\n",
            roots[0].Find("stringData"u8)!.TextOf(".dockerconfigjson"u8));
        Assert.Equal(["pull"], roots[1].ItemsOf("imagePullSecrets"u8).Select(item => item.TextOf("name"u8)));
        Assert.False(roots[1].Find("automountServiceAccountToken"u8)!.AsTruth);
        var items = roots[2].ItemsOf("items"u8);
        Assert.Equal(2, items.Count);
        Assert.True(items[0].Find("immutable"u8)!.AsTruth);
        Assert.Null(items[0].Find("metadata"u8)!.Find("name"u8)!.AsTruth);
        Assert.Equal("nested", items[1].Items[0].AsText);
        Assert.Empty(roots[0].ItemsOf("kind"u8));
        Assert.Null(roots[0].TextOf("metadata"u8));
        Assert.Null(roots[0].AsText);
    }

    [Fact]
    public void A_configuration_of_credential_providers_is_read()
    {
        var config = Assert.Single(All("""
            apiVersion: kubelet.config.k8s.io/v1
            kind: CredentialProviderConfig
            providers:
              - name: fast-provider
                matchImages: ["docker.io", '*.example.com']
                defaultCacheDuration: 0s
                env:
                - name: A
                  value: "1"
                args: [
                  --secrets,
                  pod,
                ]
            """));

        var provider = Assert.Single(config.ItemsOf("providers"u8));
        Assert.Equal(["docker.io", "*.example.com"], provider.ItemsOf("matchImages"u8).Select(image => image.AsText));
        Assert.Equal(["--secrets", "pod"], provider.ItemsOf("args"u8).Select(argument => argument.AsText));
        Assert.Equal(ScalarType.Text, provider.ItemsOf("env"u8)[0].Find("value"u8)!.Type);
        Assert.Equal(5, provider.Find("matchImages"u8)!.Line);
    }

    [Fact]
    public void Values_of_JSON_follow_one_another()
    {
        var roots = All("""
            {"kind": "List", "items": [{"immutable": true}, {"immutable": "true"}, null]}
            {"kind": "Secr\u0065t"}
            null
            """);

        Assert.Equal(["List", "Secret"], roots.Select(root => root.TextOf("kind"u8)));
        Assert.Equal([true, null, null], roots[0].ItemsOf("items"u8).Select(item => item.Find("immutable"u8)?.AsTruth));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("---\n---\n...\n--- # nothing\n~\n---\n...\n")]
    [InlineData("---\r\n\r\n---\r\n")]
    public void A_file_that_holds_nothing_has_no_documents(string text) => Assert.Empty(All(text));

    [Theory]
    [InlineData("...\na: 1\n", "/d line 2: not understood as YAML")]
    [InlineData("a: [1]\n:b: 1\n", "/d line 2: while parsing a block mapping, did not find expected key")]
    [InlineData("a: 1\n--- b\n", "/d line 2: text beside a document marker")]
    [InlineData("a: 1\n---a: 1\n", "/d line 2: text beside a document marker")]
    [InlineData("a: |\n  x\n---\nb: *c\n", "/d line 4: an alias names no anchor before it")]
    [InlineData("a: &c 1\n---\n\nb: *c\n", "/d line 4: an alias names no anchor before it")]
    [InlineData("a: 1\n---\nb: 1\n- c", "/d line 4: while parsing a block mapping, did not find expected key")]
    [InlineData("a: 1\n---\n# c\nb: \u0001", "/d line 4: a control character")]
    [InlineData("{\"a\": 1}\n---\n\n{\"b\": ", "/d: no valid JSON in line 4")]
    [InlineData("%YAML 1.1\n---\na: 1\n", "/d line 2: did not find expected <document start>")]
    public void A_fault_in_one_of_several_documents_has_its_line(string text, string expected)
    {
        var failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/d", out _);

        Assert.Equal(expected, failure?.Message);
    }

    [Theory]
    [InlineData("s: \"hunter2\" x")]
    [InlineData("s: \"hunter2\\q\"")]
    [InlineData("s: |x\n  hunter2")]
    [InlineData("s: [hunter2, : hunter2]")]
    [InlineData("s: 'hunter2\nhunter2")]
    [InlineData("s: hunter2: hunter2")]
    [InlineData("s: |\n    hunter2\n  hunter2: 1")]
    [InlineData("{\"s\": \"hunter2\", hunter2")]
    [InlineData("s: *hunter2")]
    [InlineData("s: !!int hunter2")]
    [InlineData("s: !!binary hunter2!")]
    [InlineData("s: !hunter2!x 1")]
    [InlineData("s: !<hunter2> 1\n%hunter2")]
    [InlineData("%hunter2 x\n---\n%")]
    [InlineData("? [hunter2]\n: 1")]
    [InlineData("<<: hunter2")]
    [InlineData("s: \"hunter2\u0001\"")]
    public void No_failure_shows_what_the_file_holds(string text)
    {
        var failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/d", out _);

        Assert.NotNull(failure);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Theory]
    [InlineData(3, 2)]
    [InlineData(500, 400)]
    public void Of_a_repeated_key_the_last_value_counts_unless_the_reader_is_strict(int lines, int keys)
    {
        var yaml = string.Concat(Enumerable.Range(0, lines).Select(number => $"k{number % keys}: v{number}\n"));
        var json = $"{{{yaml.Trim()
            .Replace("k", "\"k", StringComparison.Ordinal)
            .Replace(": ", "\": \"", StringComparison.Ordinal)
            .Replace("\n", "\",\n", StringComparison.Ordinal)}\"}}";
        foreach (var (text, place) in new[] { (yaml, $"/d line {keys + 1}"), (json, "/d") })
        {
            var utf8 = Encoding.UTF8.GetBytes(text);

            var root = Reading.One(utf8);
            Assert.Equal(keys, root.Children.Count);
            Assert.Equal($"v{lines - 1}", root.TextOf(Encoding.UTF8.GetBytes($"k{(lines - 1) % keys}")));
            Assert.Equal($"v{keys - 1}", root.TextOf(Encoding.UTF8.GetBytes($"k{keys - 1}")));
            Assert.Equal(
                $"{place}: {(text == json ? "a" : "the")} key is there twice",
                DocumentReader.ReadOne(utf8, "/d", isStrict: true).Failure?.Message);
        }
    }

    [Theory]
    [InlineData("a: {b: 1, c: 2,\n  b: 3}", "/d line 2: the key is there twice")]
    [InlineData("a:\n- b:\n    c\n  d: 1\n  b: 2", "/d line 5: the key is there twice")]
    [InlineData("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2", "/d line 4: the key is there twice")]
    [InlineData("yes: 1\ntrue: 2", "/d line 2: the key is there twice")]
    [InlineData("{a: 1}", "/d: no valid JSON in line 1")]
    [InlineData("{\"a\": {\"b\": 1, \"b\": 1}}", "/d: a key is there twice")]
    public void A_strict_reader_refuses_what_the_kubelet_refuses_where_it_decodes_strictly(string text, string expected)
    {
        Assert.Null(DocumentReader.ReadOne(Encoding.UTF8.GetBytes(text), "/d").Failure?.Message);
        Assert.Equal(expected, DocumentReader.ReadOne(Encoding.UTF8.GetBytes(text), "/d", isStrict: true).Failure?.Message);
    }

    [Fact]
    public void UTF_16_is_read_by_its_byte_order_mark()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, new UTF8Encoding(true) })
        {
            byte[] text = [.. encoding.GetPreamble(), .. encoding.GetBytes("a: \u00e9\U0001f600\n---\nb: 1\n")];

            var root = Reading.One(text);
            Assert.Equal("\u00e9\U0001f600", root.TextOf("a"u8));
            Assert.Null(DocumentReader.ReadAll(text, "/d", out var roots));
            Assert.Equal(2, roots.Count);
        }

        Assert.Equal(
            "/d is not UTF-8 text",
            DocumentReader.ReadOne(Encoding.Unicode.GetBytes("\ufeffa: 1").AsMemory(0, 9), "/d").Failure?.Message);
    }

    [Fact]
    public void Parts_of_a_file_may_be_JSON_and_YAML_and_begin_with_a_byte_order_mark()
    {
        var roots = All("{\"a\": 1}\n{\"a\": 2}\n---\n\ufeffa: 3\n--- # c\n{a: 4}\n...\na: 5\n---\n- 6\n");

        Assert.Equal(["""{"a":1}""", """{"a":2}""", """{"a":3}""", """{"a":4}""", "[6]"], roots.Select(DocumentJson.Of));
    }

    private static List<DocumentNode> All(string text)
    {
        Assert.Null(DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/d", out var roots)?.Message);
        return roots;
    }
}
