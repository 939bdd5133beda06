using System.Text;
using System.Text.Json;

namespace FastProvider.Fuzz.Targets;

/// <summary>One value of an auths map, read by the description.</summary>
/// <param name="UserPassword">Each byte as a character; null if there is no credential in the entry.</param>
/// <param name="IdentityToken">Or empty.</param>
/// <param name="IsUnsure">See <see cref="AuthModel.IsUnsure"/>.</param>
internal readonly record struct AuthEntryModel(string? UserPassword, string IdentityToken, bool IsUnsure)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    public static AuthEntryModel Read(JsonElement entry)
    {
        if (entry.ValueKind is not JsonValueKind.Object
            || Field(entry, "auth") is not { } auth || Field(entry, "username") is not { } username
            || Field(entry, "password") is not { } password || Field(entry, "identitytoken") is not { } token)
        {
            return default;
        }

        var isUnsure = false;
        var pair = auth.Length > 0 ? Decode(auth, out isUnsure) : $"{username}:{password}";
        isUnsure |= pair?.Contains('\0', StringComparison.Ordinal) is true;
        var isGood = auth.Length > 0
            ? pair is { Length: > 1 } && pair.Contains(':', StringComparison.Ordinal)
            : username.Length + password.Length > 0 && !username.Contains(':', StringComparison.Ordinal);
        if (isGood)
        {
            return new AuthEntryModel(pair, token, isUnsure);
        }

        var user = auth.Length > 0 ? pair ?? "" : username;
        return token.Length > 0
            ? new AuthEntryModel($"{user.Split(':')[0]}:", token, isUnsure)
            : default(AuthEntryModel) with { IsUnsure = isUnsure };
    }

    /// <summary>The bytes of the text, each as a character; empty if it is absent or null, null if it is no string.</summary>
    private static string? Field(JsonElement entry, string name) =>
        !entry.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null ? ""
        : value.ValueKind is JsonValueKind.String ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value.GetString()!))
        : null;

    /// <summary>Standard base64, padded or not, over several lines or not.</summary>
    private static string? Decode(string auth, out bool isUnsure)
    {
        isUnsure = false;
        var digits = auth.Replace("\r", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal).TrimEnd('=');
        if (digits.Length % 4 == 1 || !digits.All(Alphabet.Contains))
        {
            return null;
        }

        var bytes = new StringBuilder();
        int bits = 0, count = 0;
        foreach (var digit in digits)
        {
            bits = (bits << 6) | Alphabet.IndexOf(digit, StringComparison.Ordinal);
            count += 6;
            if (count >= 8)
            {
                count -= 8;
                bytes.Append((char)(bits >> count));
                bits &= (1 << count) - 1;
            }
        }

        isUnsure = bits != 0;
        return bytes.ToString();
    }
}
