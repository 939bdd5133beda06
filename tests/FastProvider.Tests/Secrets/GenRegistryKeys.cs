using CsCheck;

namespace FastProvider.Tests.Secrets;

/// <summary>Repositories and keys from few words, so that they often meet.</summary>
internal static class GenRegistryKeys
{
    private static readonly Gen<string> Host = Gen.OneOf(
        "docker.io", "index.docker.io", "registry-1.docker.io", "reg.example.com", "a.b", "ab.b", "localhost", "[::1]");

    private static readonly Gen<string> Port = Gen.Frequency((3, Gen.Const("")), (1, Gen.OneOf(":5000", ":50")));

    private static readonly Gen<string> Segment = Gen.OneOf("v1", "v2", "a", "ab", "team", "team-b");

    private static readonly Gen<string> HostGlob = Gen.OneOf(
        Host,
        Gen.OneOf(
            "*.example.com", "reg.*.com", "*.*", "?.b", "*b.b", "a*.b", "*", "**.b", "*.docker.io", "REG.example.COM", "*.b?", "",
            "reg"));

    /// <summary>A full repository name.</summary>
    public static readonly Gen<string> Repository =
        Gen.Select(Host, Port, Segment.Array[1, 3]).Select((host, port, path) => $"{host}{port}/{string.Join('/', path)}");

    /// <summary>Keys as people and tools write them, and some that nobody would.</summary>
    public static readonly Gen<string> Key = Gen.Select(
        Gen.OneOf("", "", "https://", "http://", "HTTPS://", "https://u@", "u:p@"), HostGlob, Port, Segment.Array[0, 3],
        Gen.OneOf("", "", "/", "//", "/?x", "#y"))
        .Select((scheme, host, port, path, end) => scheme + host + port + string.Concat(path.Select(p => "/" + p)) + end);
}
