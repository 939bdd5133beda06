using FastProvider.Tests.Secrets;

namespace FastProvider.Tests.AuthFile;

/// <summary>
/// What CRI-O's library finds in an auth file for a repository, modelled (container-libs, image/pkg/docker/config: findCredentialsInFile,
/// decodeDockerAuth): a credential helper of the host first; else the repository, its parents and its host, of which the first key that
/// exists decides; and of its entry only auth and identitytoken.
/// </summary>
internal static class CrioLookup
{
    /// <returns><c>user:password|identitytoken</c>, <c>helper NAME</c>, <c>nothing</c> of an entry that decides and holds none, or <c>-</c>.</returns>
    public static string Find(byte[] authFile, string repository)
    {
        var file = GoAuths.Read(authFile);
        Assert.True(file is { HasWrongType: false }, "CRI-O would refuse the file as a whole.");
        if (file.Helpers.TryGetValue(repository.Split('/')[0], out var helper))
        {
            return $"helper {helper}";
        }

        for (var key = repository; ; key = key[..key.LastIndexOf('/')])
        {
            if (file.Entries.TryGetValue(key, out var entry))
            {
                return Decode(entry);
            }

            if (!key.Contains('/', StringComparison.Ordinal))
            {
                return "-";
            }
        }
    }

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
