using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Fuzz.Laws.Models;
using FastProvider.Tests.AuthFile;
using FastProvider.Tests.Mirrors;
using FastProvider.Tests.Secrets;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Law 2: what CRI-O's library finds in the auth file for each endpoint is exactly the credential that was chosen, and where no
/// file is written, what it finds in the node's global file. What is chosen is what a naive model chooses from the same
/// documents.
/// </summary>
public sealed class CrioFindsWhatWeChose(ITestOutputHelper output)
{
    [Fact]
    public void For_each_endpoint_of_any_pull()
    {
        int files = 0, without = 0, helpers = 0;
        var pulls = new SeenPulls();
        PullDocuments.Any.Holds(output, 2500, documents =>
        {
            pulls.Add(documents);
            var pull = DecidedPull.Of(documents);
            Assert.Null(pull.Failure);
            Assert.Equal(Expected(documents), pull.Endpoints.Select(endpoint => (endpoint.Repository, endpoint.Chosen)));
            if (pull.File is not null)
            {
                Interlocked.Increment(ref files);
                Interlocked.Add(
                    ref helpers, Encoding.UTF8.GetString(pull.File).Contains("credHelpers", StringComparison.Ordinal) ? 1 : 0);
                var secretHosts = pull.Endpoints.Where(endpoint => endpoint.IsFromSecret)
                    .Select(endpoint => Host(endpoint.Repository)).ToHashSet();
                Assert.All(pull.Endpoints, endpoint =>
                    Finds(secretHosts.Contains(Host(endpoint.Repository)) ? null : documents.Global, endpoint, pull.File));
                IsStrictJson(pull.File);
            }
            else if (documents.Global is not null
                && GoAuths.Read(Encoding.UTF8.GetBytes(documents.Global)) is { HasWrongType: false })
            {
                Interlocked.Add(ref without, pull.Endpoints.Count(endpoint => endpoint.Credential != "-"));
                Assert.All(pull.Endpoints.Where(endpoint => endpoint.Credential != "-"), endpoint =>
                    Assert.Contains(
                        endpoint.Credential, CrioLookup.FindAny(Encoding.UTF8.GetBytes(documents.Global), endpoint.Repository)));
            }
        });
        output.WriteLine($"{files} files, {helpers} with helpers, {without} credentials without");
        pulls.AreEnough(output);
        Assert.True(files > 1000 && helpers > 50 && without > 20,
            $"Only {files} files were written, {helpers} of them with helpers, and only {without} "
                + $"credentials left to the global one.");
    }

    /// <summary>
    /// The endpoints and what serves each, by the models; none if the pull goes to the image's own registry alone.
    /// </summary>
    internal static (string Repository, string Chosen)[] Expected(PullDocuments documents)
    {
        var sources = NaiveSources.Of(documents.Registries, documents.Image);
        return sources.Length == 0 || sources is [var only] && only == NaiveReferenceName.Normalize(documents.Image)
            ? []
            : Choices(documents, [.. sources.Where(NaiveReferenceName.IsCanonical)]);
    }

    /// <summary>A helper of the node answers for its host, unless a Secret serves the host.</summary>
    private static (string Repository, string Chosen)[] Choices(PullDocuments documents, string[] repositories)
    {
        var secrets = repositories.Select(repository =>
            (Repository: repository, Chosen: NaiveChoice.For(repository, documents.Secrets))).ToArray();
        if (documents.Global is null)
        {
            return secrets;
        }

        var served = secrets.Where(secret => secret.Chosen != "-").Select(secret => Host(secret.Repository)).ToHashSet();
        var helpers = GoAuths.Read(Encoding.UTF8.GetBytes(documents.Global))?.Helpers ?? [];
        return [.. secrets.Select(secret => (secret.Repository,
            secret.Chosen != "-" ? secret.Chosen
            : helpers.ContainsKey(Host(secret.Repository)) && !served.Contains(Host(secret.Repository)) ? "-"
            : NaiveChoice.ForNode(secret.Repository, documents.Global)))];
    }

    private static void Finds(string? global, DecidedEndpoint endpoint, byte[] file)
    {
        var helpers = global is null ? null : GoAuths.Read(Encoding.UTF8.GetBytes(global))?.Helpers;
        var expected = helpers is not null && helpers.TryGetValue(Host(endpoint.Repository), out var helper)
            ? $"helper {helper}"
            : endpoint.Credential;
        Assert.Equal(expected, CrioLookup.Find(file, endpoint.Repository));
    }

    /// <summary>Each name once, and nothing that its reader would not know.</summary>
    private static void IsStrictJson(byte[] file)
    {
        using var document = JsonDocument.Parse(file);
        var names = document.RootElement.GetProperty("auths").EnumerateObject().Select(member => member.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
        Assert.All(document.RootElement.EnumerateObject(), member =>
            Assert.Contains(member.Name, (string[])["auths", "credHelpers"]));
    }

    private static string Host(string repository) => repository.Split('/')[0];
}
