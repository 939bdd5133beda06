using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Commands.Explain;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>Which of all the keys that match serves an endpoint.</summary>
public sealed class CredentialChoiceTests
{
    // A few keys that meet in a few repositories, so that ties of every kind are common.
    private static readonly Gen<string> Key = Gen.Frequency(
        (4, Gen.OneOf(
            "reg.example.com", "https://reg.example.com", "https://reg.example.com/v2/", "reg.example.com/", "*.example.com",
            "r*.example.com", "*.*.com", "reg.example.com/team", "reg.example.com/team/", "*.example.com/team",
            "reg.example.com/team/app", "reg.example.com/v1", "https://reg.example.com/v1/team", "docker.io",
            "https://index.docker.io/v1/", "registry-1.docker.io/team")),
        (1, GenRegistryKeys.Key));

    private static readonly Gen<string> Repository = Gen.Frequency(
        (4, Gen.OneOf(
            "reg.example.com/team/app", "reg.example.com/app", "reg.example.com/v1/team/app", "reg.example.com/team-b/app",
            "docker.io/team/app")),
        (1, GenRegistryKeys.Repository));

    private static readonly Gen<string?> Field = Gen.Frequency(
        (2, Gen.Const((string?)null)), (1, Gen.Const((string?)"")),
        (5, Gen.OneOf("user", "us:er", "dXNlcjpwYXNz", "dTpw", "dTpw=", "Og==", "x y").Select(f => (string?)f)));

