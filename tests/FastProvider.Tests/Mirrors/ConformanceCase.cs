using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastProvider.Base;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Tests.Mirrors;

/// <summary>
/// A configuration and what the reference library (go.podman.io/image 5.40.0) answers for it; one line of registries.jsonl.gz.
/// </summary>
internal sealed record ConformanceCase(
    string Id, IReadOnlyList<(string Name, string Text)> Files, bool LoadError, IReadOnlyList<ConformanceQuery> Queries)
{
    public static readonly IReadOnlyList<ConformanceCase> All = Read();

    private static List<ConformanceCase> Read()
    {
        using var lines = new StreamReader(
            new GZipStream(File.OpenRead(TestData.Path("conformance", "registries.jsonl.gz")), CompressionMode.Decompress));
        List<ConformanceCase> cases = [];
        while (lines.ReadLine() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            cases.Add(From(json.RootElement));
        }

        return cases;
    }

    private static ConformanceCase From(JsonElement json)
    {
        var dropIns = json.GetProperty("dropins").EnumerateObject()
            .Select(file => (file.Name, Text: file.Value.GetString()!))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        return new ConformanceCase(
            json.GetProperty("id").GetString()!,
            [("registries.conf", json.GetProperty("main").GetString()!), .. dropIns],
            json.TryGetProperty("load_error", out var error) && error.GetBoolean(),
            json.TryGetProperty("queries", out var queries) ? [.. queries.EnumerateArray().Select(ConformanceQuery.From)] : []);
    }

    /// <summary>
    /// The files that count, read into the answer for one image; the number of conforming reads goes to <paramref
    /// name="documentReads"/>.
    /// </summary>
    public Failure? Find(string image, RegistriesReader reader, out PullSources? sources, out int documentReads)
    {
        var merge = new RegistriesMerge(
            ReferenceName.Normalize(Encoding.UTF8.GetBytes(image), new byte[ReferenceName.MaxLength]));
        sources = null;
        foreach (var (name, text) in Files)
        {
            if (name.EndsWith(".conf", StringComparison.Ordinal)
                && merge.Add(Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(name), reader) is { } failure)
            {
                documentReads = merge.DocumentReads;
                return failure;
            }
        }

        documentReads = merge.DocumentReads;
        sources = merge.ToSources();
        return null;
    }
}

/// <summary>An image and the reference's answer for it, as text that compares.</summary>
internal sealed record ConformanceQuery(string Image, string Answer)
{
    public static ConformanceQuery From(JsonElement json)
    {
        var image = json.GetProperty("image").GetString()!;
        if (json.TryGetProperty("none", out var none) && none.GetBoolean())
        {
            return new ConformanceQuery(image, "none");
        }

        List<string> answer = [];
        answer.Add(
            $"prefix={Text("prefix")} location={Text("location")} blocked={Flag("blocked")}"
                + $" insecure={Flag("insecure")} digest-only={Flag("mirror_by_digest_only")}");
        foreach (var mirror in json.GetProperty("mirrors").EnumerateArray())
        {
            answer.Add(
                $"mirror {mirror.GetProperty("location").GetString()} insecure={mirror.GetProperty("insecure").GetBoolean()}"
                    + $" {mirror.GetProperty("pull_from_mirror").GetString()}");
        }

        // The reference gives no sources at all for a kind of pull of which one source is invalid: that list is empty.
        var failed = json.TryGetProperty("sources_error", out var error) && error.GetBoolean();
        answer.Add($"tag: {(failed ? "" : List("tag_sources"))}");
        answer.Add($"digest: {(failed ? "" : List("digest_sources"))}");
        return new ConformanceQuery(image, string.Join('\n', answer));

        string Text(string name) => json.GetProperty(name).GetString()!;
        bool Flag(string name) => json.GetProperty(name).GetBoolean();
        string List(string name) =>
            string.Join(' ', json.GetProperty(name).EnumerateArray().Select(source => source.GetString()));
    }

    /// <summary>Our answer in the same form.</summary>
    public static string Describe(PullSources sources)
    {
        if (sources.Registry is not { } registry)
        {
            return "none";
        }

        List<string> answer = [];
        answer.Add(
            $"prefix={Utf8(registry.Prefix)} location={Utf8(registry.Location)} blocked={registry.Blocked}"
                + $" insecure={registry.Insecure} digest-only={registry.MirrorByDigestOnly}");
        foreach (var mirror in registry.Mirrors)
        {
            answer.Add($"mirror {Utf8(mirror.Location)} insecure={mirror.Insecure} {Spell(mirror.Restriction)}");
        }

        Assert.Equal(registry.Mirrors.Length + 1, sources.Endpoints.Length);
        var endpoints = sources.Endpoints.ToArray();
        var byTag = endpoints.Where(
            endpoint =>
                endpoint.IsPrimary || !(registry.MirrorByDigestOnly || endpoint.Restriction == PullFromMirror.DigestOnly));
        var byDigest = endpoints.Where(endpoint => endpoint.Restriction != PullFromMirror.TagOnly);
        answer.Add($"tag: {Sources(byTag)}");
        answer.Add($"digest: {Sources(byDigest)}");
        return string.Join('\n', answer);
    }

    private static string Sources(IEnumerable<PullEndpoint> endpoints) =>
        endpoints.All(endpoint => endpoint.IsValid)
            ? string.Join(' ', endpoints.Select(endpoint => Utf8(endpoint.Repository)))
            : "";

    private static string Utf8(ReadOnlyMemory<byte> text) => Encoding.UTF8.GetString(text.Span);

    private static string Spell(PullFromMirror restriction) => restriction switch
    {
        PullFromMirror.All => "all",
        PullFromMirror.DigestOnly => "digest-only",
        PullFromMirror.TagOnly => "tag-only",
        _ => "",
    };
}
