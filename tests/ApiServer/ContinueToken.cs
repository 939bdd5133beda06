using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>
/// The <c>continue</c> value of a page: base64url of version, resourceVersion and the last key (recorded in list-limit1-page1).
/// </summary>
internal static class ContinueToken
{
    public static string Write(int resourceVersion, string lastName) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            $$"""{"v":"meta.k8s.io/v1","rv":{{resourceVersion}},"start":"/{{lastName}}\u0000"}"""));

    /// <summary>The name after which the next page starts; the empty string for the first page.</summary>
    public static string Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return "";
        }

        using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(token));
        return json.RootElement.GetProperty("start").GetString()!.Trim('/', '\0');
    }
}