    private static readonly Gen<JsonNode?> Entry = Gen.Frequency(
        (6, Gen.Select(Gen.Int[0, 999], Gen.Bool).Select((number, isPadded) =>
        {
            var auth = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"user:{number}"));
            return (JsonNode?)new JsonObject { ["auth"] = isPadded ? auth : auth.TrimEnd('=') };
        })),
        (3, Gen.Select(Field, Field, Field, Field).Select((auth, username, password, token) =>
        {
            var members = new (string Name, string? Value)[]
            {
                ("auth", auth), ("username", username), ("password", password), ("identitytoken", token)
            };
            return (JsonNode?)new JsonObject(
                members.Where(m => m.Value is not null).Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value)));
        })),
        (1,
            Gen.OneOf("null", "5", "[]", "\"x\"", """{"auth":5}""", """{"auth":"dTpw","email":[]}""")
                .Select(json => JsonNode.Parse(json))));

    private static readonly Gen<OfferedSecret[]> Secrets = Gen.Select(
        Gen.Select(Gen.Select(Key, Entry).Array[0, 5], Gen.Long[0, 3], Gen.Bool).Array[0, 6], Gen.Int).Select((secrets, seed) =>
        {
            // Names are unique in a namespace, and tell nothing of the order in which the Secrets are made here.
            var names = Enumerable.Range(0, secrets.Length).Select(i => $"s{i}").ToArray();
            new Random(seed).Shuffle(names);
            return secrets.Select((secret, i) =>
            {
                var map = new JsonObject();
                foreach (var (key, entry) in secret.Item1)
                {
                    map[key] = entry?.DeepClone();
                }

                var json = secret.Item3 ? map.ToJsonString() : new JsonObject { ["auths"] = map }.ToJsonString();
                return new OfferedSecret(names[i], secret.Item2, secret.Item3, json);
            }).ToArray();
        });

    [Fact]
    public void The_credential_is_the_one_that_a_naive_model_chooses_whatever_the_order_of_the_Secrets()
    {
        var found = 0;
        Gen.Select(Secrets, Repository.Array[1, 3], Gen.Int).Sample((secrets, repositories, seed) =>
        {
            var expected = repositories.Select(repository => NaiveChoice.For(repository, secrets)).ToArray();
            Assert.Equal(expected, Choose(secrets, repositories));
            var shuffled = secrets.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Choose(shuffled, repositories));
            Interlocked.Add(ref found, expected.Count(e => e != "-"));
        }, iter: 10_000);
        Assert.True(found > 2000, $"Only {found} endpoints had a credential, so little was compared.");
    }

    [Fact]
    public void Who_asks_is_told_the_same_choice_and_why_each_other_key_lost()
    {
        var lost = 0;
        Gen.Select(Secrets, Repository).Sample((secrets, repository) =>
        {
            var warnings = new SecretNotices { Trace = new KeyTrace() };
            using var endpoint = new EndpointCredential(System.Text.Encoding.UTF8.GetBytes(repository));
            using var document = new AuthDocument([endpoint], warnings);
            foreach (var secret in secrets)
            {
                Assert.Null(document.Read(
                    System.Text.Encoding.UTF8.GetBytes(secret.Json), secret.IsFlatMap,
                    new CredentialSource(System.Text.Encoding.UTF8.GetBytes(secret.Name), secret.CreatedAt)));
            }

            var verdicts = KeyVerdict.Of(endpoint, warnings.Trace.Keys, areNamedInOrder: false);

            Assert.Equal(
                secrets.Sum(s => GoAuths.Read(System.Text.Encoding.UTF8.GetBytes(s.Json), s.IsFlatMap)!.Entries.Count),
                verdicts.Count);
            Assert.Equal(Choose(secrets, repository)[0] == "-" ? [] : [(endpoint.SecretName.ToArray(), endpoint.Key.ToArray())],
                verdicts.Where(v => v.Standing is KeyStanding.Chosen).Select(v => (v.Key.Source.Name.ToArray(), v.Key.Key)));
            Assert.All(verdicts, v => Assert.Equal(
                NaiveRegistryKey.PathLength(System.Text.Encoding.UTF8.GetString(v.Key.Key), repository) is not null,
                v.Standing is KeyStanding.Chosen or KeyStanding.Lost or KeyStanding.Refused));
            Assert.All(verdicts, v => Assert.Equal(v.Standing is KeyStanding.Chosen, v.Why.Length == 0));
            Interlocked.Add(ref lost, verdicts.Count(v => v.Standing is KeyStanding.Lost));
        }, iter: 5_000);
        Assert.True(lost > 1000, $"Only {lost} keys lost, so little was explained.");
    }

    [Fact]
    public void The_longer_path_beats_fewer_wildcards_newer_Secrets_and_names() => Chooses(
        "z *.example.com/team z:1",
        new OfferedSecret("a", 9, false, Document("reg.example.com", "a:1")),
        new OfferedSecret("z", 0, false, Document("*.example.com/team", "z:1")));

    [Fact]
    public void A_path_after_a_stripped_API_version_counts_without_it() => Chooses(
        "b reg.example.com/team b:1",
        new OfferedSecret("a", 0, false, Document("https://reg.example.com/v1/team", "a:1")),
        new OfferedSecret("b", 1, false, Document("reg.example.com/team", "b:1")));

    [Fact]
    public void Fewer_wildcards_beat_the_newer_Secret() => Chooses(
        "old r*.example.com o:1",
        new OfferedSecret("new", 9, false, Document("*.*.com", "n:1")),
        new OfferedSecret("old", 1, false, Document("r*.example.com", "o:1")));

    [Fact]
    public void The_newer_Secret_beats_the_first_name() => Chooses(
        "b reg.example.com b:1",
        new OfferedSecret("a", 1, false, Document("reg.example.com", "a:1")),
        new OfferedSecret("b", 2, true, Document("reg.example.com", "b:1", true)));

    [Fact]
    public void The_first_name_by_bytes_decides_a_tie() => Chooses(
        "a-1 https://reg.example.com a:1",
        new OfferedSecret("a0", 1, false, Document("reg.example.com", "b:1")),
        new OfferedSecret("a-1", 1, false, Document("https://reg.example.com", "a:1")));

    [Fact]
    public void Inside_one_Secret_the_plain_key_decides_and_then_byte_order()
    {
        Chooses(
            "s reg.example.com b:2",
            new OfferedSecret(
                "s", 1, false, Document("http://reg.example.com", "a:1", "reg.example.com", "b:2", "reg.example.com/", "c:3")));
        Chooses(
            "s http://reg.example.com b:2",
            new OfferedSecret("s", 1, false, Document("https://reg.example.com", "a:1", "http://reg.example.com", "b:2")));
    }

    [Fact]
    public void A_repeated_key_is_its_last_entry() => Chooses(
        "s reg.example.com b:2", new OfferedSecret("s", 1, false, Document("reg.example.com", "a:1", "reg.example.com", "b:2")));

    [Fact]
    public void A_bad_entry_leaves_the_endpoint_to_the_next_best_key() => Chooses(
        "s reg.example.com a:1",
        new OfferedSecret(
            "s", 1, false, """{"auths":{"reg.example.com/team":{"auth":"Og=="},"reg.example.com":{"auth":"YTox"}}}"""),
        new OfferedSecret("t", 2, false, """{"auths":{"reg.example.com/team":{}}}"""));

    private static void Chooses(string expected, params OfferedSecret[] secrets)
    {
        Assert.Equal([expected], Choose(secrets, "reg.example.com/team/app"));
        Assert.Equal([expected], Choose(Enumerable.Reverse(secrets), "reg.example.com/team/app"));
    }

    private static string Document(string key, string pair, bool isFlatMap) =>
        isFlatMap ? Document(key, pair)["{\"auths\":".Length..^1] : Document(key, pair);

    private static string Document(params string[] keysAndPairs) =>
        "{\"auths\":{" + string.Join(',', keysAndPairs.Chunk(2).Select(p =>
            $"\"{p[0]}\":{{\"auth\":\"{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(p[1]))}\"}}")) + "}}";

    private static string[] Choose(IEnumerable<OfferedSecret> secrets, params string[] repositories)
    {
        using var documents = new AuthDocuments(repositories);
        foreach (var secret in secrets)
        {
            Assert.Null(documents.Read(secret.Json, secret.Name, secret.CreatedAt, secret.IsFlatMap));
        }

        return documents.Found;
    }
}
