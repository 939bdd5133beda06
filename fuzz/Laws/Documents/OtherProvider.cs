using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Chain;
using FastProvider.Kubelet;
using FastProvider.Native;
using FastProvider.Node;
using FastProvider.Tests.Commands.Generate;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>Another credential provider of the kubelet: its entry in the configuration, and what it answers.</summary>
/// <param name="MatchImages">Which images it is asked for.</param>
/// <param name="Keys">Those of its answer. Each has a user and a password of its own.</param>
/// <param name="IsRefused">Its answer is one that no kubelet takes.</param>
/// <param name="RequiresServiceAccount">Its entry says so, and it would have to get the pod's token.</param>
internal sealed record OtherProvider(string[] MatchImages, string[] Keys, bool IsRefused, bool RequiresServiceAccount)
{
    private const string Version = "credentialprovider.kubelet.k8s.io/v1";

    private const string DockerHub = "index.docker.io";

    /// <summary>What users and passwords of answers begin with, and nothing else in a pull does.</summary>
    public const string Mark = "Yother";

    /// <summary>Providers for the endpoints of a pull.</summary>
    /// <param name="endpoints">The repository names.</param>
    public static Gen<OtherProvider[]> For(string[] endpoints) => Gen.Select(
        Pattern(endpoints).Array[1, 3], PullDocuments.KeyFor(endpoints).Array[0, 4], Gen.Int[0, 9], Gen.Int[0, 9],
        (patterns, keys, refused, token) =>
            new OtherProvider(patterns, [.. keys.Distinct()], refused == 0, token == 0)).Array[1, 2];

    /// <summary>User and password of a key of a provider, by its place among them.</summary>
    public static string Login(int provider, string key, string[] keys)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{provider}.{Array.IndexOf(keys, key)}");
        return $"{Mark}-u{place}:{Mark}-p{place}";
    }

    /// <summary>What a kubelet would use of all answers for an image, as plainly as can be said.</summary>
    /// <returns>The logins that may serve; none if no key is for the image.</returns>
    public static string[] Expected(OtherProvider[] others, string image)
    {
        var ring = others.SelectMany((other, provider) => other.IsAsked(image) && !other.IsRefused
            ? other.Keys.Select(key => (Key: Effective(key), Provider: provider, Login: Login(provider, key, other.Keys)))
            : []).ToArray();
        var matching = ring.Where(each => KubeletMatch.Matches(each.Key, image)).ToArray();
        if (matching.Length == 0 && image.Split('/')[0] is "docker.io" or DockerHub)
        {
            matching = [.. ring.Where(each => each.Key == DockerHub)];
        }

        // Of one answer two spellings of a key are in no order; of two answers the first counts.
        return [.. matching.GroupBy(each => each.Key).OrderByDescending(group => group.Key, StringComparer.Ordinal).Take(1)
            .SelectMany(best => best.Where(each => each.Provider == best.Min(b => b.Provider))).Select(each => each.Login)];
    }

    /// <summary>Writes their entries to a node.</summary>
    /// <returns>Their answers, as an agent keeps them.</returns>
    public static KeptAnswers Write(LawNode node, OtherProvider[] others)
    {
        File.WriteAllText(node.ProviderConfig, new JsonObject
        {
            ["apiVersion"] = "kubelet.config.k8s.io/v1",
            ["kind"] = "CredentialProviderConfig",
            ["providers"] = new JsonArray([.. others.Select((other, i) => other.Entry($"other-{i}"))]),
        }.ToJsonString());
        Assert.Null(ProviderConfig.Read(new NodeFiles(), node.ProviderConfig, out var config));
        Assert.Empty(config.Faults);
        using var answers = new SecretBuffer();
        new FrameWriter(answers).Number(others.Length);
        for (var i = 0; i < others.Length; i++)
        {
            using var run = new ChainedRun(
                config.Entries[i], $"/nonexistent/other-{i}", [], endpoint: null!, repository: "", kubeletId: null);
            KeptAnswers.Write(answers, run.Identity, CacheScope.Global, "", TimeSpan.FromHours(1), others[i].Answer(i));
        }

        var kept = new KeptAnswers();
        var reader = new FrameReader(answers.WrittenSpan);
        Assert.True(kept.Take(ref reader));
        return kept;
    }

    public override string ToString() =>
        $"for {string.Join(' ', MatchImages)}: {string.Join(' ', Keys)}{(IsRefused ? ", refused" : "")}"
        + (RequiresServiceAccount ? ", wants a token" : "");

    private bool IsAsked(string image) =>
        !RequiresServiceAccount && MatchImages.Any(pattern => KubeletMatch.Matches(pattern, image));

    private static Gen<string> Pattern(string[] endpoints) => Gen.Frequency(
        (1, Gen.OneOf("other.example.org", "*.example.com", "reg.example.com/team", "docker.io")),
        (3, endpoints.Length == 0
            ? Gen.Const("*.example.com") : Gen.Select(Gen.OneOf(endpoints), Gen.Int[0, 2], Parts)));

    private static string Parts(string endpoint, int segments) => string.Join('/', endpoint.Split('/').Take(1 + segments));

    /// <summary>As a kubelet keeps a key: without scheme, /v1/ or /v2/, and a path of nothing.</summary>
    private static string Effective(string key)
    {
        var bare = key.StartsWith("https://", StringComparison.Ordinal) ? key[8..]
            : key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        var host = bare.Split('/')[0];
        var path = bare[host.Length..];
        path = path.StartsWith("/v1/", StringComparison.Ordinal) || path.StartsWith("/v2/", StringComparison.Ordinal)
            ? path[3..] : path;
        return path == "/" ? host : host + path;
    }

    private JsonObject Entry(string name)
    {
        var entry = new JsonObject
        {
            ["name"] = name,
            ["apiVersion"] = Version,
            ["matchImages"] = new JsonArray([.. MatchImages.Select(pattern => JsonValue.Create(pattern))]),
            ["defaultCacheDuration"] = "1h",
        };
        if (RequiresServiceAccount)
        {
            entry["tokenAttributes"] = new JsonObject
            {
                ["serviceAccountTokenAudience"] = "other", ["requireServiceAccount"] = true, ["cacheType"] = "Token",
            };
        }

        return entry;
    }

    private byte[] Answer(int provider) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["kind"] = "CredentialProviderResponse",
        ["apiVersion"] = Version,
        ["cacheKeyType"] = IsRefused ? "None" : "Global",
        ["auth"] = new JsonObject(Keys.Select(key => KeyValuePair.Create<string, JsonNode?>(key, new JsonObject
        {
            ["username"] = Login(provider, key, Keys).Split(':')[0], ["password"] = Login(provider, key, Keys).Split(':')[1],
        }))),
    }.ToJsonString());
}
