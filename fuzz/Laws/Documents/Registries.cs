using CsCheck;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>A mirror of a <see cref="Registry"/>.</summary>
internal sealed record RegistryMirror(string Location, bool Insecure, string PullFromMirror);

/// <summary>One <c>[[registry]]</c> by its meaning. The prefix may be empty, and the location of a wildcard.</summary>
internal sealed record Registry(string Prefix, string Location, RegistryMirror[] Mirrors);

/// <summary>One valid registries.conf: what it means, and a text that says so.</summary>
internal sealed record RegistriesConf(Registry[] Tables, string Text);

/// <summary>
/// Generates configurations that the reference takes, in every spelling: the plain one that the fast reader takes, and those that
/// are left to the library behind it.
/// </summary>
internal static class Registries
{
    private static readonly Gen<string> Location = Gen.OneOf(
        "mirror.example.com", "mirror.example.com/team", "mirror.example.com:5000/hub", "reg.example.com", "a.b", "a.b/v1",
        "localhost:5000", "docker.io", "docker.io/library", "bad_host", "reg.example.com/UPPER");

    private static readonly Gen<string> Prefix = Gen.OneOf(
        "", "", "reg.example.com", "reg.example.com/team", "reg.example.com/te", "reg.example.com:5000", "*.example.com", "*.com",
        "docker.io", "docker.io/library", "a.b", "localhost", "other.example.org/x");

    private static readonly Gen<RegistryMirror> Mirror =
        Gen.Select(Location, Gen.Bool, Gen.OneOf("", "", "all", "digest-only", "tag-only"))
            .Select((location, insecure, pull) => new RegistryMirror(location, insecure, pull));

    private static readonly Gen<Registry> Table = Gen.Select(Prefix, Location, Gen.Bool, Mirror.Array[0, 3])
        .Select((prefix, location, isEmpty, mirrors) =>
            new Registry(prefix, isEmpty && prefix.StartsWith('*') ? "" : location, mirrors));

    private static readonly Gen<int> Oddness = Gen.Frequency((3, Gen.Const(0)), (2, Gen.Int[1, 40]));

    /// <summary>Any valid file.</summary>
    public static readonly Gen<RegistriesConf> Valid =
        Gen.Select(Table.Array[0, 4], Gen.UInt, Oddness).Select(Written);

    /// <summary>Files with a table that speaks for the image and has mirrors, among others that may speak for it, too.</summary>
    public static Gen<RegistriesConf[]> For(string image)
    {
        var ends = Enumerable.Range(1, image.Length).Where(end => end == image.Length || image[end] == '/').ToArray();
        var table = Gen.Select(Gen.OneOf(ends), Gen.Bool, Location, Mirror.Array[1, 3])
            .Select((end, isMoved, location, mirrors) =>
                new Registry(image[..end], isMoved ? location : image[..end], mirrors));
        var file = Gen.Select(Table.Array[0, 2], table, Table.Array[0, 2], Gen.UInt, Oddness)
            .Select((before, own, after, seed, oddness) =>
                Written([.. before, own, .. after], seed, oddness));
        return Gen.Frequency(
            (2, file.Select(one => new[] { one })), (1, Gen.Select(Valid, file).Select((one, other) => new[] { one, other })),
            (1, Gen.Select(file, Valid).Select((one, other) => new[] { one, other })));
    }

    private static RegistriesConf Written(Registry[] tables, uint seed, int oddness) =>
        new(tables, new RegistriesSpelling(seed, oddness).Write(tables));
}
