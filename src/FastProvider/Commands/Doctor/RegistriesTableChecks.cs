using System;
using System.Collections.Generic;
using System.Text;
using FastProvider.Mirrors;
using FastProvider.Names;

namespace FastProvider.Commands.Doctor;

/// <summary>
/// The tables of registries.conf that are valid and do harm or nothing: endpoints for which the container libraries refuse the
/// whole pull, and prefixes that no image has. Tried with images of the prefix, by the rules of a pull.
/// </summary>
internal static class RegistriesTableChecks
{
    /// <summary>More would say the same again.</summary>
    private const int MaxItems = 50;

    public static void Run(DoctorRun run, RegistriesInventory inventory)
    {
        List<string> refused = [], refusedInPart = [], hostless = [], useless = [];
        foreach (var table in inventory.Tables)
        {
            var images = ImagesOf(table.Prefix);
            if (images.Count == 0)
            {
                useless.Add($"prefix {table.Prefix}, of {table.File}: no image has a name that begins so");
                continue;
            }

            foreach (var location in (string[])[.. table.Mirrors, table.Location])
            {
                Judge(table, location, images, refused, refusedInPart);
                if (HostOf(location).Contains('_') && IsValid(table.Prefix, location, images[0]))
                {
                    hostless.Add($"{location}, for {table.Prefix} of {table.File}");
                }
            }
        }

        foreach (var table in inventory.Repeated)
        {
            useless.Add(
                $"prefix {table.Prefix}, of {table.File}: a table above it has the same prefix, and the first one counts");
        }

        ReportEndpoints(run, refused, refusedInPart, hostless);
        if (useless.Count > 0)
        {
            run.Warn(FindingId.RegistriesUseless, "[[registry]] tables of registries.conf are for no image",
                "take them out, or write the prefix as images have it: host[:port][/path], or *.host for hosts below one."
                    + " There is no mirror for all registries",
                Cut(useless));
        }
        else
        {
            run.Ok(FindingId.RegistriesUseless, "each [[registry]] table of registries.conf is for some image");
        }
    }

    /// <summary>Whether no image has a name that begins with a prefix.</summary>
    public static bool IsForNoImage(string prefix) => ImagesOf(prefix).Count == 0;

    private static void ReportEndpoints(DoctorRun run, List<string> refused, List<string> refusedInPart, List<string> hostless)
    {
        const string cure = "write a location as host[:port][/path]: no IPv6 literal, no dot at the end of the host,"
            + " a host of one label with its port, the path in lower case";
        if (refused.Count > 0)
        {
            run.Problem(FindingId.RegistriesEndpoints,
                "mirrors or locations of registries.conf make no valid repository name, and CRI-O then refuses every pull of"
                    + " that registry, whatever its other mirrors",
                cure, Cut(refused));
        }

        if (refusedInPart.Count > 0)
        {
            run.Warn(FindingId.RegistriesEndpoints,
                "mirrors or locations of registries.conf make no valid repository name of some images, and CRI-O then"
                    + " refuses their pulls",
                "write the location so that it is a whole repository name for each of them",
                Cut(refusedInPart));
        }

        if (hostless.Count > 0)
        {
            // distribution/reference: a domain has no underscore, a component of a path may have one.
            run.Warn(FindingId.RegistriesEndpoints,
                "hosts of mirrors or locations have an underscore: the container libraries take them for a part of the path, and"
                    + " never reach them",
                "give the host a name without underscore",
                Cut(hostless));
        }

        if (refused.Count + refusedInPart.Count + hostless.Count == 0)
        {
            run.Ok(FindingId.RegistriesEndpoints, "all mirrors and locations of registries.conf make valid repository names");
        }
    }

    private static void Judge(
        RegistriesInventory.Entry table, string location, List<string> images, List<string> refused, List<string> refusedInPart)
    {
        var failed = images.FindAll(image => !IsValid(table.Prefix, location, image));
        if (failed.Count == images.Count)
        {
            refused.Add($"{location}, for {table.Prefix} of {table.File}");
        }
        else if (failed.Count > 0)
        {
            refusedInPart.Add($"{location}, for images like {failed[0]}, of {table.File}");
        }
    }

    private static bool IsValid(string prefix, string location, string image)
    {
        var name = Encoding.UTF8.GetBytes(image);
        var matched = PrefixMatcher.MatchedLength(name, Encoding.UTF8.GetBytes(prefix));
        return IsCanonical(location.Length == 0 ? image : location + Encoding.UTF8.GetString(name.AsSpan(matched)));
    }

    /// <summary>Names of images that a prefix matches; none if there can be none.</summary>
    private static List<string> ImagesOf(string prefix)
    {
        var isWildcard = prefix.StartsWith("*.", StringComparison.Ordinal);
        var start = isWildcard ? $"a{prefix[1..]}" : prefix;
        // With one component only, it is an organisation rather than an image.
        var isWhole = !isWildcard && start.Split('/').Length > 2;
        List<string> images = [$"{start}/a/b", $"{start}/a"];
        if (isWhole)
        {
            images.Insert(0, start);
        }

        images.RemoveAll(static image => !IsCanonical(image));
        // A prefix without port is for every port; Docker Hub has none, and a kubelet calls it by its other name.
        return images.Count == 0 && start != "index.docker.io" && IsCanonical($"{start}:1/a") ? [$"{start}:1/a"] : images;
    }

    private static string HostOf(string location) => location.Split('/', ':')[0];

    private static bool IsCanonical(string name) => ReferenceName.IsCanonical(Encoding.UTF8.GetBytes(name));

    private static List<string> Cut(List<string> items) =>
        items.Count <= MaxItems ? items : [.. items[..MaxItems], $"and {items.Count - MaxItems} more"];
}
