using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>What is read of a pod.</summary>
public sealed class PodReaderTests
{
    private static readonly Gen<string> Name = Gen.OneOf("a", "b", "a-b.c", "", "A", "../x", "n\u00e4");

    [Fact]
    public void The_order_of_fields_and_what_stands_between_them_do_not_matter() =>
        Gen.Select(Name.Array[0, 6], Gen.Int).Sample((names, seed) =>
        {
            var random = new Random(seed);
            var pod = Shuffled(random,
                ("kind", "Pod"), ("apiVersion", "v1"), ("status", new JsonObject { ["phase"] = "Pending" }),
                ("metadata", Shuffled(random,
                    ("name", "app"), ("namespace", "team-a"), ("uid", "u-1"), ("generation", 3),
                    ("annotations", new JsonObject { ["uid"] = "other", ["spec"] = """{"nodeName":"other"}""" }),
                    ("ownerReferences", new JsonArray(new JsonObject { ["name"] = "owner", ["uid"] = "other" })))),
                ("spec", Shuffled(random,
                    ("nodeName", "node1"),
                    ("containers", new JsonArray(new JsonObject { ["name"] = "c", ["nodeName"] = "other" })),
                    ("imagePullSecrets", new JsonArray([.. names.Select(n => Shuffled(random, ("name", n), ("other", "x")))])))));

            using var reader = new PodReader();
            Assert.True(reader.Read(Encoding.UTF8.GetBytes(pod.ToJsonString())));

            Assert.Equal("app team-a u-1 node1", Describe(reader));
            Assert.Equal(
                names.Where(n => n is "a" or "b" or "a-b.c").Distinct(),
                reader.ImagePullSecrets.All.Select(name => name.ToString()));
        }, iter: 2000);

    [Theory]
    [InlineData("""{"kind":"Pod"}""")]
    [InlineData("""{"kind":"Pod","metadata":null,"spec":null}""")]
    [InlineData("""{"kind":"Pod","metadata":{"name":null},"spec":{"imagePullSecrets":null}}""")]
    [InlineData("""{"kind":"Pod","spec":{"imagePullSecrets":[{}]}}""")]
    public void What_is_absent_is_empty(string json)
    {
        using var reader = new PodReader();

        Assert.True(reader.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal("   ", Describe(reader));
        Assert.Empty(reader.ImagePullSecrets.All);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"kind":"Secret"}""")]
    [InlineData("""{"metadata":{"name":"app"}}""")]
    [InlineData("""{"kind":"Pod"} {}""")]
    [InlineData("""{"kind":"Pod","metadata":{"uid":5}}""")]
    [InlineData("""{"kind":"Pod","spec":{"imagePullSecrets":{"name":"a"}}}""")]
    [InlineData("""{"kind":"Pod","spec":{"imagePullSecrets":[null]}}""")]
    public void What_is_no_pod_is_refused(string json)
    {
        using var reader = new PodReader();

        Assert.False(reader.Read(Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>As in Go's decoder, and so in the API server's.</summary>
    [Fact]
    public void Of_repeated_lists_of_Secrets_the_last_counts()
    {
        using var reader = new PodReader();

        Assert.True(reader.Read(
            """{"kind":"Pod","spec":{"imagePullSecrets":[{"name":"a"},{"name":"b"}],"imagePullSecrets":[{"name":"c"}]}}"""u8));

        Assert.Equal(["c"], reader.ImagePullSecrets.All.Select(name => name.ToString()));
    }

    [Fact]
    public void Any_cut_is_refused()
    {
        var json = """{"kind":"Pod","metadata":{"name":"app"},"spec":{"imagePullSecrets":[{"name":"a"}]}}"""u8.ToArray();
        for (var length = 0; length < json.Length; length++)
        {
            using var reader = new PodReader();
            Assert.False(reader.Read(json.AsSpan(0, length)));
        }
    }

    private static string Describe(PodReader pod) => string.Join(' ',
        Encoding.UTF8.GetString(pod.Name), Encoding.UTF8.GetString(pod.Namespace), Encoding.UTF8.GetString(pod.Uid),
        Encoding.UTF8.GetString(pod.NodeName));

    private static JsonObject Shuffled(Random random, params (string Name, JsonNode? Value)[] members)
    {
        random.Shuffle(members);
        return new JsonObject(members.Select(m => KeyValuePair.Create(m.Name, m.Value)));
    }
}
