using System.Text;
using FastProvider.Tests.AuthFile;

namespace FastProvider.Tests.Secrets;

/// <summary>One Secret as the choice sees it.</summary>
internal sealed record OfferedSecret(string Name, long CreatedAt, bool IsFlatMap, string Json)
{
    /// <summary>Which of the shared ones it is, from 0; null for one of the pod's own namespace.</summary>
    public int? SharedPlace { get; init; }

    /// <summary>The higher goes first, among those of the namespace and among shared ones.</summary>
    public long Precedence => SharedPlace is { } place ? -place : CreatedAt;
}

/// <summary>One key that speaks for an endpoint, with a credential.</summary>
internal sealed record Candidate(OfferedSecret Secret, string Key, int PathLength, string UserPassword, string Token);

/// <summary>
/// The choice of a credential once more, from its description, with a document model and one sort: the longer path, fewer
/// wildcards, the pod's own namespace, the newer (of shared ones the earlier named) Secret, the first name; inside a Secret the
/// key as CRI-O would look for it, then byte order. A Secret whose document is none has no entries.
/// </summary>
internal static class NaiveChoice
{
    public static string For(string repository, IEnumerable<OfferedSecret> secrets) => Candidates(repository, secrets)
        .Select(best => AuthDocuments.Describe(best.Secret.Name, best.Key, best.UserPassword, best.Token)).FirstOrDefault("-");

    /// <summary>All that could serve an endpoint, the best first.</summary>
    public static IEnumerable<Candidate> Candidates(string repository, IEnumerable<OfferedSecret> secrets) =>
        from secret in secrets
        from entry in Entries(secret)
        let length = NaiveRegistryKey.PathLength(entry.Key, repository)
        where length is not null
        let credential = Credential(entry.Value)
        where credential is not null
        orderby length descending, NaiveRegistryKey.Globs(entry.Key), secret.SharedPlace is not null,
            secret.Precedence descending, InBytes(secret.Name), IsPlain(entry.Key, repository) descending, InBytes(entry.Key)
        select new Candidate(secret, entry.Key, length.Value, credential.Value.UserPassword, credential.Value.Token);

    /// <summary>
    /// The choice in an auth file of the node, which goes by what CRI-O looks for: exact keys, the longer first, then keys of the
    /// whole host, and only then those that a Secret may hold, too.
    /// </summary>
    public static string ForNode(string repository, string json)
    {
        var candidates =
            from entry in Entries(new OfferedSecret("", 0, false, json))
            let length = NaiveRegistryKey.PathLength(entry.Key, repository)
            let fit = IsPlain(entry.Key, repository) ? 2 : CrioLookup.IsForHostOf(entry.Key, repository) ? 1 : 0
            where fit > 0 || length is not null
            let credential = Credential(entry.Value)
            where credential is not null
            orderby fit descending, length ?? 0 descending, NaiveRegistryKey.Globs(entry.Key),
                IsPlain(entry.Key, repository) descending, InBytes(entry.Key)
            select AuthDocuments.Describe("", entry.Key, credential.Value.UserPassword, credential.Value.Token);
        return candidates.FirstOrDefault("-");
    }

    private static Dictionary<string, GoEntry> Entries(OfferedSecret secret) =>
        GoAuths.Read(Encoding.UTF8.GetBytes(secret.Json), secret.IsFlatMap)?.Entries ?? [];

    // Ordered as its bytes are, whatever the culture.
    private static string InBytes(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static bool IsPlain(string key, string repository) =>
        repository == key || repository.StartsWith(key + "/", StringComparison.Ordinal);

    private static (string UserPassword, string Token)? Credential(GoEntry entry)
    {
        if (!entry.IsObject || entry.HasWrongType)
        {
            return null;
        }

        var (auth, user, password, token) = (entry.Auth, entry.Username, entry.Password, entry.IdentityToken);
        string? pair;
        if (auth.Length > 0)
        {
            pair = GoBase64.Decode(auth, isPaddingFree: true);
        }
        else
        {
            // Latin-1 is how the bytes of a pair are compared.
            pair = user.Length + password.Length > 0 && !user.Contains(':', StringComparison.Ordinal)
                ? Encoding.Latin1.GetString(Encoding.UTF8.GetBytes($"{user}:{password}"))
                : null;
        }

        if (pair is not null
            && pair.Split(':', 2) is [var name, var secret]
            && secret.Trim('\0') is var trimmed
            && name.Length + trimmed.Length > 0)
        {
            return ($"{name}:{trimmed}", token);
        }

        var lone = auth.Length > 0 ? pair ?? "" : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(user));
        return token.Length > 0 ? (lone.Split(':')[0] + ":", token) : null;
    }
}
