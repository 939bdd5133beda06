using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.AuthFile;
using FastProvider.Native;
using FastProvider.Secrets;
using FastProvider.Tests.Secrets;

namespace FastProvider.Tests.AuthFile;

public sealed class AuthFileContentTests
{
    private static readonly Gen<string> Word = Gen.String[
        Gen.OneOf(
            Gen.Char["\"\\/+=: \t\n\r\u0001\u001f\u007f\u2028<>&'\u00e9"], Gen.Char['a', 'z'],
            Gen.Char['\u0080', '\uD7FF']), 1, 30];

    [Fact]
    public void Without_credentials_it_is_an_empty_map() => Assert.Equal("""{"auths":{}}""", Write([]));

    [Fact]
    public void One_key_for_each_endpoint_that_has_a_credential_and_each_key_once()
    {
        using var documents = new AuthDocuments("a.example.com/x", "b.example.com/x", "a.example.com/x", "a.example.com/x/y");
        Assert.Null(documents.Read(
            """{"auths":{"a.example.com":{"auth":"dXNlcjpwYXNz"},"c.example.com":{"auth":"b3RoZXI6b3RoZXI="}}}"""));

        Assert.Equal(
            """{"auths":{"a.example.com/x":{"auth":"dXNlcjpwYXNz"},"a.example.com/x/y":{"auth":"dXNlcjpwYXNz"}}}""",
            Write(documents.Endpoints));
    }

    /// <summary>In time that grows with their number, not with its square: a registry may have any number of mirrors.</summary>
    [Fact]
    public void Each_key_stands_once_among_very_many()
    {
        const int names = 50_000;
        var repositories = Enumerable.Range(0, 2 * names).Select(n => $"m{n % names}.example.com/x").ToArray();
        using var documents = new AuthDocuments(repositories);
        Assert.Null(documents.Read("""{"auths":{"*.example.com":{"auth":"dXNlcjpwYXNz"}}}"""));

        using var written = JsonDocument.Parse(Write(documents.Endpoints));

        Assert.Equal(
            repositories[..names], written.RootElement.GetProperty("auths").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Helpers_stand_beside_the_entries() => Assert.Equal(
        """{"auths":{},"credHelpers":{"a.example.com":"ecr-login","b.example.com:5000":"x"}}""",
        Write(
            [], new CredentialHelper("a.example.com"u8.ToArray(), "ecr-login"u8.ToArray()),
            new CredentialHelper("b.example.com:5000"u8.ToArray(), "x"u8.ToArray())));

    [Fact]
    public void Each_character_of_an_identity_token_that_JSON_escapes_is_escaped()
    {
        var token = string.Concat(Enumerable.Range(0, 0x30).Select(c => (char)c)) + "\\\u007F";
        using var documents = new AuthDocuments("a.example.com/x");
        Assert.Null(documents.Read(JsonSerializer.Serialize(new
        {
            auths = new Dictionary<string, object> { ["a.example.com"] = new { auth = "dXNlcjpwYXNz", identitytoken = token } },
        })));

        using var written = JsonDocument.Parse(Write(documents.Endpoints));

        var read = written.RootElement.GetProperty("auths").GetProperty("a.example.com/x").GetProperty("identitytoken")
            .GetString();
        Assert.True(token == read, "The file has another token.");
    }

    [Fact]
    public void CRI_O_finds_for_each_endpoint_exactly_the_credential_that_was_chosen()
    {
        var found = 0;
        var credential = Gen.Select(Word.Where(w => !w.Contains(':')), Word, Word, Gen.Int[0, 3]);
        Gen.Select(
            GenRegistryKeys.Repository.Array[1, 5],
            Gen.Select(GenRegistryKeys.Key, credential).Array[0, 8]).Sample((repositories, entries) =>
        {
            using var documents = new AuthDocuments(repositories);
            foreach (var (key, (user, password, token, form)) in entries)
            {
                var auth = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
                object entry = form switch
                {
                    0 => new { auth },
                    1 => new { username = user, password },
                    2 => new { auth, identitytoken = token },
                    _ => new { username = user, identitytoken = token },
                };
                Assert.Null(documents.Read(
                    JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [key] = entry } }), "s"));
            }

            var file = Encoding.UTF8.GetBytes(Write(documents.Endpoints));
            foreach (var endpoint in documents.Endpoints)
            {
                var chosen = endpoint.IsFound
                    ? Encoding.Latin1.GetString(endpoint.UserPassword) + "|" + Encoding.UTF8.GetString(endpoint.IdentityToken)
                    : "-";
                Assert.True(
                    chosen == CrioLookup.Find(file, Encoding.UTF8.GetString(endpoint.Repository.Name.Span)),
                    "CRI-O finds something else.");
                Interlocked.Add(ref found, endpoint.IsFound ? 1 : 0);
            }

            using var written = JsonDocument.Parse(file);
            Assert.All(written.RootElement.GetProperty("auths").EnumerateObject(), member =>
                Assert.Contains(member.Name, repositories));
        }, iter: 5000);
        Assert.True(found > 500, $"Only {found} endpoints had a credential, so little was compared.");
    }

    private static string Write(EndpointCredential[] endpoints, params CredentialHelper[] helpers)
    {
        using var content = new SecretBuffer();
        AuthFileContent.Write(endpoints, helpers, content);
        return Encoding.UTF8.GetString(content.WrittenSpan);
    }
}
