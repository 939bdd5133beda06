using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.Secrets;

/// <summary>One Secret as the choice sees it.</summary>
internal sealed record OfferedSecret(string Name, long CreatedAt, bool IsFlatMap, string Json);

/// <summary>
/// The choice of a credential once more, from its description, with a document model and one sort: the longer path, fewer
/// wildcards, the newer Secret, the first name; inside a Secret the key as CRI-O would look for it, then byte order.
/// </summary>
internal static class NaiveChoice
{
    public static string For(string repository, IEnumerable<OfferedSecret> secrets)
    {
        var candidates =
            from secret in secrets
            from entry in Entries(secret)
            let length = NaiveRegistryKey.PathLength(entry.Key, repository)
            where length is not null
            let credential = Credential(entry.Value)
            where credential is not null
            orderby length descending, NaiveRegistryKey.Globs(entry.Key), secret.CreatedAt descending,
                InBytes(secret.Name), IsPlain(entry.Key, repository) descending, InBytes(entry.Key)
            select AuthDocuments.Describe(secret.Name, entry.Key, credential.Value.UserPassword, credential.Value.Token);
        return candidates.FirstOrDefault("-");
    }

    // JSON objects with a repeated name are none that a document model keeps in order: the generator writes none.
    private static Dictionary<string, JsonElement> Entries(OfferedSecret secret)
    {
        using var document = JsonDocument.Parse(secret.Json);
        var map = secret.IsFlatMap ? document.RootElement : document.RootElement.GetProperty("auths");
        return map.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone());
    }

    // Ordered as its bytes are, whatever the culture.
    private static string InBytes(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static bool IsPlain(string key, string repository) => repository == key || repository.StartsWith(key + "/", StringComparison.Ordinal);

    private static (string UserPassword, string Token)? Credential(JsonElement entry)
    {
        if (entry.ValueKind is not JsonValueKind.Object
            || entry.EnumerateObject().Any(m => m.Name != "email" && m.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)))
        {
            return null;
        }

        string Field(string name) => entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        var (auth, user, password, token) = (Field("auth"), Field("username"), Field("password"), Field("identitytoken"));
        string? pair;
        if (auth.Length > 0)
        {
            pair = Decode(auth);
        }
        else
        {
            pair = user.Length > 0 && !user.Contains(':', StringComparison.Ordinal) && password.Length > 0 ? $"{user}:{password}" : null;
        }

        var isGood = pair is not null && pair.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && colon < pair.Length - 1;
        if (isGood)
        {
            return (pair!, token);
        }

        var name = auth.Length > 0 ? pair ?? "" : user;
        return token.Length > 0 ? (name.Split(':')[0] + ":", token) : null;
    }

    private static string? Decode(string auth)
    {
        try
        {
            if (auth.Contains(' ', StringComparison.Ordinal))
            {
                return null;
            }

            var digits = auth.TrimEnd('=');
            return Encoding.Latin1.GetString(Convert.FromBase64String(digits.PadRight((digits.Length + 3) / 4 * 4, '=')));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
