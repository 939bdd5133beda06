using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Tests.AuthFile;
using FastProvider.Tests.Secrets;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Law 1: a credential reaches the disk only if this pull's endpoints need it; never one of another host or path, never one that
/// lost, never any if no endpoint is served.
/// </summary>
public sealed class OnlyWhatTheEndpointsNeed(ITestOutputHelper output)
{
    [Fact]
    public void In_the_auth_file_of_any_pull()
    {
        var seen = 0;
        var pulls = new SeenPulls();
        PullDocuments.Any.Holds(output, 2500, documents =>
        {
            pulls.Add(documents);
            var pull = DecidedPull.Of(documents);
            var serves = pull.Endpoints.Any(endpoint => endpoint.Credential != "-");
            Assert.True(pull.File is null || serves, "A file was written that serves no endpoint.");
            foreach (var (repository, text) in Credentials(pull.File))
            {
                Assert.Contains(pull.Endpoints, endpoint => endpoint.Repository == repository);
                foreach (var (mark, source) in PullDocuments.MarksIn(text, documents.Salt))
                {
                    // The entry that holds the mark, by its number: of a Secret of the list, or of the global file.
                    var key = KeyOf(documents, mark, source);
                    Assert.True(
                        key is not null
                            && (NaiveRegistryKey.PathLength(key, repository) is not null
                                || (source == 0 && CrioLookup.IsForHostOf(key, repository))),
                        $"{repository} has the credential of {key}.");
                    Assert.True(
                        source > 0 || !pull.Endpoints.First(endpoint => endpoint.Repository == repository).IsFromSecret,
                        "The global file beat a Secret.");
                    Interlocked.Increment(ref seen);
                }
            }
        });
        output.WriteLine($"{seen} seen");
        pulls.AreEnough(output);
        Assert.True(seen > 1000, $"Only {seen} credentials were written, so little was looked at.");
    }

    [Fact]
    public void Nothing_of_the_answer_and_the_file_changes_with_Secrets_that_match_no_endpoint()
    {
        var changed = 0;
        var pulls = new SeenPulls();
        PullDocuments.Any.Holds(output, 800, documents =>
        {
            pulls.Add(documents);
            var pull = DecidedPull.Of(documents);
            var repositories = pull.Endpoints.Select(endpoint => endpoint.Repository).ToArray();
            OfferedSecret[] needed = [.. documents.Secrets.Where(secret =>
                GoAuths.Read(Encoding.UTF8.GetBytes(secret.Json), secret.IsFlatMap)?.Entries.Keys.Any(key =>
                    repositories.Any(r => NaiveRegistryKey.PathLength(key, r) is not null)) is true)];
            var again = DecidedPull.Of(documents with { Secrets = needed });
            Assert.Equal(pull.File, again.File);
            Assert.Equal(pull.Answer, again.Answer);
            Interlocked.Add(ref changed, documents.Secrets.Length - needed.Length);
        });
        output.WriteLine($"{changed} changed");
        pulls.AreEnough(output);
        Assert.True(changed > 100, $"Only {changed} Secrets were left out, so little was compared.");
    }

    private static IEnumerable<(string Repository, string Text)> Credentials(byte[]? file)
    {
        if (file is null)
        {
            yield break;
        }

        using var document = JsonDocument.Parse(file);
        foreach (var member in document.RootElement.GetProperty("auths").EnumerateObject())
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(member.Value.GetProperty("auth").GetString()!));
            yield return (member.Name, pair + (member.Value.TryGetProperty("identitytoken", out var token) ? $" {token}" : ""));
        }
    }

    private static string? KeyOf(PullDocuments documents, string mark, int source)
    {
        var (json, isFlatMap) = source == 0
            ? (documents.Global!, false)
            : (documents.Secrets[source - 1].Json, documents.Secrets[source - 1].IsFlatMap);
        return GoAuths.Read(Encoding.UTF8.GetBytes(json), isFlatMap)!.Entries.FirstOrDefault(entry =>
            entry.Value.Username.Contains(mark, StringComparison.Ordinal)
            || entry.Value.Password.Contains(mark, StringComparison.Ordinal)
            || entry.Value.IdentityToken.Contains(mark, StringComparison.Ordinal)
            || (GoBase64.Decode(entry.Value.Auth, isPaddingFree: true)?.Contains(mark, StringComparison.Ordinal) ?? false)).Key;
    }
}
