using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Secrets;
using FastProvider.Tests.ApiServer;

namespace FastProvider.Tests.Secrets;

public sealed class SecretListReaderTests
{
    private const string Endpoint = "reg.example.com/team/app";

    private static readonly int[] SmallPieces = [1, 2, 3, 7, 100, 1021, 4096], LargePieces = [1021, 4096, 32768];

    private static readonly string[] Types =
        ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg", "Opaque", "kubernetes.io/tls"];

    private static readonly string Config = Base64("""{"auths":{"reg.example.com":{"auth":"dXNlcjpwYXNz"}}}""");

    private static readonly string Small =
        $$$"""{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"s","creationTimestamp":"2026-11-23T02:00:26Z","managedFields":[{"f":{"name":"x"}}]},"data":{".dockerconfigjson":"{{{Config}}}"},"type":"kubernetes.io/dockerconfigjson"}]}""" + "\n";

    [Fact]
    public void A_list_cut_into_two_or_three_pieces_anywhere_reads_as_the_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(Small);
        var whole = Read(bytes);
        Assert.Equal("whole 1: s reg.example.com user:pass", whole);
        for (var first = 0; first <= bytes.Length; first++)
        {
            Assert.Equal(whole, Read(bytes, first, bytes.Length - first));
            Assert.Equal(whole, Read(bytes, first, 1, bytes.Length - first - 1));
        }
    }

    [Fact]
    public void A_list_that_ends_early_is_never_whole()
    {
        var bytes = Encoding.UTF8.GetBytes(Small);
        for (var length = 0; length < bytes.Length - 1; length++)
        {
            Assert.False(
                Read(bytes[..length]).StartsWith("whole", StringComparison.Ordinal),
                $"The first {length} bytes count as a list.");
            Assert.False(
                Read(bytes[..length], 7).StartsWith("whole", StringComparison.Ordinal),
                $"The first {length} bytes in pieces count as a list.");
        }
    }

    [Theory]
    [InlineData("list-0-secrets")]
    [InlineData("list-1-secret")]
    [InlineData("list-3-secrets")]
    [InlineData("list-3-secrets-curl-useragent-pretty")]
    [InlineData("list-big-identity")]
    [InlineData("list-etcd-frozen-rv0")]
    public void A_recorded_list_is_read_as_a_document_model_reads_it_in_pieces_of_any_size(string name)
    {
        var body = RenderedAnswer.Parse(Recordings.Bytes(name)).Body;
        using var document = JsonDocument.Parse(body);
        var count = document.RootElement.GetProperty("items").GetArrayLength();

        var whole = Read(body);

        Assert.StartsWith($"whole {count}: ", whole, StringComparison.Ordinal);
        foreach (var size in body.Length > 50_000 ? LargePieces : SmallPieces)
        {
            Assert.Equal(whole, Read(body, size));
        }
    }

    [Fact]
    public void Whatever_the_pieces_and_the_order_of_the_fields_the_choice_is_that_of_a_naive_model()
    {
        var secret = Gen.Select(
            Gen.OneOf("reg.example.com", "reg.example.com/team", "https://reg.example.com/v2/", "*.example.com", "other"),
            Gen.Int[0, 99], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 23]);
        Gen.Select(secret.Array[0, 6], Gen.Int[1, 200], Gen.Int[0, 23]).Sample((secrets, size, order) =>
        {
            var offered = new List<OfferedSecret>();
            var items = new JsonArray();
            foreach (var (key, number, day, type, fields) in secrets)
            {
                var entry = new JsonObject { [key] = new JsonObject { ["auth"] = Base64($"user:{number}") } };
                var isFlat = type == 1;
                var document = isFlat ? entry.ToJsonString() : new JsonObject { ["auths"] = entry }.ToJsonString();
                var name = $"s{items.Count}";
                var created = new DateTimeOffset(2026, 1, 1 + day, 0, 0, 0, TimeSpan.Zero);
                if (type < 2)
                {
                    offered.Add(new OfferedSecret(name, created.ToUnixTimeSeconds(), isFlat, document));
                }

                items.Add(Permute(fields,
                    ("metadata", Permute(fields,
                        ("name", name),
                        ("creationTimestamp",
                            created.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture)),
                        ("labels", new JsonObject { ["name"] = "x", ["type"] = "y" }),
                        ("ownerReferences", new JsonArray(new JsonObject { ["name"] = "z" })))),
                    ("data", new JsonObject
                    {
                        ["other"] = Base64("x"), [isFlat ? ".dockercfg" : ".dockerconfigjson"] = Base64(document)
                    }),
                    ("type", Types[type]),
                    ("immutable", true)));
            }

            var list = Permute(
                order, ("kind", "SecretList"), ("items", items), ("metadata", new JsonObject { ["items"] = new JsonArray(5) }),
                ("apiVersion", "v1"));
            var bytes = Encoding.UTF8.GetBytes(list.ToJsonString());

            var expected = $"whole {secrets.Length}: {NaiveChoice.For(Endpoint, offered)}";
            Assert.Equal(expected, Read(bytes));
            Assert.Equal(expected, Read(bytes, size));
        }, iter: 2000);
    }

    [Theory]
    [InlineData("""{"kind":"SecretList","items":null}""", 0)]
    [InlineData("""{"kind":"SecretList"}""", 0)]
    [InlineData("""{"kind":"SecretList","items":[]}""", 0)]
    [InlineData("""{"items":[],"kind":"SecretList"}""", 0)]
    [InlineData("""{"kind":"SecretList","items":[{}]}""", 1)]
    [InlineData("""{"kind":"SecretList","items":[{"metadata":null,"data":null,"type":null}]}""", 1)]
    [InlineData("""{"kind":"SecretList","items":[{"metadata":[],"data":"x","type":5},{"metadata":{"name":{}},"data":{".dockerconfigjson":{"a":1}}}]}""", 2)]
    [InlineData("""{"kind":"SecretList","metadata":{"kind":"PodList","items":[{"data":1}]},"items":[]}""", 0)]
    public void A_list_without_credentials_is_whole(string json, int count) =>
        Assert.Equal($"whole {count}: -", Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("null")]
    [InlineData("\"SecretList\"")]
    [InlineData("5")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("{}")]
    [InlineData("""{"items":[]}""")]
    [InlineData("""{"kind":"PodList","items":[]}""")]
    [InlineData("""{"kind":["SecretList"],"items":[]}""")]
    [InlineData("""{"kind":{"kind":"SecretList"},"items":[]}""")]
    [InlineData("""{"metadata":{"kind":"SecretList"},"items":[]}""")]
    [InlineData("""{"items":[{"kind":"SecretList"}]}""")]
    [InlineData("""{"kind":"SecretList","items":["x"]}""")]
    [InlineData("""{"kind":"SecretList","items":[null]}""")]
    [InlineData("""{"kind":"SecretList","items":[]}{}""")]
    [InlineData("""{"kind":"SecretList","items":[]}x""")]
    [InlineData("""{"kind":"SecretList","items":[]}]""")]
    [InlineData("""{"kind":"SecretList","items":[],}""")]
    [InlineData("<!doctype html>")]
    public void What_is_no_list_is_not_whole(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal("none", Read(bytes));
        Assert.Equal("none", Read(bytes, 1));
    }

    [Theory]
    [InlineData("""{"metadata":{},"data":{".dockerconfigjson":"CONFIG"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"metadata":{"name":""},"data":{".dockerconfigjson":"CONFIG"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"metadata":{"name":"s"},"data":{".dockerconfigjson":"CONFIG"}}""")]
    [InlineData("""{"metadata":{"name":"s"},"data":{".dockerconfigjson":"CONFIG"},"type":"Opaque"}""")]
    [InlineData("""{"metadata":{"name":"s"},"data":{".dockercfg":"CONFIG"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"metadata":{"name":"s"},"data":{".dockerconfigjson":"CONFIG"},"type":"kubernetes.io/dockercfg"}""")]
    [InlineData(
        """{"metadata":{"name":"s"},"stringData":{".dockerconfigjson":"CONFIG"},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"metadata":{"name":"s","data":{".dockerconfigjson":"CONFIG"}},"type":"kubernetes.io/dockerconfigjson"}""")]
    [InlineData("""{"metadata":{"name":"s"},"data":[{".dockerconfigjson":"CONFIG"}],"type":"kubernetes.io/dockerconfigjson"}""")]
    public void A_Secret_that_is_none_of_ours_offers_nothing(string secret)
    {
        var json = $$"""{"kind":"SecretList","items":[{{secret.Replace("CONFIG", Config, StringComparison.Ordinal)}}]}""";
        Assert.Equal("whole 1: -", Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void One_Secrets_fields_are_not_those_of_the_next()
    {
        var json = $$$"""{"kind":"SecretList","items":[{"metadata":{"name":"s"},"data":{".dockerconfigjson":"{{{Config}}}"}},{"metadata":{},"type":"kubernetes.io/dockerconfigjson"},{"data":{},"type":"kubernetes.io/dockerconfigjson","metadata":{"name":"t"}},{"metadata":{"name":"u"},"data":{".dockerconfigjson":"{{{Config}}}"}}]}""";
        Assert.Equal("whole 4: -", Read(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("!", "base64")]
    [InlineData("eyJ", "base64")]
    [InlineData("e30x", "JSON")]
    [InlineData("W10=", "not a JSON object")]
    public void A_bad_document_costs_its_Secret_with_a_warning(string data, string cause)
    {
        var json = $$$"""{"kind":"SecretList","items":[{"metadata":{"name":"bad"},"data":{".dockerconfigjson":"{{{data}}}"},"type":"kubernetes.io/dockerconfigjson"},{"metadata":{"name":"s"},"data":{".dockerconfigjson":"{{{Config}}}"},"type":"kubernetes.io/dockerconfigjson"}]}""";
        using var documents = new AuthDocuments(Endpoint);

        Assert.Equal("whole 2: s reg.example.com user:pass", Read(Encoding.UTF8.GetBytes(json), documents));

        Assert.Contains("Secret bad: .dockerconfigjson", documents.Warnings.ToString(), StringComparison.Ordinal);
        Assert.Contains(cause, documents.Warnings.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(61)] // the 64 levels of a reader that nobody set
    [InlineData(62)]
    [InlineData(10_000)] // what Go's decoder takes
    public void What_is_passed_over_may_be_as_deep_as_a_tenant_can_make_it(int levels)
    {
        foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}") })
        {
            var deep = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
            var json = Encoding.UTF8.GetBytes(
                Small.Replace("\"managedFields\":", $"\"managedFields\":{deep},\"x\":", StringComparison.Ordinal)
                    .Replace("\"data\":", $"\"status\":{deep},\"data\":", StringComparison.Ordinal));

            Assert.Equal("whole 1: s reg.example.com user:pass", Read(json));
            Assert.Equal("whole 1: s reg.example.com user:pass", Read(json, 4096));
        }
    }

    [Theory]
    [InlineData("\"team-a\"", true)]
    [InlineData("\"te\\u0061m-a\"", true)]
    [InlineData("\"\"", true)]
    [InlineData("null", true)]
    [InlineData("\"team-b\"", false)]
    [InlineData("\"team-aa\"", false)]
    [InlineData("\"team\"", false)]
    [InlineData("\"TEAM-A\"", false)]
    [InlineData("5", false)]
    public void A_Secret_that_is_of_another_namespace_offers_nothing(string name, bool isOurs)
    {
        using var documents = new AuthDocuments(Endpoint);
        using var reader = new SecretListReader(documents.Document, documents.Warnings);
        reader.Reset(documents.Warnings, "team-a"u8.ToArray());
        reader.Start();
        var json = Small.Replace("\"managedFields\"", $"\"namespace\":{name},\"managedFields\"", StringComparison.Ordinal);

        Assert.True(reader.Read(Encoding.UTF8.GetBytes(json), isLast: true));

        Assert.Equal(isOurs ? "s reg.example.com user:pass" : "-", documents.Found[0]);
        Assert.Equal(
            isOurs ? "" : "Secret s: metadata.namespace names another namespace than the pod's, so the Secret is passed over",
            documents.Warnings.ToString());
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"continue":""}""", true)]
    [InlineData("""{"continue":null}""", true)]
    [InlineData("""{"continue":"x"}""", false)]
    [InlineData("""{"resourceVersion":"1","continue":"eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ","remainingItemCount":1}""", false)]
    public void A_part_of_a_list_is_no_list(string metadata, bool isWhole) => Assert.Equal(
        isWhole ? "whole 0: -" : "none",
        Read(Encoding.UTF8.GetBytes($$"""{"kind":"SecretList","metadata":{{metadata}},"items":[]}""")));

    [Fact]
    public void A_reader_starts_anew()
    {
        using var documents = new AuthDocuments(Endpoint);
        using var reader = new SecretListReader(documents.Document, documents.Warnings);
        foreach (var json in new[] { Small[..50], Small, "{}", Small })
        {
            reader.Start();
            var isRead = reader.Read(Encoding.UTF8.GetBytes(json), isLast: true);
            Assert.Equal(json == Small, isRead && reader.IsWhole);
            Assert.True(json != Small || reader.Count == 1);
        }
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_alike_whole_and_in_pieces()
    {
        Gen.Select(Mangled.Of(Small), Gen.Int[1, 40]).Sample(
            (bytes, size) => Assert.Equal(Verdict(Read(bytes)), Verdict(Read(bytes, size))), iter: 5000);

        // A list that is none in the end may have offered something by then: its reader's caller forgets it.
        static string Verdict(string read) => read.StartsWith("whole", StringComparison.Ordinal) ? read : "none";
    }

    private static JsonObject Permute(int number, params (string Name, JsonNode? Value)[] members)
    {
        var rest = members.ToList();
        var permuted = new JsonObject();
        for (var count = rest.Count; count > 0; number /= count, count--)
        {
            var (name, value) = rest[number % count];
            rest.RemoveAt(number % count);
            permuted[name] = value;
        }

        return permuted;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Read(byte[] json, params int[] sizes)
    {
        using var documents = new AuthDocuments(Endpoint);
        return Read(json, documents, sizes);
    }

    /// <summary>Feeds the reader as its caller does: piece by piece, and an empty one at the end.</summary>
    private static string Read(byte[] json, AuthDocuments documents, params int[] sizes)
    {
        using var reader = new SecretListReader(documents.Document, documents.Warnings);
        reader.Start();
        var at = 0;
        for (var turn = 0; ; turn++)
        {
            var size = sizes.Length == 0 ? json.Length
                : sizes.Length == 1 ? sizes[0]
                : turn < sizes.Length ? sizes[turn]
                : json.Length;
            var piece = json[at..Math.Min(json.Length, at + Math.Max(size, 0))];
            at += piece.Length;
            var isLast = piece.Length == 0 && at == json.Length;
            if (!reader.Read(piece, isLast))
            {
                return "none";
            }

            if (isLast)
            {
                return reader.IsWhole ? $"whole {reader.Count}: {documents.Found[0]}" : "none";
            }
        }
    }
}
