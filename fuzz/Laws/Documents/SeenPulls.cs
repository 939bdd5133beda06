using System.Collections.Concurrent;
using FastProvider.Fuzz.Laws.Models;
using FastProvider.Tests.Mirrors;
using FastProvider.Tests.Secrets;
using Xunit.Abstractions;

namespace FastProvider.Fuzz.Laws.Documents;

/// <summary>
/// What there was to decide in the pulls that a law was tried with. A law that hardly met a case says nothing about it, so it
/// fails.
/// </summary>
internal sealed class SeenPulls
{
    private const int LongBytes = 4096;

    private readonly ConcurrentDictionary<string, int> _counts = new(
        Cases.Concat(Most).Select(name => KeyValuePair.Create(name, 0)));
    private int _pulls;

    private static IEnumerable<string> Most => ["mirrored", "served by a Secret"];

    private static IEnumerable<string> Cases =>
    [
        "not mirrored", "three endpoints or more", "served by a Secret, but not at the first endpoint",
        "served by a Secret and by the global file",
        "served by the global file alone", "with a helper of the global file", "with a value of more than 4 KB in base64",
        "decided by the path", "decided by globs", "decided by the namespace", "decided by age", "decided by the name",
        "decided by the spelling",
    ];

    public void Add(PullDocuments documents)
    {
        Interlocked.Increment(ref _pulls);
        var sources = NaiveSources.Of(documents.Registries, documents.Image);
        var endpoints = sources is [var only] && only == NaiveReferenceName.Normalize(documents.Image)
            ? [] : sources.Where(NaiveReferenceName.IsCanonical).ToArray();
        Count("mirrored", endpoints.Length > 0);
        Count("not mirrored", endpoints.Length == 0);
        Count("three endpoints or more", endpoints.Length > 2);
        var ofSecrets = endpoints.Select(endpoint =>
            NaiveChoice.Candidates(endpoint, documents.Secrets).Take(2).ToArray()).ToArray();
        var isByGlobal = endpoints.Select(endpoint =>
            documents.Global is { } global
                && NaiveChoice.For(endpoint, [new OfferedSecret("", 0, false, global)]) != "-").ToArray();
        var isBySecret = ofSecrets.Select(candidates => candidates.Length > 0).ToArray();
        Count("served by a Secret", isBySecret.Any(by => by));
        Count("served by a Secret, but not at the first endpoint", isBySecret.Any(by => by) && !isBySecret[0]);
        Count(
            "served by a Secret and by the global file",
            isBySecret.Any(by => by) && isBySecret.Zip(isByGlobal).Any(by => !by.First && by.Second));
        Count("served by the global file alone", !isBySecret.Any(by => by) && isByGlobal.Any(by => by));
        Count("with a helper of the global file", endpoints.Any(endpoint =>
            documents.Global?.Contains($"{{\"{endpoint.Split('/')[0]}\":\"x\"", StringComparison.Ordinal) is true));
        Count(
            "with a value of more than 4 KB in base64", documents.Secrets.Any(secret => secret.Json.Length > LongBytes * 3 / 4));
        foreach (var decided in ofSecrets.Where(candidates => candidates.Length == 2)
            .Select(two => DecidedBy(two[0], two[1])).Distinct())
        {
            Count($"decided by {decided}", true);
        }
    }

    /// <summary>Most pulls had a mirror and a Secret for it, and each case was there once in fifty.</summary>
    public void AreEnough(ITestOutputHelper output)
    {
        output.WriteLine(
            $"{_pulls} pulls: "
                + $"{string.Join(", ", _counts.OrderBy(count => count.Key).Select(count => $"{count.Value} {count.Key}"))}");
        Assert.All(Most, name => Assert.True(_counts[name] > _pulls / 2, $"Of {_pulls} pulls {_counts[name]} were {name}."));
        Assert.All(Cases, name => Assert.True(_counts[name] >= _pulls / 50, $"Of {_pulls} pulls {_counts[name]} were {name}."));
    }

    private static string DecidedBy(Candidate best, Candidate next) =>
        best.PathLength != next.PathLength ? "the path"
        : NaiveRegistryKey.Globs(best.Key) != NaiveRegistryKey.Globs(next.Key) ? "globs"
        : best.Secret.SharedPlace is null != (next.Secret.SharedPlace is null) ? "the namespace"
        : best.Secret.Precedence != next.Secret.Precedence ? "age"
        : best.Secret.Name != next.Secret.Name ? "the name"
        : "the spelling";

    private void Count(string name, bool isSo) => _counts.AddOrUpdate(name, 0, (_, count) => count + (isSo ? 1 : 0));
}
