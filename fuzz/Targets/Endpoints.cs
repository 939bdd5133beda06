using System.Text;
using FastProvider.Secrets;

namespace FastProvider.Fuzz.Targets;

/// <summary>The endpoints of a pull that has one of each kind, and what each of them got.</summary>
internal sealed class Endpoints : IDisposable
{
    public static readonly IReadOnlyList<string> Repositories =
        ["reg.example.com/team/app", "docker.io/library/x", "reg.example.com:5000/v1/a"];

    public Endpoints()
    {
        All = [.. Repositories.Select(repository => new EndpointCredential(Encoding.UTF8.GetBytes(repository)))];
        Document = new AuthDocument(All, Warnings);
    }

    public EndpointCredential[] All { get; }

    public SecretNotices Warnings { get; } = new();

    public AuthDocument Document { get; }

    public string Found => string.Join('\n', All.Select(Describe));

    public static string Expected(AuthModel model) => string.Join('\n', Repositories.Select(model.Best));

    public static string Describe(EndpointCredential endpoint) => !endpoint.IsFound ? "-"
        : Describe(
            Encoding.UTF8.GetString(endpoint.SecretName.Span), Encoding.UTF8.GetString(endpoint.Key.Span),
            Encoding.Latin1.GetString(endpoint.UserPassword), Encoding.Latin1.GetString(endpoint.IdentityToken));

    public static string Describe(string secret, string key, string userPassword, string identityToken) =>
        $"{secret} {key} {userPassword}{(identityToken.Length > 0 ? $" token {identityToken}" : "")}";

    public void Dispose()
    {
        Document.Dispose();
        foreach (var endpoint in All)
        {
            endpoint.Dispose();
        }
    }
}
