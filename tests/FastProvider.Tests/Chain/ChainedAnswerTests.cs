using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Chain;
using FastProvider.Tests.Commands.Generate;

namespace FastProvider.Tests.Chain;

/// <summary>The answer of another provider: read as a kubelet reads it, and a key used as a kubelet uses it.</summary>
public sealed class ChainedAnswerTests
{
    private const string Version = "credentialprovider.kubelet.k8s.io/v1";

    private static readonly Gen<string> Key = Gen.OneOf(
        "a.example.com", "a.example.com/team", "a.example.com/te", "*.example.com", "*.example.com/team", "b.example.com",
        "https://a.example.com/v1/", "https://a.example.com/team/", "http://a.example.com", "a.example.com:5000",
        "a.example.com:5000/v2/team", "a.example.com/", "example.com", "*", "*.*.com");

    private static readonly Gen<string> Repository = Gen.OneOf(
        "a.example.com/team/app", "a.example.com/app", "a.example.com:5000/team/app", "b.example.com/te", "example.com/x");

    /// <summary>Law: of the keys that match by a kubelet's rule the last in byte order serves, and none else.</summary>
    [Fact]
    public void The_key_that_serves_is_the_one_that_a_kubelet_tries_first()
    {
        var found = 0;
        Gen.Select(Key.Array[0, 5], Repository).Sample((keys, repository) =>
        {
            var auth = new JsonObject(keys.Distinct().Select((key, i) => KeyValuePair.Create<string, JsonNode?>(
                key, new JsonObject { ["username"] = $"u{i}", ["password"] = $"p{i}" })));
            using var answer = new ChainedAnswer();
            Assert.Null(answer.Read(Document(auth), Version));

            var login = answer.Find(repository);

            var best = keys.Distinct().Select((text, i) => (Text: text, Index: i, Effective: Effective(text)))
                .Where(each => KubeletMatch.Matches(each.Effective, repository))
                .GroupBy(each => each.Effective).OrderByDescending(group => group.Key, StringComparer.Ordinal).FirstOrDefault();
            Assert.Equal(best is not null, login is not null);
            if (best is not null)
            {
                // Two spellings of one key are in no order to a kubelet.
                var spelled = Encoding.UTF8.GetString(answer[login!.Key]);
                var chosen = Assert.Single(best, each => each.Text == spelled);
                Assert.Equal(
                    ($"u{chosen.Index}", $"p{chosen.Index}"),
                    (Encoding.UTF8.GetString(answer[login.User]), Encoding.UTF8.GetString(answer[login.Password])));
                Interlocked.Increment(ref found);
            }
        }, iter: 5_000);
        Assert.True(found > 1000, $"Only {found} keys served, so little was compared.");
    }

    /// <summary>A kubelet tries it after all others, whoever answered them, although it is the last in byte order.</summary>
    [Theory]
    [InlineData("docker.io")]
    [InlineData("*.io/library")]
    [InlineData("https://docker.io/library/app")]
    public void The_key_of_Docker_Hubs_index_is_tried_last(string other)
    {
        static ChainedLogin Of(string key)
        {
            using var answer = new ChainedAnswer();
            var auth = new JsonObject { [key] = new JsonObject { ["username"] = "u", ["password"] = "p" } };
            Assert.Null(answer.Read(Document(auth), Version));
            return answer.Find("docker.io/library/app")!;
        }

        var (index, its) = (Of("https://index.docker.io/v1/"), Of(other));

        Assert.True(ChainedAnswer.IsTriedBefore(its, index, "docker.io/library/app"));
        Assert.False(ChainedAnswer.IsTriedBefore(index, its, "docker.io/library/app"));
    }

    [Fact]
    public void A_thousand_entries_are_enough()
    {
        JsonObject Entries(int count) => new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create<string, JsonNode?>(
            $"r{i}.example.com", new JsonObject { ["username"] = "u", ["password"] = "p" })));
        using var answer = new ChainedAnswer();
        using var more = new ChainedAnswer();

        Assert.Null(answer.Read(Document(Entries(1000)), Version));
        Assert.Equal("answered with more than 1000 entries", more.Read(Document(Entries(1001)), Version));
    }

    [Fact]
    public void Any_cut_is_refused()
    {
        var whole = Document(new JsonObject { ["a.b"] = new JsonObject { ["username"] = "u\u00e9", ["password"] = "p" } });
        for (var length = 0; length < whole.Length; length++)
        {
            using var answer = new ChainedAnswer();
            Assert.NotNull(answer.Read(whole.AsSpan(0, length), Version));
        }
    }

    /// <summary>Law: no bytes make it fail, and what is not taken says nothing of what stood there.</summary>
    [Fact]
    public void Any_bytes_are_taken_or_refused_in_words_of_ours() =>
        Gen.Select(Gen.Int[0, 200], Gen.Byte, Gen.Int[0, 200]).Sample((at, value, cut) =>
        {
            var bytes = Document(new JsonObject { ["a.b"] = new JsonObject { ["username"] = "u", ["password"] = "Zsecret" } });
            bytes[at % bytes.Length] = value;
            using var answer = new ChainedAnswer();
            var fault = answer.Read(bytes.AsSpan(0, bytes.Length - (cut % 3)), Version);
            return fault is null || !fault.Contains("Zsecret", StringComparison.Ordinal);
        }, iter: 20_000);

    /// <summary>As a kubelet keeps a key: without scheme, /v1/ or /v2/, and a path of nothing.</summary>
    private static string Effective(string key)
    {
        var bare = key.Split("://")[^1];
        var path = bare[bare.Split('/')[0].Length..];
        path = path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/v2/", StringComparison.Ordinal)
            ? path[3..]
            : path;
        return bare.Split('/')[0] + (path == "/" ? "" : path);
    }

    private static byte[] Document(JsonObject auth) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["kind"] = "CredentialProviderResponse",
        ["apiVersion"] = Version,
        ["cacheKeyType"] = "Global",
        ["cacheDuration"] = null,
        ["auth"] = auth,
    }.ToJsonString());
}
