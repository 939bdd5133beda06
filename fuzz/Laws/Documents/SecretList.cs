using System.Globalization;
using System.Text;
using FastProvider.Tests.Secrets;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>Writes the answer to a LIST of Secrets of one type, as the API server does.</summary>
internal static class SecretList
{
    public static byte[] Of(IEnumerable<OfferedSecret> secrets, bool isFlatMap) => Encoding.UTF8.GetBytes(
        $"{{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"7\"}},"
            + $"\"items\":[{string.Join(',', Listed(secrets, isFlatMap).Select(Item))}]}}\n");

    /// <summary>The answer to a GET of one that is shared.</summary>
    public static byte[] Shared(OfferedSecret secret) => Encoding.UTF8.GetBytes(
        $"{{\"kind\":\"Secret\",{Item(secret with { Name = secret.Name.Split('/')[1] }, "platform")[1..]}");

    private static IEnumerable<OfferedSecret> Listed(IEnumerable<OfferedSecret> secrets, bool isFlatMap) =>
        secrets.Where(secret => secret.IsFlatMap == isFlatMap && secret.SharedPlace is null);

    private static string Item(OfferedSecret secret) => Item(secret, "team-a");

    private static string Item(OfferedSecret secret, string ns)
    {
        var (field, type) = secret.IsFlatMap
            ? (".dockercfg", "kubernetes.io/dockercfg")
            : (".dockerconfigjson", "kubernetes.io/dockerconfigjson");
        var created = DateTimeOffset.FromUnixTimeSeconds(secret.CreatedAt)
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return $$$"""{"metadata":{"name":"{{{secret.Name}}}","namespace":"{{{ns}}}","creationTimestamp":"{{{created}}}","managedFields":[{"name":"x"}]},"""
            + $$$"""  "data":{"{{{field}}}":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes(secret.Json))}}}"},"type":"{{{type}}}"}""";
    }
}
