using System.Text;
using FastProvider.Secrets;

namespace FastProvider.Tests.Secrets;

/// <summary>Reads auth documents for a few endpoints and says what each of them got, as text that a test can compare.</summary>
internal sealed class AuthDocuments : IDisposable
{
    private readonly EndpointCredential[] _endpoints;
    private readonly AuthDocument _document;

    public AuthDocuments(params IEnumerable<string> repositories)
    {
        _endpoints = [.. repositories.Select(r => new EndpointCredential(Encoding.UTF8.GetBytes(r)))];
        _document = new AuthDocument(_endpoints, Warnings);
    }

    public SecretNotices Warnings { get; } = new();

    public EndpointCredential[] Endpoints => _endpoints;

    public AuthDocument Document => _document;

    /// <summary>What each endpoint has by now, in their order.</summary>
    public string[] Found => [.. _endpoints.Select(Describe)];

    /// <summary>Reads the document of a Secret.</summary>
    /// <returns>What is wrong with the document, or null.</returns>
    public string? Read(string json, string secret = "secret", long createdAt = 0, bool isFlatMap = false) =>
        Read(Encoding.UTF8.GetBytes(json), secret, createdAt, isFlatMap);

    public string? Read(byte[] json, string secret = "secret", long createdAt = 0, bool isFlatMap = false) =>
        _document.Read(json, isFlatMap, new CredentialSource(Encoding.UTF8.GetBytes(secret), createdAt));

    public static string Describe(EndpointCredential endpoint) => !endpoint.IsFound ? "-"
        : Describe(
            Encoding.UTF8.GetString(endpoint.SecretName.Span), Encoding.UTF8.GetString(endpoint.Key.Span),
            Encoding.Latin1.GetString(endpoint.UserPassword), Encoding.UTF8.GetString(endpoint.IdentityToken));

    public static string Describe(string secret, string key, string userPassword, string identityToken) =>
        $"{secret} {key} {userPassword}" + (identityToken.Length > 0 ? $" token {identityToken}" : "");

    public void Dispose()
    {
        _document.Dispose();
        foreach (var endpoint in _endpoints)
        {
            endpoint.Dispose();
        }
    }
}
