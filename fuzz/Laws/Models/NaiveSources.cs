using FastProvider.Fuzz.Laws.Documents;
using FastProvider.Tests.Mirrors;

namespace FastProvider.Fuzz.Laws.Models;

/// <summary>
/// Where an image is pulled from, once more, from the description of registries.conf: of one file the first table of a prefix
/// counts, of several files the last; the longest prefix that matches decides; its location takes the place of what matched.
/// </summary>
internal static class NaiveSources
{
    /// <summary>The repository names in pull order, also those that are none; empty if no table matches.</summary>
    public static string[] Of(IEnumerable<RegistriesConf> files, string image)
    {
        image = NaiveReferenceName.Normalize(image);
        var tables = new Dictionary<string, Registry>();
        foreach (var file in files)
        {
            foreach (var table in file.Tables.Reverse())
            {
                tables[PrefixOf(table)] = table;
            }
        }

        var best = tables.Keys.Where(prefix => Rest(prefix, image) is not null).OrderByDescending(prefix => prefix.Length)
            .ThenBy(prefix => prefix, StringComparer.Ordinal).FirstOrDefault();
        return best is null
            ? []
            : [.. tables[best].Mirrors.Select(mirror => mirror.Location).Append(tables[best].Location)
                .Select(location => location.Length == 0 ? image : location + Rest(best, image))];
    }

    private static string PrefixOf(Registry table) => table.Prefix.Length > 0 ? table.Prefix : table.Location;

    /// <summary>What follows the match, or null.</summary>
    private static string? Rest(string prefix, string image)
    {
        var isWildcard = prefix.StartsWith("*.", StringComparison.Ordinal);
        var at = image.IndexOf(isWildcard ? prefix[1..] : prefix, StringComparison.Ordinal);
        if (isWildcard ? at < 0 || image[..at].Contains('/', StringComparison.Ordinal) : at != 0)
        {
            return null;
        }

        var rest = image[(at + prefix.Length - (isWildcard ? 1 : 0))..];
        return rest.Length == 0 || rest[0] is ':' or '/' or '@' ? rest : null;
    }
}
