using System.Text;
using System.Text.Json;
using CsCheck;
using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Fuzz.Laws.Models;
using FastProvider.Tests.Mirrors;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws;

/// <summary>
/// Laws 1 and 5 where the kubelet's other credential providers are asked: a mirror that no Secret serves gets what a kubelet
/// would use of their answers, before the node's own files. Nothing else changes, and nothing else of their answers reaches the
/// disk or a line.
/// </summary>
public sealed class OtherProvidersServeWhatNoSecretDoes(ITestOutputHelper output)
{
    private static readonly Gen<(PullDocuments Documents, OtherProvider[] Others)> Any =
        from documents in PullDocuments.Any
        from others in OtherProvider.For(
            [.. NaiveSources.Of(documents.Registries, documents.Image).Where(NaiveReferenceName.IsCanonical)])
        select (documents, others);

    [Fact]
    public void In_any_pull()
    {
        int served = 0, beaten = 0, beforeFiles = 0, refused = 0, oneOfSome = 0;
        var pulls = new SeenPulls();
        Any.Holds(output, 2000, input =>
        {
            var (documents, others) = input;
            pulls.Add(documents);
            var without = DecidedPull.Of(documents);
            var pull = DecidedPull.Of(documents, others);
            Assert.Equal(without.Failure, pull.Failure);
            Assert.Equal(without.Endpoints.Select(e => e.Repository), pull.Endpoints.Select(e => e.Repository));
            HashSet<string> used = [];
            foreach (var (before, now) in without.Endpoints.Zip(pull.Endpoints))
            {
                var expected = now.Repository == documents.Image ? [] : OtherProvider.Expected(others, now.Repository);
                if (before.IsFromSecret || expected.Length == 0)
                {
                    // A helper of the node serves what CRI-O reads by itself, so it counts whether there is a file at all. Not by
                    // Assert.Equal: the report of a breach would show both.
                    var hasHelpers = documents.Global?.Contains("credHelpers", StringComparison.Ordinal) is true;
                    Assert.True(
                        (before.Credential, before.IsFromSecret) == (now.Credential, now.IsFromSecret)
                            || (hasHelpers && !before.IsFromSecret && !now.IsFromSecret
                                && !now.Credential.Contains(OtherProvider.Mark, StringComparison.Ordinal)),
                        $"{now.Repository} has another credential than without the other providers.");
                    Interlocked.Add(ref beaten, expected.Length > 0 ? 1 : 0);
                    Interlocked.Add(ref refused, before.Credential == "-" && others.Any(other => other.IsRefused) ? 1 : 0);
                }
                else
                {
                    var login = expected.FirstOrDefault(each => now.Credential == $"{each}|");
                    Assert.True(login is not null, $"{now.Repository} has not what a kubelet would use.");
                    used.Add(login);
                    Interlocked.Increment(ref served);
                    Interlocked.Add(ref beforeFiles, before.Credential == "-" ? 0 : 1);
                    Interlocked.Add(ref oneOfSome, others.Sum(other => other.Keys.Length) > 1 ? 1 : 0);
                }
            }

            // The source that CRI-O serves by its own files is not written, so not all that were used need be there.
            Assert.True(Logins(pull.File).All(used.Contains), "The auth file has a login of an answer that no endpoint needs.");
            Assert.False(
                $"{pull.Line}{Encoding.UTF8.GetString(pull.Answer)}".Contains(OtherProvider.Mark, StringComparison.Ordinal),
                "A user or password of an answer is in the line.");
        });
        output.WriteLine(
            $"{served} served ({beforeFiles} before the node's files, {oneOfSome} of several), {beaten} beaten,"
                + $" {refused} refused");
        pulls.AreEnough(output);
        Assert.All([served, beaten, beforeFiles, refused, oneOfSome], count => Assert.True(count > 40, $"Only {count}."));
    }

    private static IEnumerable<string> Logins(byte[]? file)
    {
        if (file is null)
        {
            return [];
        }

        using var document = JsonDocument.Parse(file);
        return [.. document.RootElement.GetProperty("auths").EnumerateObject()
            .Select(member => Encoding.UTF8.GetString(Convert.FromBase64String(member.Value.GetProperty("auth").GetString()!)))
            .Where(login => login.Contains(OtherProvider.Mark, StringComparison.Ordinal))];
    }
}
