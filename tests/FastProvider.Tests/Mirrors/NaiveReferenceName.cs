using System.Text.RegularExpressions;

namespace FastProvider.Tests.Mirrors;

/// <summary>Image names by the reference grammar's regular expression.</summary>
internal static class NaiveReferenceName
{
    private const int MaxLength = 255;

    /// <summary>Of the kind that goes through a name once: the grammar has many ways to read a long one.</summary>
    private static readonly Regex NamePattern = new(
        @"\A(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
        + @"(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?"
        + @"[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*)*\z", RegexOptions.NonBacktracking);

    /// <summary>Whether it names its registry, and normalising it changes nothing (ParseNamed, in words).</summary>
    public static bool IsCanonical(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || name.Length > MaxLength || !NamePattern.IsMatch(name))
        {
            return false;
        }

        var host = name[..slash];
        return (host.Contains('.', StringComparison.Ordinal)
                || host.Contains(':', StringComparison.Ordinal)
                || host == "localhost")
            && host != "index.docker.io"
            && !(host == "docker.io" && name.IndexOf('/', slash + 1) < 0);
    }

    /// <summary>Docker Hub by its one name, and with the path that a single name stands for.</summary>
    public static string Normalize(string name) =>
        name.Split('/', 2) is ["docker.io" or "index.docker.io", var path]
            ? $"docker.io/{(path.Contains('/', StringComparison.Ordinal) ? "" : "library/")}{path}"
            : name;
}
