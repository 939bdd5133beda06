using System.IO.Enumeration;

namespace FastProvider.Tests.Commands.Generate;

/// <summary>
/// How a kubelet matches an image with an entry of matchImages (k8s.io/kubernetes/pkg/credentialprovider, URLsMatch), as plainly
/// as can be. Of the globs those with an asterisk and a question mark.
/// </summary>
internal static class KubeletMatch
{
    public static bool Matches(string entry, string image)
    {
        var (entryHost, entryPort, entryPath) = Split(entry);
        var (host, port, path) = Split(image);
        return entryPort == port && path.StartsWith(entryPath, StringComparison.Ordinal) && entryHost.Length == host.Length
            && entryHost.Zip(host).All(labels =>
                FileSystemName.MatchesSimpleExpression(labels.First, labels.Second, ignoreCase: false));
    }

    private static (string[] Host, string Port, string Path) Split(string text)
    {
        var slash = text.Contains('/', StringComparison.Ordinal) ? text.IndexOf('/', StringComparison.Ordinal) : text.Length;
        var authority = text[..slash].Split(':');
        return (authority[0].Split('.'), authority.Length > 1 ? authority[1] : "", text[slash..]);
    }
}
