using System.Text;
using System.Text.Json;

namespace FastProvider.Tests.ApiServer;

/// <summary>The value of one key in a Docker configuration document. A null member is absent from the document.</summary>
public sealed record RegistryEntry
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    public string? Email { get; init; }

    /// <summary>Written as it stands, so that a test can give one that does not decode.</summary>
    public string? Auth { get; init; }

    public string? IdentityToken { get; init; }

    /// <summary>Only <c>auth</c>, as padded standard base64 of <c>user:password</c>.</summary>
    public static RegistryEntry Basic(string username, string password) => new() { Auth = Encode(username, password) };

    /// <summary>Everything that kubectl writes: username, password, email and auth.</summary>
    public static RegistryEntry Kubectl(string username, string password, string email) =>
        new() { Username = username, Password = password, Email = email, Auth = Encode(username, password) };

    /// <summary>Padded standard base64 of <c>user:password</c>.</summary>
    public static string Encode(string username, string password) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));

    internal string ToJson()
    {
        (string Name, string? Value)[] members =
        [
            ("username", Username), ("password", Password), ("email", Email), ("auth", Auth), ("identitytoken", IdentityToken),
        ];
        return "{" + string.Join(',', members.Where(m => m.Value is not null)
            .Select(m => $"\"{m.Name}\":{JsonSerializer.Serialize(m.Value)}")) + "}";
    }
}
