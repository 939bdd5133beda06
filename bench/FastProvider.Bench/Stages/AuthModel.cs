using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FastProvider.Bench.Stages;

/// <summary>
/// A dockerconfigjson as one would model it, and the usual look-up: the longest key that is a parent of the repository.
/// </summary>
internal sealed class AuthModel
{
    [JsonPropertyName("auths")]
    public Dictionary<string, Entry> Auths { get; set; } = [];

    public static AuthModel Read(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<AuthModel>(json)!;

    /// <returns>Decoded <c>user:password</c>, or null.</returns>
    public string? Find(string repository)
    {
        Entry? best = null;
        var bestLength = -1;
        foreach (var (key, entry) in Auths)
        {
            var name = Normalise(key);
            if (name.Length > bestLength && Speaks(name, repository))
            {
                (best, bestLength) = (entry, name.Length);
            }
        }

        return best is null ? null : Encoding.UTF8.GetString(Convert.FromBase64String(best.Auth!));
    }

    public static bool Speaks(string name, string repository) =>
        repository.StartsWith(name, StringComparison.Ordinal)
            && (repository.Length == name.Length || repository[name.Length] == '/');

    public static string Normalise(string key) => key
        .Replace("https://", "", StringComparison.OrdinalIgnoreCase).Replace("http://", "", StringComparison.OrdinalIgnoreCase)
        .TrimEnd('/');

    internal sealed class Entry
    {
        [JsonPropertyName("auth")]
        public string? Auth { get; set; }

        [JsonPropertyName("username")]
        public string? Username { get; set; }

        [JsonPropertyName("password")]
        public string? Password { get; set; }

        [JsonPropertyName("identitytoken")]
        public string? IdentityToken { get; set; }
    }
}
