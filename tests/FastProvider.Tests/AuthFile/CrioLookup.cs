using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.AuthFile;

/// <summary>
/// What CRI-O's library finds in an auth file for a repository, modelled: a credential helper of the host first; else the
/// repository, its parents and its host, of which the first key that exists decides; and of its entry only auth and identitytoken.
/// </summary>
internal static class CrioLookup
{
    public static string Find(byte[] authFile, string repository)
    {
        using var document = JsonDocument.Parse(authFile);
        var host = repository.Split('/')[0];
        if (document.RootElement.TryGetProperty("credHelpers", out var helpers) && helpers.TryGetProperty(host, out var helper))
        {
            return $"helper {helper.GetString()}";
        }

        var auths = document.RootElement.GetProperty("auths");
        for (var key = repository; ; key = key[..key.LastIndexOf('/')])
        {
            if (auths.TryGetProperty(key, out var entry))
            {
                return Decode(entry);
            }

            if (!key.Contains('/', StringComparison.Ordinal))
            {
                return "-";
            }
        }
    }

    private static string Decode(JsonElement entry)
    {
        // Strict: padded, and no white space.
        var auth = entry.GetProperty("auth").GetString()!;
        var pair = Encoding.Latin1.GetString(Convert.FromBase64String(auth));
        Assert.Equal(auth, Convert.ToBase64String(Encoding.Latin1.GetBytes(pair)));
        var token = entry.TryGetProperty("identitytoken", out var value) ? value.GetString()! : "";
        return pair.Contains(':', StringComparison.Ordinal) ? pair + "|" + token : "nothing";
    }
}
