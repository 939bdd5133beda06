using System.Text.Json;

namespace FastProvider.Tests.EndToEnd;

/// <summary>
/// A CredentialProviderResponse, decoded as strictly as the kubelet's codec does it (strict serializer, exact group version).
/// </summary>
internal sealed record StrictResponse(
    string CacheKeyType, string? CacheDuration, IReadOnlyDictionary<string, (string Username, string Password)> Auth)
{
    private static readonly string[] CacheKeyTypes = ["Image", "Registry", "Global"];

    /// <summary>Takes exactly one JSON object: no unknown, duplicate or otherwise spelled field, no text around it.</summary>
    public static StrictResponse Decode(byte[] stdout)
    {
        using var json = JsonDocument.Parse(stdout, new JsonDocumentOptions { AllowDuplicateProperties = false });
        var fields = json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        Assert.Empty(fields.Keys.Except(["kind", "apiVersion", "cacheKeyType", "cacheDuration", "auth"]));
        Assert.Equal("CredentialProviderResponse", fields["kind"].GetString());
        Assert.Equal("credentialprovider.kubelet.k8s.io/v1", fields["apiVersion"].GetString());
        var cacheKeyType = fields["cacheKeyType"].GetString()!;
        Assert.Contains(cacheKeyType, CacheKeyTypes);
        var duration = fields.TryGetValue("cacheDuration", out var given) ? given.GetString() : null;
        return new StrictResponse(cacheKeyType, duration, DecodeAuth(fields));
    }

    /// <summary>The answer for which nothing is kept in the kubelet and no credential is claimed.</summary>
    public void IsEmpty()
    {
        Assert.Equal("0s", CacheDuration);
        Assert.Empty(Auth);
    }

    /// <summary>The answer when a Secret's credential was written: the image alone, no username, no password.</summary>
    public void ClaimsPrivate(string image)
    {
        Assert.Equal("0s", CacheDuration);
        Assert.Equal("Image", CacheKeyType);
        Assert.Equal(new KeyValuePair<string, (string, string)>(image, ("", "")), Assert.Single(Auth));
    }

    private static Dictionary<string, (string, string)> DecodeAuth(Dictionary<string, JsonElement> fields)
    {
        var auth = new Dictionary<string, (string, string)>();
        if (fields.TryGetValue("auth", out var entries) && entries.ValueKind != JsonValueKind.Null)
        {
            foreach (var entry in entries.EnumerateObject())
            {
                Assert.Empty(entry.Value.EnumerateObject().Select(p => p.Name).Except(["username", "password"]));
                auth.Add(
                    entry.Name,
                    (entry.Value.GetProperty("username").GetString()!, entry.Value.GetProperty("password").GetString()!));
            }
        }

        return auth;
    }
}
