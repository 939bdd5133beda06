using System.Text.RegularExpressions;

namespace FastProvider.Tests.Secrets;

/// <summary>
/// The rules of a registry key once more, written from their description with strings, lists and recursion:
/// slow and obvious.
/// </summary>
internal static partial class NaiveRegistryKey
{
    private static readonly string[] DockerHub = ["docker.io", "index.docker.io", "registry-1.docker.io"];

    /// <returns>How much of the repository's path the key names, or null if it does not speak for the repository.</returns>
    public static int? PathLength(string key, string repository)
    {
        var (host, port, path) = Split(AsUrl(key));
        var (repositoryHost, repositoryPort, repositoryPath) = Split(repository);
        var names = DockerHub.Contains(repositoryHost, StringComparer.OrdinalIgnoreCase) ? DockerHub : [repositoryHost];
        if (host.Length == 0 || port != repositoryPort || !names.Any(name => IsMatch(host.Split('.'), name.Split('.'))))
        {
            return null;
        }

        var segments = path.TrimStart('/').Split('/');
        string[] readings = segments[0] is "v1" or "v2"
            ? [string.Join('/', segments), string.Join('/', segments[1..])]
            : [string.Join('/', segments)];
        return readings
            .Where(reading => reading.Length == 0 || (repositoryPath + "/").StartsWith(reading + "/", StringComparison.Ordinal))
            .Select(reading => (int?)reading.Length).FirstOrDefault();
    }

    public static int Globs(string key) => Split(AsUrl(key)).Host.Count(c => c is '*' or '?');

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
        var parts = name.Split('/', 2);
        var match = Authority().Match(parts[0]);
        return (match.Groups["host"].Value, match.Groups["port"].Value, parts.Length > 1 ? parts[1] : "");
    }

    private static bool IsMatch(string[] globs, string[] labels) =>
        globs.Length == labels.Length
            && globs.Zip(labels).All(pair => IsMatch(pair.First.ToUpperInvariant(), pair.Second.ToUpperInvariant()));

    private static bool IsMatch(ReadOnlySpan<char> glob, ReadOnlySpan<char> label) =>
        glob.IsEmpty ? label.IsEmpty
        : glob[0] == '*' ? IsMatch(glob[1..], label) || (!label.IsEmpty && IsMatch(glob, label[1..]))
        : !label.IsEmpty && (glob[0] == '?' || glob[0] == label[0]) && IsMatch(glob[1..], label[1..]);

    [GeneratedRegex(@"\Ahttps?://", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\A(?<host>.*?)(?<port>:[^:\]]*)?\z", RegexOptions.Singleline)]
    private static partial Regex Authority();
}
