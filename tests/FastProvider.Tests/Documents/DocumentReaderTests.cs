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
        Assert.Equal("a text that goes on, as kubectl folds it\ntwice", roots[0].Find("metadata"u8)!.Find("annotations"u8)!.TextOf("note"u8));
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
        Assert.True(provider.ItemsOf("env"u8)[0].Find("value"u8)!.IsQuoted);
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
    public void A_file_that_holds_nothing_has_no_documents(string text) => Assert.Empty(All(text));

    [Theory]
    [InlineData("a: 1\n---\nb: 1\nb: 2\n", "/d line 4: the key is there twice")]
    [InlineData("...\na: 1\n", "/d line 1: the end of a document that did not begin")]
    [InlineData("a: 1\n...\nb: 1\n", "/d line 3: a document after ... must begin with ---")]
    [InlineData("a: [1]\n:b: 1\n", "/d line 2: a key or a document begins with a colon")]
    [InlineData("[1]\n--- # \n:b\n", "/d line 3: a key or a document begins with a colon")]
    [InlineData("a: 1\n--- b\n", "/d line 2: text beside a document marker")]
    [InlineData("a: |\n  x\n---\nb: &c d\n", "/d line 4: anchors and aliases are not read")]
    [InlineData("a: 1\n---\n  b: 1\nc: 2", "/d line 4: the indentation fits nothing above it")]
    [InlineData("{\"a\": 1} {\"b\": 1, \"b\": 2}", "/d: a key is there twice")]
    [InlineData("{\"a\": 1}\n---\n{\"b\": 1}", "/d: no valid JSON in line 2")]
    [InlineData("a: 1\n%YAML 1.2\n---\n", "/d line 2: a key and a colon are expected")]
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
    [InlineData("s: {hunter2: hunter2, hunter2: hunter2}")]
    [InlineData("s: 'hunter2\nhunter2")]
    [InlineData("hunter2: 1\nhunter2: 2")]
    [InlineData("s: hunter2: hunter2")]
    [InlineData("s: |\n    hunter2\n  hunter2: 1")]
    [InlineData("{\"s\": \"hunter2\", hunter2}")]
    [InlineData("{\"hunter2\": \"hunter2\", \"hunter2\": 1}")]
    [InlineData("s: \"hunter2\u0001\"")]
    public void No_failure_shows_what_the_file_holds(string text)
    {
        var failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/d", out _);

        Assert.NotNull(failure);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void A_repeated_key_is_found_in_a_large_mapping_too()
    {
        var lines = Enumerable.Range(0, 500).Select(number => $"k{number % 400}: x\n").ToArray();

        var failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes(string.Concat(lines)), "/d", out _);
        Assert.Contains("the key is there twice", failure?.Message, StringComparison.Ordinal);
        failure = DocumentReader.ReadAll(Encoding.UTF8.GetBytes($"{{{string.Join(", ", lines.Select(l => $"\"{l[..^4]}\": 1"))}}}"), "/d", out _);
        Assert.Equal("/d: a key is there twice", failure?.Message);
        Assert.Equal(400, All(string.Concat(lines[..400]))[0].Children.Count);
    }

    private static List<DocumentNode> All(string text)
    {
        Assert.Null(DocumentReader.ReadAll(Encoding.UTF8.GetBytes(text), "/d", out var roots)?.Message);
        return roots;
    }
}
