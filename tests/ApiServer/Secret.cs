using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>One Secret as the API server keeps it: raw values, not yet base64.</summary>
/// <param name="Name">The object's name, a DNS subdomain.</param>
/// <param name="Type">Such as <c>kubernetes.io/dockerconfigjson</c>.</param>
/// <param name="Data">Key to raw bytes.</param>
public sealed record Secret(string Name, string Type, IReadOnlyDictionary<string, byte[]> Data)
{
    public const string DockerConfigJsonType = "kubernetes.io/dockerconfigjson";
    public const string DockerCfgType = "kubernetes.io/dockercfg";

    /// <summary>Second precision, as metav1.Time is written.</summary>
    public DateTimeOffset Created { get; init; } = new(2026, 11, 23, 2, 0, 26, TimeSpan.Zero);

    /// <summary>The object's UID; made from the name when not given, so that two runs serve the same bytes.</summary>
    public Guid? Uid { get; init; }

    public int ResourceVersion { get; init; } = 231;

    /// <summary>Labels, empty for none (the field is then absent).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>A Secret of <c>{"auths":{...}}</c> as <c>kubectl create secret docker-registry</c> makes it.</summary>
    public static Secret DockerConfigJson(string name, params (string Key, RegistryEntry Entry)[] entries) =>
        OfDocument(name, DockerConfigJsonType, ".dockerconfigjson", "{\"auths\":" + FlatMap(entries) + "}");

    /// <summary>The legacy type: the flat map without <c>auths</c>.</summary>
    public static Secret DockerCfg(string name, params (string Key, RegistryEntry Entry)[] entries) =>
        OfDocument(name, DockerCfgType, ".dockercfg", FlatMap(entries));

    /// <summary>
    /// Any text under the data key of the type <paramref name="type"/>: for documents that are broken on purpose.
    /// </summary>
    public static Secret OfDocument(string name, string type, string dataKey, string document) =>
        new(name, type, new Dictionary<string, byte[]> { [dataKey] = Encoding.UTF8.GetBytes(document) });

    public Secret CreatedAt(string rfc3339) =>
        this with { Created = DateTimeOffset.Parse(rfc3339, System.Globalization.CultureInfo.InvariantCulture) };

    private static string FlatMap((string Key, RegistryEntry Entry)[] entries) =>
        "{" + string.Join(',', entries.Select(e => JsonSerializer.Serialize(e.Key) + ":" + e.Entry.ToJson())) + "}";
}
