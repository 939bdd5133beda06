using FastProvider.Tests.Secrets;

namespace FastProvider.Tests.AuthFile;

/// <summary>
/// What CRI-O's library finds in an auth file for a repository, modelled (container-libs, image/pkg/docker/config:
/// findCredentialsInFile, decodeDockerAuth): a credential helper of the host first; else the repository, its parents and its
/// host, of which the first key that exists decides; else any key that is one for the host in another spelling; and of its entry
/// only auth and identitytoken.
/// </summary>
internal static class CrioLookup
{
    /// <inheritdoc cref="FindAny"/>
    public static string Find(byte[] authFile, string repository) => Assert.Single(FindAny(authFile, repository));

    /// <summary>
    /// Whether a key is one for the whole host: with a scheme whatever follows the host, without one the host alone.
    /// </summary>
    public static bool IsForHostOf(string key, string repository)
    {
        var bare = key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        bare = bare.StartsWith("https://", StringComparison.Ordinal) ? bare[8..] : bare;
        return WithoutAlias(bare == key ? key : bare.Split('/')[0]) == WithoutAlias(repository.Split('/')[0]);
    }

    /// <returns>
    /// <c>user:password|identitytoken</c>, <c>helper NAME</c>, <c>nothing</c> of an entry that decides and holds none, or
    /// <c>-</c>; several where CRI-O takes any of them.
    /// </returns>
    public static string[] FindAny(byte[] authFile, string repository)
    {
        var file = GoAuths.Read(authFile);
        Assert.True(file is { HasWrongType: false }, "CRI-O would refuse the file as a whole.");
        if (file.Helpers.TryGetValue(repository.Split('/')[0], out var helper))
        {
            return [$"helper {helper}"];
        }

        for (var key = repository; ; key = key[..key.LastIndexOf('/')])
        {
            if (file.Entries.TryGetValue(key, out var entry))
            {
                return [Decode(entry)];
            }

            if (!key.Contains('/', StringComparison.Ordinal))
            {
                return [.. file.Entries.Where(other => IsForHostOf(other.Key, repository))
                    .Select(other => Decode(other.Value)).DefaultIfEmpty("-")];
            }
        }
    }

    private static string WithoutAlias(string host) => host is "docker.io" or "registry-1.docker.io" ? "index.docker.io" : host;

    private static string Decode(GoEntry entry)
    {
        var pair = GoBase64.Decode(entry.Auth);
        if (pair is null)
        {
            return "refused";
        }

        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "nothing" : $"{pair[..colon]}:{pair[(colon + 1)..].Trim('\0')}|{entry.IdentityToken}";
    }
}
