using System.Globalization;
using CsCheck;
using FastProvider.Fuzz.Laws.Models;
using FastProvider.Tests.Mirrors;
using FastProvider.Tests.Secrets;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>Everything that one pull is decided from.</summary>
/// <param name="Image">The image of the request.</param>
/// <param name="Registries">registries.conf and its drop-ins.</param>
/// <param name="Secrets">The Secrets of the namespace, in the order of the list, and shared ones among them.</param>
/// <param name="Global">The node's global auth file, or null if there is none.</param>
/// <param name="Salt">What every secret text of this pull begins its mark with.</param>
/// <param name="PieceBytes">How the list arrives.</param>
internal sealed record PullDocuments(
    string Image, RegistriesConf[] Registries, OfferedSecret[] Secrets, string? Global, string Salt, int PieceBytes)
{
    private static readonly Gen<string> ImageName = Gen.Frequency(
        (6, Gen.OneOf(
            "reg.example.com/team/app", "reg.example.com/team/app", "docker.io/library/busybox", "a.b/v1/x", "localhost/te",
            "reg.example.com:5000/team")),
        (1, GenRegistryKeys.Repository.Where(name => !name.Contains('[', StringComparison.Ordinal))));

    private static readonly Gen<string> Key = Gen.Frequency(
        (6, Gen.OneOf(
            "mirror.example.com", "mirror.example.com/", "https://mirror.example.com/v1/", "mirror.example.com/team",
            "mirror.example.com/te", "*.example.com", "m*r.example.com/team",
            "mirror.example.com:5000", "mirror.example.com:5000/hub", "reg.example.com", "reg.example.com/team",
            "reg.example.com/team/app", "docker.io", "https://index.docker.io/v1/",
            "docker.io/library", "a.b", "a.b/v1", "https://a.b/v1/v1", "localhost:5000", "localhost", "A.B", "other.example.org",
            "mirror.example.com.evil.org", "ample.com")),
        (1, GenRegistryKeys.Key));

    /// <summary>
    /// Any pull whose documents are valid, whatever they say. Most images have a mirror, and most keys speak for one of its
    /// endpoints, so that there is something to choose and something to choose wrongly.
    /// </summary>
    public static readonly Gen<PullDocuments> Any =
        from image in ImageName
        from registries in Gen.Frequency(
            (6, Laws.Documents.Registries.For(image)), (1, Laws.Documents.Registries.Valid.Array[1, 2]))
        let endpoints = NaiveSources.Of(registries, image).Where(NaiveReferenceName.IsCanonical).ToArray()
        from secrets in Gen.Frequency((1, Secret(KeyFor(endpoints)).Array[0, 1]), (6, Secret(KeyFor(endpoints)).Array[1, 4]))
        from global in Gen.Select(Gen.Int[0, 3], Entries(KeyFor(endpoints), AuthEntries.Any), Helpers(endpoints))
        from salt in Gen.UInt[0, 0xFFF_FFFF]
        from pieceBytes in Gen.Int[1, 300]
        select Written(image, registries, secrets, global, salt, pieceBytes);

    /// <summary>The entries of a Secret (0 the global file) by the mark that is in all that they hold.</summary>
    public static IEnumerable<(string Mark, int Source)> MarksIn(string text, string salt)
    {
        for (var at = text.IndexOf(salt, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(salt, at + 1, StringComparison.Ordinal))
        {
            yield return (text.Substring(at, 12), int.Parse(text.AsSpan(at + 8, 2), CultureInfo.InvariantCulture));
        }
    }

    /// <summary>All of it, for the report of a pull that breaks a law.</summary>
    public override string ToString() =>
        $"{Image}, pieces of {PieceBytes}\n{string.Join("\n---\n", Registries.Select(file => file.Text))}\n"
        + $"{string.Join('\n', Secrets.Select(secret => $"{secret.Name} {secret.CreatedAt} {secret.Json}"))}\nglobal {Global}";

    private static Gen<(string Key, Func<string, string> Entry)[]> Entries(Gen<string> key, Gen<Func<string, string>> entry) =>
        Gen.Select(key, entry, (name, value) => (name, value)).Array[0, 5];

    private static Gen<(long Created, int Form, (string Key, Func<string, string> Entry)[] Entries, bool IsShared)> Secret(
        Gen<string> key) =>
        Gen.Select(Gen.Long[0, 1], Gen.Int[0, 9], Entries(key, AuthEntries.AnyValue), Gen.Frequency(
            (2, Gen.Const(false)), (1, Gen.Const(true))));

    /// <summary>A key of a registry, mostly one that speaks for one of the endpoints.</summary>
    public static Gen<string> KeyFor(string[] endpoints) => endpoints.Length == 0 ? Key : Gen.Frequency(
        (1, Key),
        (3, Gen.Select(Gen.OneOf(endpoints), Gen.Int[0, 4], Gen.Int[0, 9])
            .Select((endpoint, segments, form) => KeyOf(endpoint, segments, form))));

    /// <summary>The host and so many segments of the path, as people and tools write them.</summary>
    private static string KeyOf(string endpoint, int segments, int form)
    {
        var parts = endpoint.Split('/');
        var key = string.Join('/', parts.Take(1 + Math.Max(0, segments - 1)));
        return form switch
        {
            0 => $"https://{key}",
            1 => $"{key}/",
            2 => $"https://{key}/v1/",
            3 => key.ToUpperInvariant()[..parts[0].Length] + key[parts[0].Length..],
            4 when key.Contains('.', StringComparison.Ordinal) => "*" + key[key.IndexOf('.', StringComparison.Ordinal)..],
            5 when !key.StartsWith('[') => "?" + key[1..],
            _ => key,
        };
    }

    private static Gen<string> Helpers(string[] endpoints)
    {
        var hosts = endpoints.Select(endpoint => endpoint.Split('/')[0]).DefaultIfEmpty("a.b").ToArray();
        return Gen.Frequency(
            (4, Gen.Const("")),
            (1, Gen.OneOf(",\"credHelpers\":{\"reg.example.com\":\"x\",\"a.b\":\"y\"}", ",\"credHelpers\":null")),
            (2, Gen.OneOf(hosts).Select(host => $",\"credHelpers\":{{\"{host}\":\"x\"}}")));
    }

    private static PullDocuments Written(
        string image, RegistriesConf[] registries,
        (long Created, int Form, (string Key, Func<string, string> Entry)[] Entries, bool IsShared)[] secrets,
        (int Form, (string Key, Func<string, string> Entry)[] Entries, string Helpers) global, uint salt, int pieceBytes)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"Z{salt:x7}");
        var offered = secrets.Select((secret, i) => new OfferedSecret(
            $"{(secret.IsShared ? "platform/" : "")}s{(i * 7) % 4}", secret.Created, secret.Form == 0,
            Document(secret.Form, secret.Entries, $"{mark}{i + 1:d2}"))
        {
            SharedPlace = secret.IsShared ? i : null,
        }).ToArray();
        var file = global.Form == 0 ? null : Document(1, global.Entries, $"{mark}00")[..^1] + global.Helpers + "}";
        // A long value in pieces of a byte takes a while, and shows no more than a short one.
        var isLong = offered.Any(secret => secret.Json.Length > 4000);
        return new PullDocuments(image, registries, offered, file, mark, isLong ? 16 * pieceBytes : pieceBytes);
    }

    /// <summary>Written as text, so that names may be repeated.</summary>
    private static string Document(int form, (string Key, Func<string, string> Entry)[] entries, string mark)
    {
        var members = entries.Select((entry, i) =>
            $"\"{(form == 5 ? entry.Key.Replace("/", "\\/", StringComparison.Ordinal) : entry.Key)}\":"
                + $"{entry.Entry($"{mark}{i:d2}")}").ToArray();
        return form switch
        {
            0 => $"{{{string.Join(',', members)}}}",
            2 => $"{{\"Auths\":{{{string.Join(", ", members)}}}}}",
            3 => $"{{\"x\":[{{}}],\"auths\":{{{string.Join(',', members.Take(2))}}},"
                + $"\"auths\":{{{string.Join(',', members.Skip(2))}}}}}",
            4 => $"{{\"auths\":{{{string.Join(',', members.Take(2))}}},\"AUTHS\":null,"
                + $"\"auths\":{{{string.Join(",\n", members.Skip(2))}}}}}",
            _ => $"{{\"auths\":{{{string.Join(',', members)}}}}}",
        };
    }
}
