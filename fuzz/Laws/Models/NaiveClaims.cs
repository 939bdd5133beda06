using System.Text.Json;
using System.Text.RegularExpressions;

namespace FastProvider.Fuzz.Laws.Models;

/// <summary>
/// The claims of a ServiceAccount token once more, by a document model: of a repeated name the last counts as a whole, strings
/// may be null, objects and numbers may not.
/// </summary>
internal sealed partial record NaiveClaims(
    string Namespace, string ServiceAccount, string Pod, string PodUid, string Audiences, string Issuer, long ExpiresAt)
{
    /// <returns>The claims, or null for a payload that is none.</returns>
    /// <exception cref="InvalidOperationException">A claim is of another type, or a name or string is no Unicode.</exception>
    public static NaiveClaims? Read(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement.ValueKind is JsonValueKind.Object ? Of(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static NaiveClaims? Of(JsonElement root)
    {
        var claims = new NaiveClaims("", "", "", "", "", "", 0);
        foreach (var member in root.EnumerateObject())
        {
            claims = member.Name switch
            {
                "iss" => claims with { Issuer = member.Value.GetString() ?? "" },
                "exp" => claims with
                {
                    ExpiresAt = member.Value.TryGetInt64(out var whole) ? whole
                        : member.Value.TryGetDouble(out var real) ? (long)real
                        : 0,
                },
                "aud" => claims with { Audiences = AudiencesOf(member.Value) },
                "kubernetes.io" =>
                    Bound(member.Value, claims with { Namespace = "", ServiceAccount = "", Pod = "", PodUid = "" }),
                _ => claims,
            };
        }

        return Label().IsMatch(claims.Namespace) ? claims : null;
    }

    private static NaiveClaims Bound(JsonElement bound, NaiveClaims claims)
    {
        foreach (var member in bound.EnumerateObject())
        {
            claims = member.Name switch
            {
                "namespace" => claims with { Namespace = member.Value.GetString() ?? "" },
                "serviceaccount" => claims with { ServiceAccount = StringIn(member.Value, "name") },
                "pod" => claims with { Pod = StringIn(member.Value, "name"), PodUid = StringIn(member.Value, "uid") },
                _ => claims,
            };
        }

        return claims;
    }

    private static string StringIn(JsonElement element, string name)
    {
        var value = "";
        foreach (var member in element.EnumerateObject())
        {
            value = member.Name == name ? member.Value.GetString() ?? "" : value;
        }

        return value;
    }

    private static string AudiencesOf(JsonElement audiences) => audiences.ValueKind is not JsonValueKind.Array
        ? audiences.GetString() ?? ""
        : audiences.EnumerateArray().Aggregate("", (joined, next) => joined + (joined.Length > 0 ? "," : "") + next.GetString());

    [GeneratedRegex(@"\A[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?\z")]
    private static partial Regex Label();
}
