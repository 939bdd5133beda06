using System.Text.RegularExpressions;

namespace FastProvider.Fuzz.Targets;

/// <summary>The rules of a registry key from their description, with strings and lists.</summary>
internal static partial class RegistryKeyModel
{
    private static readonly string[] DockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io"];

    /// <returns>How much of the repository's path the key names, or null if it does not speak for the repository.</returns>
    public static int? PathLength(string key, string repository)
    {
        // No registry's name has anything but ASCII.
        if (!System.Text.Ascii.IsValid(key))
        {
            return null;
        }

        var (host, port, path) = Split(AsUrl(key));
        var (repositoryHost, repositoryPort, repositoryPath) = Split(repository);
        var names = DockerHub.Contains(repositoryHost, StringComparer.Ordinal) ? DockerHub : [repositoryHost];
        if (host.Length == 0 || port != repositoryPort || !names.Any(name => Speaks(host, name)))
        {
            return null;
        }

        var segments = path.TrimStart('/').Split('/');
        string[] readings = segments[0] is "v1" or "v2"
            ? [string.Join('/', segments), string.Join('/', segments[1..])]
            : [string.Join('/', segments)];
        return readings
            .Where(reading => reading.Length == 0 || $"{repositoryPath}/".StartsWith($"{reading}/", StringComparison.Ordinal))
            .Select(reading => (int?)reading.Length).FirstOrDefault();
    }

    public static int Globs(string key) => Split(AsUrl(key)).Host.Count(c => c is '*' or '?');

    /// <summary>Whether CRI-O would look for the key as it stands.</summary>
    public static bool IsPlain(string key, string repository) =>
        repository == key || repository.StartsWith(key + "/", StringComparison.Ordinal);

    /// <summary>CRI-O compares the key as one for the whole host (container-libs, normalizeAuthFileKey).</summary>
    public static bool IsForHostOf(string key, string repository)
    {
        var bare = key.StartsWith("http://", StringComparison.Ordinal) ? key[7..] : key;
        bare = bare.StartsWith("https://", StringComparison.Ordinal) ? bare[8..] : bare;
        var host = bare == key ? key : bare.Split('/')[0];
        var wanted = repository.Split('/')[0];
        return host == wanted || (DockerHub.Contains(host) && DockerHub.Contains(wanted));
    }

    /// <summary>
    /// Without scheme, fragment, user and password, query and the slashes at the end; a query begins behind the first slash.
    /// </summary>
    private static string AsUrl(string key)
    {
        var parts = Scheme().Replace(key, "").Split('#')[0].Split('/', 2);
        var authority = parts[0].Split('@')[^1];
        return parts.Length == 1 ? authority : $"{authority}/{parts[1].Split('?')[0]}".TrimEnd('/');
    }

    private static (string Host, string Port, string Path) Split(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var authority = slash < 0 ? name : name[..slash];
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.IndexOf(']', colon) >= 0)
        {
            colon = authority.Length;
        }

        return (authority[..colon], authority[colon..], slash < 0 ? "" : name[(slash + 1)..]);
    }

    private static bool Speaks(string pattern, string host)
    {
        string[] globs = pattern.ToLowerInvariant().Split('.'), labels = host.ToLowerInvariant().Split('.');
        return globs.Length == labels.Length && globs.Zip(labels).All(pair => IsMatch(pair.First, pair.Second));
    }

    /// <summary>By a table of which beginnings match: no retrying, whatever the stars.</summary>
    private static bool IsMatch(string glob, string label)
    {
        var matched = new bool[label.Length + 1];
        matched[0] = true;
        foreach (var g in glob)
        {
            var next = new bool[label.Length + 1];
            for (var l = 0; l <= label.Length; l++)
            {
                next[l] = g == '*'
                    ? matched[l] || (l > 0 && next[l - 1])
                    : l > 0 && matched[l - 1] && (g == '?' || g == label[l - 1]);
            }

            matched = next;
        }

        return matched[^1];
    }

    [GeneratedRegex(@"\A[hH][tT][tT][pP][sS]?://")]
    private static partial Regex Scheme();
}
